"""RDS: what moto lacks."""
