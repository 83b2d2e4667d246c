"""The client of LiteLLM."""
