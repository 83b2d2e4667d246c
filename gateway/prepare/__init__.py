"""What is done before the gateway and LiteLLM start: their databases are made, their configuration is fetched."""
