"""Let a model call a tool, give it the result, and print its answer."""

import os
from typing import Any

import boto3


def get_weather(city: str) -> dict[str, Any]:
    return {"city": city, "degrees": 17, "sky": "sunny"}


FUNCTIONS = {"get_weather": get_weather}
TOOLS = {
    "tools": [
        {
            "toolSpec": {
                "name": "get_weather",
                "description": "The weather in a city",
                "inputSchema": {
                    "json": {
                        "type": "object",
                        "properties": {"city": {"type": "string"}},
                        "required": ["city"],
                    }
                },
            }
        }
    ]
}

os.environ["AWS_BEARER_TOKEN_BEDROCK"] = os.environ["MASTER_KEY"]
client = boto3.client(
    "bedrock-runtime",
    endpoint_url=os.environ["GATEWAY_TLS_URL"] + "/bedrock",
    region_name="us-east-1",
    verify=os.environ["GATEWAY_CA"],
)
# Another model calls a tool when it needs one; `demo` does when it is told to.
messages = [{"role": "user", "content": [{"text": 'call get_weather {"city": "Rome"}'}]}]
response = client.converse(modelId="demo", messages=messages, toolConfig=TOOLS)
while response["stopReason"] == "tool_use":
    message = response["output"]["message"]
    results = []
    for block in message["content"]:
        if "toolUse" in block:
            use = block["toolUse"]
            print("calling", use["name"], use["input"])
            result = FUNCTIONS[use["name"]](**use["input"])
            results.append({"toolResult": {"toolUseId": use["toolUseId"], "content": [{"json": result}]}})
    messages += [message, {"role": "user", "content": results}]
    response = client.converse(modelId="demo", messages=messages, toolConfig=TOOLS)
print(response["output"]["message"]["content"][0]["text"])
