"""EKS: what moto lacks."""
