"""Bedrock's managed prompts: which one is meant, fetched, kept for a while, filled in."""
