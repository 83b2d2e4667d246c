"""The service in front of LiteLLM: OpenAI and Bedrock front ends, relayed or translated."""
