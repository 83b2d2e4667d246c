"""An OpenAI-compatible server without a model: its answers tell what it was asked, and some models fail on purpose.

Any model name is answered like `demo`; the same request always has the same answer, streamed or not.

- A plain answer is one sentence and then a last line of JSON with what was seen: `description`.
- A last user message that begins with "say:" is answered with exactly the text behind it.
- "call <tool>" or "use <tool>" in the last message, with a JSON object behind it or not, calls a tool: `tool_calls`.
- `response_format` is answered with JSON: what was seen, or the smallest instance of the schema.
- A model whose name ends in "-reasoning", or `reasoning_effort`, adds `reasoning_content`.
- Models like "rate-limited" or "cut-stream" fail on purpose: `failures`.
- The extra field `fake` sets the pace of one answer: {"tokens_per_second": 20, "time_to_first_token": 0.5} (seconds).
  An answer that is not streamed takes as long as a streamed one.
- GET /fake/requests counts requests to models, {"total", "in_flight", "disconnected"}: `traffic`.
"""
