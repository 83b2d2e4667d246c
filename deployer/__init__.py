"""The command `genai-gateway`, and the fake LLM that it can start."""
