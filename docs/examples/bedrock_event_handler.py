"""Ask a model with any boto3, over http too: requests go unsigned, and a handler adds the key to each."""

import os
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config


def add_key(request: Any, **_: Any) -> None:
    request.headers["Authorization"] = "Bearer " + os.environ["MASTER_KEY"]


client = boto3.client(
    "bedrock-runtime",
    endpoint_url=os.environ["GATEWAY_URL"] + "/bedrock",
    region_name="us-east-1",
    config=Config(signature_version=UNSIGNED),
)
client.meta.events.register("request-created.*", add_key)
response = client.converse(
    modelId="demo",
    messages=[{"role": "user", "content": [{"text": "Hello!"}]}],
)
print(response["output"]["message"]["content"][0]["text"])
