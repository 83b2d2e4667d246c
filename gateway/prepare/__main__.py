"""`python -m gateway.prepare`: prepare the databases and the configuration, then end."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial

from gateway.prepare.databases import prepare_databases
from gateway.prepare.errors import PrepareError
from gateway.prepare.files import copy_files
from gateway.prepare.settings import PrepareSettings
from gateway.settings import SettingsError
from gateway.telemetry.logs import configure_logs

FAILED = 1
USAGE_ERROR = 2

_log = logging.getLogger("gateway.prepare")


def main(arguments: list[str] | None = None) -> int:
    """0: all is prepared; 1: something failed; 2: the environment is faulty, and nothing was done."""
    description = "Prepare the databases and the configuration of a gateway, by what the environment says."
    argparse.ArgumentParser(prog="python -m gateway.prepare", description=description).parse_args(arguments)
    try:
        settings = PrepareSettings.from_environment(os.environ)
    except SettingsError as error:
        for fault in error.faults:
            print(f"gateway.prepare: {fault}", file=sys.stderr)
        return USAGE_ERROR
    configure_logs("INFO")
    # It tells where it found credentials.
    logging.getLogger("botocore").setLevel(logging.WARNING)
    return max([_run(part) for part in _parts(settings)], default=0)


def _parts(settings: PrepareSettings) -> Iterator[Callable[[], None]]:
    if settings.files:
        yield partial(copy_files, *settings.files, region=settings.region)
    else:
        _log.info("no files to copy: PREPARE_CONFIG is not set")
    if databases := settings.databases:
        yield lambda: asyncio.run(prepare_databases(databases, within=settings.timeout))
    else:
        _log.info("no databases to prepare: DATABASE_OWNER_URL is not set")


def _run(part: Callable[[], None]) -> int:
    try:
        part()
    except PrepareError as error:
        _log.error(str(error))
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
