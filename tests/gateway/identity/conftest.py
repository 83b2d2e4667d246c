"""The gateway's database, on both kinds, as the tests of history have it."""

from tests.gateway.history.conftest import database_url, open_database, postgres

__all__ = ["database_url", "open_database", "postgres"]
