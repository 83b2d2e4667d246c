"""The use cases; they know no web framework."""
