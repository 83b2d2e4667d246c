"""How the tables came to be what models.py says, step by step; made by `make migrations`."""
