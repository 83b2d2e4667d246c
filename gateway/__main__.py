"""`python -m gateway`: serve, or list the settings."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from gateway.settings import FILE_SUFFIX, Settings, SettingsError, describe_settings, unknown_settings

USAGE_ERROR = 2
CANNOT_SERVE = 1


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m gateway", description="One address for every LLM.")
    parser.add_argument("--settings", action="store_true", help="list every setting, its default and what it means")
    if parser.parse_args(arguments).settings:
        print(settings_text(), end="")
        return 0
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        return _refused(error.faults)
    return _serve(settings)


def _refused(faults: list[str]) -> int:
    for fault in faults:
        print(f"gateway: {fault}", file=sys.stderr)
    return USAGE_ERROR


def _serve(settings: Settings) -> int:
    # Not before the settings are known to be good: this is what takes the time.
    from gateway.server.serve import serve
    from gateway.services.access.startup import access_faults
    from gateway.telemetry.logs import configure_logs

    if faults := access_faults(settings):
        return _refused(faults)
    configure_logs(settings.log_level)
    for sentence in unknown_settings(os.environ):
        logging.getLogger("gateway").warning(sentence)
    try:
        return serve(settings)
    except OSError as error:
        addresses = settings.bind + (f" and {settings.tls_bind}" if settings.tls_certificate else "")
        print(f"gateway: cannot serve on {addresses}: {error.strerror or error}", file=sys.stderr)
        return CANNOT_SERVE


def settings_text() -> str:
    """Every setting, three lines each at most."""
    lines = [f"Each can also come from a file named by its name with {FILE_SUFFIX} behind it.", ""]
    for name, default, about in describe_settings():
        lines += [f"{name}={default}", f"    {about}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
