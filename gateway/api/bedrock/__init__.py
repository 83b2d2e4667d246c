"""The Bedrock runtime interface under `/bedrock`, for unmodified clients of AWS."""
