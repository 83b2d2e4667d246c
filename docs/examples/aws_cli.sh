#!/bin/sh
# Ask a model with the AWS CLI (pip install awscli).

export AWS_BEARER_TOKEN_BEDROCK="$MASTER_KEY" AWS_CA_BUNDLE="$GATEWAY_CA" AWS_DEFAULT_REGION=us-east-1
export AWS_ENDPOINT_URL_BEDROCK_RUNTIME="$GATEWAY_TLS_URL/bedrock"

aws bedrock-runtime converse \
  --model-id demo \
  --messages '[{"role": "user", "content": [{"text": "Hello!"}]}]' \
  --inference-config maxTokens=200,temperature=0.5 \
  --query 'output.message.content[0].text' --output text
