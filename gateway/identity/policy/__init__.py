"""The access policy: what those who come with a token may have."""
