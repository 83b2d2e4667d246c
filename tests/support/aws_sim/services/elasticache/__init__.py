"""ElastiCache: what moto lacks."""
