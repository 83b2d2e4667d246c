"""The server: routes of the API, and those by which a test steers it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import yaml
from aiohttp import web

from tests.support.k8s_api import discovery
from tests.support.k8s_api.controller import Controller
from tests.support.k8s_api.errors import ApiError, no_such_path, status
from tests.support.k8s_api.kinds import Kind, Kinds
from tests.support.k8s_api.pods import Failure
from tests.support.k8s_api.selection import selector
from tests.support.k8s_api.store import Object, Store
from tests.support.k8s_api.tokens import Tokens
from tests.support.k8s_api.writes import Writes

WATCH_SECONDS = 300


@dataclass(frozen=True)
class Target:
    """What a path names: a kind, perhaps within a namespace, perhaps one object, perhaps a part of it."""

    kind: Kind
    namespace: str | None
    name: str | None
    sub: str | None


class Server:
    """One cluster."""

    def __init__(self, *, flavour: str, version: str, ready_after: float, tokens: Tokens) -> None:
        self.kinds = Kinds(flavour)
        self.store = Store(self.kinds)
        self.controller = Controller(self.store, ready_after)
        self.requests: list[list[str]] = []
        self._writes = Writes(self.store)
        self._version = version
        self._tokens = tokens

    def app(self) -> web.Application:
        app = web.Application(client_max_size=8 << 20)
        app.on_startup.append(self._begin)
        app.router.add_get("/_sim/objects", self._objects)
        app.router.add_get("/_sim/requests", self._requests)
        app.router.add_post("/_sim/fail-new-pods", self._fail_new_pods)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        return app

    async def _begin(self, _app: web.Application) -> None:
        for name in ("default", "kube-system"):
            self.store.put(self.kinds.named("Namespace"), None, name, {})

    async def _objects(self, _request: web.Request) -> web.Response:
        return web.json_response([one for kind in self.kinds.all for one in self.store.bag(kind).values()])

    async def _requests(self, _request: web.Request) -> web.Response:
        return web.json_response(self.requests)

    async def _fail_new_pods(self, request: web.Request) -> web.Response:
        """New pods fail as the body says (a Failure); an empty body ends that."""
        given = await request.json()
        self.controller.failures = [Failure(**given)] if given else []
        return web.json_response({})

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append([request.method, request.path_qs])
        try:
            await self._tokens.check(request.headers.get("Authorization"))
            return await self._route(request)
        except ApiError as error:
            return web.json_response(error.body(), status=error.code)

    async def _route(self, request: web.Request) -> web.StreamResponse:
        path = [part for part in request.path.split("/") if part]
        if path in (["healthz"], ["readyz"], ["livez"]):
            return web.Response(text="ok")
        if not path:
            raise no_such_path()
        described = discovery.answer(self.kinds, path, self._version)
        if described is not None:
            return web.json_response(described)
        target = self._target(path)
        if request.method == "GET":
            return await self._read(request, target)
        if request.method == "DELETE":
            return web.json_response(self._delete(target, dry="dryRun" in request.query, query=dict(request.query)))
        return await self._write(request, target)

    def _target(self, path: list[str]) -> Target:
        root = 2 if path[0] == "api" else 3
        if path[0] not in ("api", "apis") or len(path) <= root:
            raise no_such_path()
        api_version = path[1] if path[0] == "api" else "/".join(path[1:3])
        rest, namespace = path[root:], None
        if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
            namespace, rest = rest[1], rest[2:]
        kind = self.kinds.find(api_version, rest[0])
        if kind is None:
            raise no_such_path()
        return Target(kind, namespace, rest[1] if len(rest) > 1 else None, rest[2] if len(rest) > 2 else None)

    async def _read(self, request: web.Request, target: Target) -> web.StreamResponse:
        query = request.query
        if target.name is None:
            if query.get("watch") in ("true", "1"):
                return await self._watch(request, target)
            return web.json_response(self._list(target, dict(query)))
        live = self.store.get(target.kind, target.namespace, target.name)
        if target.sub == "log":
            log = self.controller.log_of(target.namespace or "", target.name, query.get("container", ""))
            lines = log.splitlines(keepends=True)[-int(query.get("tailLines", 1000)) :]
            return web.Response(text="".join(lines))
        return web.json_response(_view(live, target.sub))

    def _list(self, target: Target, query: dict[str, str]) -> Object:
        return {
            "kind": f"{target.kind.kind}List",
            "apiVersion": target.kind.api_version,
            "metadata": {"resourceVersion": str(self.store.version)},
            "items": self._selected(target, query),
        }

    def _selected(self, target: Target, query: dict[str, str]) -> list[Object]:
        fits = selector(query)
        bag = self.store.bag(target.kind)
        return [one for (where, _), one in bag.items() if target.namespace in (None, where) and fits(one)]

    async def _watch(self, request: web.Request, target: Target) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)

        async def send(type_: str, one: Object) -> None:
            await response.write(json.dumps({"type": type_, "object": one}).encode() + b"\n")

        query = dict(request.query)
        since = int(query.get("resourceVersion") or 0)
        position = len(self.store.log)
        if since:
            log = self.store.log
            position = next((place for place, change in enumerate(log) if change.version > since), len(log))
        else:
            for one in self._selected(target, query):
                await send("ADDED", one)
        fits = selector(query)
        try:
            async with asyncio.timeout(float(query.get("timeoutSeconds") or WATCH_SECONDS)):
                while True:
                    while position < len(self.store.log):
                        change = self.store.log[position]
                        position += 1
                        where = change.object["metadata"].get("namespace")
                        if change.kind == target.kind and target.namespace in (None, where) and fits(change.object):
                            await send(change.type, change.object)
                    async with self.store.news:
                        if position == len(self.store.log):
                            await self.store.news.wait()
        except (TimeoutError, ConnectionResetError):
            pass
        return response

    def _delete(self, target: Target, *, dry: bool, query: dict[str, str]) -> Object:
        if target.name is not None:
            gone = [self.store.get(target.kind, target.namespace, target.name)]
        else:
            gone = self._selected(target, query)
        for one in [] if dry else gone:
            self.store.remove(target.kind, one["metadata"].get("namespace"), one["metadata"]["name"])
        uid = gone[0]["metadata"]["uid"] if gone else ""
        return status(200, "", "", name=target.name or "", kind=target.kind.plural, uid=uid)

    async def _write(self, request: web.Request, target: Target) -> web.Response:
        given = await _body(request)
        query = dict(request.query)
        dry = "dryRun" in query
        kind, name, sub = target.kind, target.name, target.sub
        if request.method == "POST" and name is None:
            return web.json_response(self._writes.create(kind, target.namespace, given, dry=dry), status=201)
        if request.method == "PATCH" and name and "apply-patch" in request.content_type:
            applied, new = self._writes.apply(kind, target.namespace, name, given, query)
            return web.json_response(applied, status=201 if new else 200)
        if request.method in ("PUT", "PATCH") and name:
            current = self.store.get(kind, target.namespace, name)
            if request.method == "PUT":
                written = self._writes.replace(kind, current, given, sub, dry=dry)
            else:
                written = self._writes.patch(kind, current, given, request.content_type, sub, dry=dry)
            return web.json_response(_view(written, sub))
        raise ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


async def _body(request: web.Request) -> Any:
    if "protobuf" in request.content_type:
        message = "the body of the request was in an unknown format - accepted media types include: application/json"
        raise ApiError(415, "UnsupportedMediaType", message)
    raw = await request.read()
    return yaml.safe_load(raw) if "yaml" in request.content_type else json.loads(raw)


def _view(live: Object, sub: str | None) -> Object:
    if sub != "scale":
        return live
    replicas = (live.get("status") or {}).get("replicas", 0)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": live["metadata"],
        "spec": {"replicas": live["spec"]["replicas"]},
        "status": {"replicas": replicas},
    }
