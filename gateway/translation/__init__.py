"""Bedrock's Converse and OpenAI's chat completions, one into the other; pure."""
