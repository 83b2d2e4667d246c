// Ask a model with the AWS SDK for JavaScript: whole, then as it is written.
// npm install @aws-sdk/client-bedrock-runtime @smithy/node-http-handler
// NODE_EXTRA_CA_CERTS="$GATEWAY_CA" node bedrock.mjs

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

process.env.AWS_BEARER_TOKEN_BEDROCK = process.env.MASTER_KEY;
const client = new BedrockRuntimeClient({
  endpoint: process.env.GATEWAY_TLS_URL + "/bedrock",
  region: "us-east-1",
  // The gateway speaks HTTP/1.1, this client HTTP/2 unless it is told otherwise.
  requestHandler: new NodeHttpHandler(),
});
const request = {
  modelId: "demo",
  messages: [{ role: "user", content: [{ text: "Hello!" }] }],
};

const response = await client.send(new ConverseCommand(request));
console.log(response.output.message.content[0].text);

const { stream } = await client.send(new ConverseStreamCommand(request));
for await (const event of stream) {
  process.stdout.write(event.contentBlockDelta?.delta.text ?? "");
  if (event.metadata) console.log("\ntokens:", event.metadata.usage.totalTokens);
}
