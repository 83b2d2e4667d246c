"""The server: moto's application, patched, on one port for all services."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from typing import Any

from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from tests.support.aws_sim import refusals, services, tracing
from tests.support.aws_sim.control import controlled
from tests.support.aws_sim.expiry import expiring


def _patch() -> None:
    for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        importlib.import_module(module.name)


def _backend_app(service: Any) -> Any:
    if service is None or service not in {*list_of_moto_modules(), "moto_api", "instance_metadata"}:
        return refusals.no_service
    app = create_backend_app(service)
    refusals.watch(app)
    return app


def serve(host: str, port: int, *, trace: bool = False) -> None:
    """Serves until the process ends, and says where on its output. `trace`: each request too."""
    _patch()
    refusals.patch()
    if trace:
        tracing.patch()
    # A line for each request helps nobody who did not ask for it.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    application = controlled(expiring(DomainDispatcherApplication(_backend_app)))
    server = make_server(host, port, application, threaded=True, request_handler=MotoRequestHandler)
    print(f"listening on http://{host}:{server.port}", flush=True)
    server.serve_forever()
