"""The gateway's own database, SQLite or Postgres, through Tortoise ORM."""
