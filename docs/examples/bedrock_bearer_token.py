"""Ask a model with boto3 and a key in AWS_BEARER_TOKEN_BEDROCK, which boto3 sends over https only."""

import os

import boto3

os.environ["AWS_BEARER_TOKEN_BEDROCK"] = os.environ["MASTER_KEY"]
client = boto3.client(
    "bedrock-runtime",
    endpoint_url=os.environ["GATEWAY_TLS_URL"] + "/bedrock",
    region_name="us-east-1",
    verify=os.environ["GATEWAY_CA"],
)
response = client.converse(
    modelId="demo",
    system=[{"text": "Be brief."}],
    messages=[{"role": "user", "content": [{"text": "Hello!"}]}],
    inferenceConfig={"maxTokens": 200, "temperature": 0.5},
)
print(response["output"]["message"]["content"][0]["text"])
print("tokens:", response["usage"]["totalTokens"])
