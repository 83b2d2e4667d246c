// Makes the call that standard input describes with the AWS SDK for JavaScript, and prints what came back, as JSON.
// Address, key, authority and retries are in the environment, as users have them.

import { text } from "node:stream/consumers";
import * as bedrock from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

// {"$bytes": "<base64>"} is how JSON carries bytes here.
const bytesFromJson = (_, value) => (value?.$bytes === undefined ? value : Buffer.from(value.$bytes, "base64"));
function bytesToJson(key, value) {
  const member = this[key]; // before a Buffer's own toJSON
  return member instanceof Uint8Array ? { $bytes: Buffer.from(member).toString("base64") } : value;
}

// converse_stream -> ConverseStreamCommand
const commandName = (operation) =>
  operation.replace(/(^|_)([a-z])/g, (_, __, letter) => letter.toUpperCase()) + "Command";

// The response and the events of its stream, or the error and the events before it.
async function make({ operation, input, options }) {
  const { http1, ...config } = options;
  if (http1) config.requestHandler = new NodeHttpHandler(); // unless told so, it speaks HTTP/2
  const client = new bedrock.BedrockRuntimeClient(config);
  const events = [];
  try {
    const response = await client.send(new bedrock[commandName(operation)](input));
    for (const [name, member] of Object.entries(response)) {
      if (member?.[Symbol.asyncIterator] === undefined) continue;
      delete response[name];
      for await (const event of member) events.push(event);
    }
    return { response, events };
  } catch (error) {
    return { error: { code: error.name, class: error.constructor.name, message: error.message }, events };
  } finally {
    client.destroy();
  }
}

const call = JSON.parse(await text(process.stdin), bytesFromJson);
process.stdout.write(JSON.stringify(await make(call), bytesToJson));
