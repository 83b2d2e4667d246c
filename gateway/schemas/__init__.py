"""Wire types as data."""
