"""GetPrompt of the Bedrock agent API through boto3, its failures as the gateway's errors."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from gateway.errors import GatewayError
from gateway.prompts.arn import PromptArn
from gateway.prompts.errors import MalformedPromptArn, NoAwsCredentials, PromptAccessDenied, PromptsUnavailable
from gateway.prompts.failures import not_found, of_answer, of_botocore
from gateway.units import SECONDS

CONNECT_TIMEOUT = 3 * SECONDS
READ_TIMEOUT = 10 * SECONDS
MAX_ATTEMPTS = 2
MAX_CALLS = 8  # connections to a region
# The regions of ARNs come from clients.
MAX_REGIONS = 16

_log = logging.getLogger(__name__)


class BedrockAgent:
    """Blocks; any thread may call it. `region`: where STS is asked for credentials.

    boto3 takes a third of a second to import and is of no use to a gateway without prompts: only methods import it.
    """

    def __init__(self, region: str | None = None) -> None:
        self._region = region
        # Sessions and clients are made under it, which is slow and not safe in parallel; clients are safe to share.
        self._lock = threading.Lock()
        self._session: Any = None
        self._clients: OrderedDict[tuple[str, str], Any] = OrderedDict()

    def get_prompt(self, arn: PromptArn) -> Mapping[str, Any]:
        """The answer without its metadata. Raises the errors of gateway/prompts/errors.py, none with AWS's secrets."""
        from botocore import exceptions, parsers

        version = {} if arn.is_draft else {"promptVersion": arn.version}
        try:
            # By its id: AWS takes ARNs of the partition `aws` only.
            prompt = self._client(arn).get_prompt(promptIdentifier=arn.id, **version)
        except exceptions.ClientError as error:
            raise self._failed(arn, of_answer(arn, error), error.response.get("Error", {}).get("Code")) from None
        except exceptions.BotoCoreError as error:
            raise self._failed(arn, of_botocore(arn, error), type(error).__name__) from None
        except parsers.ResponseParserError:
            prompt = {}
        # botocore makes an empty answer of one that is not JSON.
        if "arn" not in prompt:
            fault = PromptsUnavailable(f"AWS's answer for the prompt {arn.text} cannot be understood")
            raise self._failed(arn, fault, "no such answer as GetPrompt gives")
        if f":{arn.account}:prompt/{arn.id}" not in prompt["arn"]:
            # An id alone does not say whose prompt is meant: AWS answers with one of the gateway's own account.
            raise not_found(arn)
        return {name: value for name, value in prompt.items() if name != "ResponseMetadata"}

    def close(self) -> None:
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._forget()

    def _client(self, arn: PromptArn) -> Any:
        """The client of the ARN's region. Raises MalformedPromptArn when its partition has no such region."""
        with self._lock:
            place = arn.partition, arn.region
            client = self._clients.get(place) or self._new_client(arn)
            self._clients[place] = client
            self._clients.move_to_end(place)
            if len(self._clients) > MAX_REGIONS:
                self._clients.popitem(last=False)
            return client

    def _new_client(self, arn: PromptArn) -> Any:
        import boto3
        from botocore import config, exceptions

        if self._session is None:
            self._session = boto3.Session(region_name=self._region)
        try:
            partition = self._session.get_partition_for_region(arn.region)
        except exceptions.UnknownRegionError:
            partition = None
        if partition != arn.partition:
            message = f"{arn.text}: {arn.region} is not a region of the partition {arn.partition}"
            raise MalformedPromptArn(message, param="model")
        limits = config.Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
            max_pool_connections=MAX_CALLS,
        )
        return self._session.client("bedrock-agent", arn.region, config=limits)

    def _failed(self, arn: PromptArn, error: GatewayError, cause: object) -> GatewayError:
        if isinstance(error, NoAwsCredentials):
            # Clients keep what the session once found, or did not find: the next call looks again.
            with self._lock:
                self._forget()
        if isinstance(error, NoAwsCredentials | PromptAccessDenied | PromptsUnavailable):
            _log.warning("GetPrompt of %s failed: %s", arn.text, cause)
        return error

    def _forget(self) -> None:
        self._session = None
        self._clients.clear()
