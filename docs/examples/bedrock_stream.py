"""Print an answer as it is written, then what it cost."""

import os

import boto3

os.environ["AWS_BEARER_TOKEN_BEDROCK"] = os.environ["MASTER_KEY"]
client = boto3.client(
    "bedrock-runtime",
    endpoint_url=os.environ["GATEWAY_TLS_URL"] + "/bedrock",
    region_name="us-east-1",
    verify=os.environ["GATEWAY_CA"],
)
response = client.converse_stream(
    modelId="demo",
    messages=[{"role": "user", "content": [{"text": "Hello!"}]}],
)
# An answer that fails half way raises botocore.exceptions.EventStreamError here.
for event in response["stream"]:
    if "contentBlockDelta" in event:
        print(event["contentBlockDelta"]["delta"].get("text", ""), end="", flush=True)
    elif "messageStop" in event:
        print("\nstopped:", event["messageStop"]["stopReason"])
    elif "metadata" in event:
        print("tokens:", event["metadata"]["usage"]["totalTokens"])
