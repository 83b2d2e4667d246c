// Ask a model with the AWS SDK for JavaScript: whole, then as it is written.
// npm install @aws-sdk/client-bedrock-runtime
// NODE_EXTRA_CA_CERTS="$GATEWAY_CA" node bedrock.mjs

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

process.env.AWS_BEARER_TOKEN_BEDROCK = process.env.MASTER_KEY;
const client = new BedrockRuntimeClient({
  endpoint: process.env.GATEWAY_TLS_URL + "/bedrock",
  region: "us-east-1",
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
