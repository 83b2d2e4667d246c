"""What moto lacks, a service a module; each applies when it is imported."""
