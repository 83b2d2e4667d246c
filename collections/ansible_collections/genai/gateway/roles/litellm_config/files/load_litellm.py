"""Has the installed LiteLLM load a configuration, without network, and says what it would refuse or pass over."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import importlib
import inspect
import json
import logging
import re
import socket
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

CALLBACKS = ("callbacks", "success_callback", "failure_callback")
# Callables, classes of guardrails and the like: what is found by importing a file of the operator's.
IMPORTED = "."

Fault = dict[str, str]


class Log(logging.Handler):
    """Keeps the last exception, or else message, of each record: LiteLLM logs much that it then goes on without."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.lines.append((record.getMessage(), _line(error) if error else record.getMessage()))

    def of(self, start: str) -> Iterator[str]:
        return (reason for message, reason in self.lines if message.startswith(start))


def main() -> None:
    """Reads the path of the file; writes one line of JSON, and nothing else, to standard output."""
    _cut_off_network()
    # LiteLLM greets.
    with contextlib.redirect_stdout(sys.stderr):
        faults = list(_faults(Path(sys.argv[1])))
        answer = {"version": version("litellm"), "faults": faults}
    print(json.dumps(answer))


def _faults(path: Path) -> Iterator[Fault]:
    import yaml

    config: dict[str, Any] = yaml.safe_load(path.read_text())
    log = Log()
    # Before it is loaded: loading makes an attribute of each key.
    yield from _unread_settings(config)
    try:
        loaded = asyncio.run(_load(path, log))
    except Exception as error:  # whatever LiteLLM raises
        yield _fault("", f"LiteLLM {version('litellm')} does not load it: {_line(error)}")
        return
    yield from _dropped_models(config, loaded, log)
    yield from _dropped_guardrails(config, log)
    yield from asyncio.run(_callbacks(config, log))


async def _load(path: Path, log: Log) -> list[str]:
    """The names of the models that LiteLLM has then, one for each deployment."""
    from litellm._logging import verbose_logger, verbose_proxy_logger, verbose_router_logger
    from litellm.proxy import proxy_server

    for logger in (verbose_logger, verbose_proxy_logger, verbose_router_logger):
        logger.addHandler(log)
    _, models, _ = await proxy_server.ProxyConfig().load_config(router=None, config_file_path=str(path))
    return [model["model_name"] for model in models or []]


def _unread_settings(config: dict[str, Any]) -> Iterator[Fault]:
    """Settings that LiteLLM would pass over: mostly slips of the pen."""
    import litellm
    from litellm.proxy._types import ConfigGeneralSettings
    from litellm.router import Router

    router = set(Router.get_valid_args())
    for key in sorted(_keys(config, "router_settings") - router):
        yield _unknown(f"router_settings.{key}", key, router)
    general = set(ConfigGeneralSettings.model_fields)
    for key in sorted(_keys(config, "general_settings") - general):
        if not _is_read(key):
            yield _unknown(f"general_settings.{key}", key, general)
    module = {name for name in dir(litellm) if not name.startswith("_")}
    for key in sorted(_keys(config, "litellm_settings") - module):
        if not _is_read(key):
            yield _unknown(f"litellm_settings.{key}", key, module)


def _keys(config: dict[str, Any], section: str) -> set[str]:
    return set(config.get(section) or {})


def _is_read(key: str) -> bool:
    """Whether LiteLLM's proxy names the key anywhere."""
    proxy = Path(importlib.import_module("litellm.proxy").__path__[0])
    return any(f'"{key}"' in file.read_text(errors="replace") for file in proxy.rglob("*.py"))


def _dropped_models(config: dict[str, Any], loaded: list[str], log: Log) -> Iterator[Fault]:
    """Deployments that LiteLLM leaves out, where it goes on with the others."""
    reasons = log.of("Error creating deployment")
    names = Counter(model["model_name"] for model in config.get("model_list") or [])
    for name in (names - Counter(loaded)).elements():
        # A line is enough: the rest is a list of providers.
        reason = next(reasons, "it does not say why").removeprefix("litellm.BadRequestError: ")
        yield _fault(f"model_list[model_name={name}]", f"LiteLLM would leave it out: {reason}")


def _dropped_guardrails(config: dict[str, Any], log: Log) -> Iterator[Fault]:
    """Guardrails that LiteLLM skips: it would answer without them."""
    from litellm.proxy.guardrails.guardrail_registry import IN_MEMORY_GUARDRAIL_HANDLER

    loaded = {guardrail["guardrail_name"] for guardrail in IN_MEMORY_GUARDRAIL_HANDLER.list_in_memory_guardrails()}
    for name in [guardrail["guardrail_name"] for guardrail in config.get("guardrails") or []]:
        if name not in loaded:
            reason = next(log.of(f"Skipping guardrail '{name}'"), "it does not say why")
            yield _fault(f"guardrails[guardrail_name={name}]", f"LiteLLM would go on without it: {reason}")


async def _callbacks(config: dict[str, Any], log: Log) -> list[Fault]:
    """Callbacks that LiteLLM does not know, or that do not start."""
    import litellm
    from litellm.litellm_core_utils import litellm_logging

    classes = set(litellm._known_custom_logger_compatible_callbacks)
    known = classes | set(re.findall(r'callback == "(\w+)"', inspect.getsource(litellm_logging)))
    faults = []
    for key, name in _named_callbacks(config.get("litellm_settings") or {}):
        where = f"litellm_settings.{key}"
        if name not in known:
            faults.append(_unknown(where, name, known))
        elif name in classes:
            log.lines.clear()
            if litellm_logging._init_custom_logger_compatible_class(name, None, None) is None:  # type: ignore[arg-type]
                reason = next(log.of(""), "it does not say why")
                faults.append(_fault(where, f"the callback {name} does not start: {reason}"))
    return faults


def _named_callbacks(settings: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in CALLBACKS:
        names = settings.get(key) or []
        for name in [names] if isinstance(names, str) else names:
            if isinstance(name, str) and IMPORTED not in name:
                yield key, name


def _unknown(where: str, name: str, known: Iterable[str]) -> Fault:
    close = difflib.get_close_matches(name, sorted(known), 1)
    return _fault(
        where, f"LiteLLM does not know {name!r}" + (f": did you mean {close[0]!r}?" if close else ", and ignores it")
    )


def _fault(where: str, problem: str) -> Fault:
    return {"where": where, "problem": problem}


def _line(error: BaseException) -> str:
    """The first line of what an error says."""
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__


def _cut_off_network() -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError("there is no network while a configuration is checked")

    for owner, name in ((socket.socket, "connect"), (socket.socket, "connect_ex"), (socket, "getaddrinfo")):
        setattr(owner, name, refuse)


if __name__ == "__main__":
    main()
