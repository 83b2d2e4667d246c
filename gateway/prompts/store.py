"""Managed prompts by their ARN: each fetched once, however many ask, and kept for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gateway.expiring import Expiring
from gateway.prompts.arn import PromptArn
from gateway.prompts.bedrock_agent import MAX_CALLS, BedrockAgent
from gateway.prompts.errors import PromptNotFound, PromptsUnavailable
from gateway.units import SECONDS

VERSION_LIFETIME = 3600 * SECONDS  # a numbered version never changes
DRAFT_LIFETIME = 10 * SECONDS
MISSING_LIFETIME = 5 * SECONDS
MAX_PROMPTS = 1000
# Beyond these, whoever asks is told to come back: made-up ARNs must not queue without end.
MAX_FETCHES = 100

Prompt = Mapping[str, Any]
Fetch = Callable[[PromptArn], Prompt]


class Prompts:
    """The prompts of all regions, as GetPrompt answers; they are shared, and nobody changes them.

    `region`: where AWS credentials are obtained (STS) when a role has to be assumed; a prompt comes from the region in
    its ARN. `clock` gives seconds. `fetch` blocks, is called in threads and raises as BedrockAgent.get_prompt does.
    """

    def __init__(
        self, region: str | None = None, clock: Callable[[], float] = time.monotonic, fetch: Fetch | None = None
    ) -> None:
        self._agent = BedrockAgent(region)
        self._fetch = fetch or self._agent.get_prompt
        self._prompts: Expiring[PromptArn, Prompt] = Expiring(MAX_PROMPTS, clock)
        self._missing: Expiring[PromptArn, str] = Expiring(MAX_PROMPTS, clock)
        self._flights: dict[PromptArn, asyncio.Task[Prompt]] = {}
        # Threads of its own: a slow AWS must not take those that others use.
        self._threads = ThreadPoolExecutor(MAX_CALLS, thread_name_prefix="prompts")

    def cached(self, arn: PromptArn) -> Prompt | None:
        return self._prompts.get(arn)

    async def get(self, arn: PromptArn) -> Prompt:
        """Raises PromptNotFound and what else BedrockAgent.get_prompt raises; only "not found" is remembered."""
        if (prompt := self.cached(arn)) is not None:
            return prompt
        if (missing := self._missing.get(arn)) is not None:
            raise PromptNotFound(missing, param="model")
        flight = self._flights.get(arn) or self._depart(arn)
        # A caller that goes away leaves the flight to the others.
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """Drops what is under way; a call that AWS does not answer ends by its own time-out."""
        flights = list(self._flights.values())
        self._threads.shutdown(wait=False, cancel_futures=True)
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        # It waits for its lock.
        await asyncio.to_thread(self._agent.close)

    def _depart(self, arn: PromptArn) -> asyncio.Task[Prompt]:
        if len(self._flights) >= MAX_FETCHES:
            raise PromptsUnavailable("too many prompts are being fetched from AWS; try again", retry_after="1")
        flight = self._flights[arn] = asyncio.create_task(self._load(arn))
        flight.add_done_callback(lambda landed: self._landed(arn, landed))
        return flight

    async def _load(self, arn: PromptArn) -> Prompt:
        try:
            prompt = await asyncio.get_running_loop().run_in_executor(self._threads, self._fetch, arn)
        except PromptNotFound as error:
            self._missing.put(arn, error.message, MISSING_LIFETIME)
            raise
        self._prompts.put(arn, prompt, DRAFT_LIFETIME if arn.is_draft else VERSION_LIFETIME)
        return prompt

    def _landed(self, arn: PromptArn, flight: asyncio.Task[Prompt]) -> None:
        del self._flights[arn]
        if not flight.cancelled():
            # Seen, even when everybody who asked has gone.
            flight.exception()
