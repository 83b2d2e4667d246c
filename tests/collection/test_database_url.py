"""Database URLs taken apart."""

from __future__ import annotations

import pytest
from ansible_collections.genai.gateway.plugins.module_utils.database_url import DatabaseUrlError, connection_arguments


def test_the_parts_are_unescaped() -> None:
    arguments = connection_arguments("postgresql://us%40er:p%3A%2F%3F@[::1]:6000/my%20base?connection_limit=3")
    assert arguments == {
        "host": "::1",
        "port": 6000,
        "user": "us@er",
        "password": "p:/?",
        "database": "my base",
        "ssl": "prefer",
    }


def test_schema_and_sslmode_of_the_query_string_count() -> None:
    arguments = connection_arguments("postgres://u@h/d?schema=a%22b&sslmode=require")
    assert (arguments["port"], arguments["ssl"]) == (5432, "require")
    assert arguments["server_settings"] == {"search_path": '"a""b"'}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hidden",
        "mysql://u:hidden@h/d",
        "postgresql://u:hidden@h",
        "postgresql://h/d",
        "postgresql://u:hid/hidden@h:1/d",
        "postgresql://u:hidden@h:x/d",
        "postgresql://u:hidden@[h/d",
        "postgresql://u:hidden@h/d?sslmode=verify-all",
    ],
)
def test_what_is_no_url_of_a_database_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as raised:
        connection_arguments(url)
    assert "hidden" not in str(raised.value)
    assert "hidden" not in str(raised.value.__cause__)
