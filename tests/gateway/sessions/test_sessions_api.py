"""`/v1/sessions` and the paths beside it, as the OpenAPI document has them."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from gateway.api.completions import PATHS as COMPLETION_PATHS
from gateway.api.openapi import DOCUMENT
from gateway.app import create_app
from gateway.settings import Settings
from tests.gateway.sessions.conftest import ask, begin, history
from tests.support.processes import Gateway

OPENAPI = json.loads(DOCUMENT.read_bytes())
DOCUMENT_URI = "urn:gateway"
REGISTRY = Registry().with_resource(DOCUMENT_URI, Resource(OPENAPI, DRAFT202012))

# Served on ASGI, without a framework's routes.
ON_ASGI = {*COMPLETION_PATHS, "/bedrock/model/{model_id}/converse", "/bedrock/model/{model_id}/converse-stream"}


def pointer(*keys: str) -> str:
    return "/".join(key.replace("~", "~0").replace("/", "~1") for key in keys)


def conforms(response: httpx.Response, path: str) -> httpx.Response:
    """The response, which must be as the document has it for the path."""
    method = response.request.method.lower()
    operation = OPENAPI["paths"][path][method]
    described = operation["responses"].get(str(response.status_code))
    assert described, f"{method} {path} must not answer {response.status_code}: {response.text}"
    content_type = response.headers["content-type"].split(";")[0]
    keys = ["paths", path, method, "responses", str(response.status_code)]
    if "$ref" in described:
        keys = described["$ref"].removeprefix("#/").split("/")
        described = OPENAPI["components"]["responses"][keys[-1]]
    assert content_type in described["content"]
    if content_type == "application/json":
        schema = {"$ref": f"{DOCUMENT_URI}#/{pointer(*keys, 'content', content_type, 'schema')}"}
        Draft202012Validator(schema, registry=REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
            response.json()
        )
    return response


# --- the document ----------------------------------------------------------------------


def test_the_document_is_one():
    OpenAPIV31SpecValidator(OPENAPI).validate()


def test_the_document_is_served(replica: Gateway):
    response = httpx.get(f"{replica.url}/gateway/openapi.json")
    assert (response.status_code, response.json()) == (200, OPENAPI)


def test_the_document_has_every_path_and_method_and_no_other():
    app = create_app(Settings())
    served = {
        (rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (path, method)
        for path, item in OPENAPI["paths"].items()
        for method in item
        if method in {"get", "post", "patch", "delete", "put"} and path not in ON_ASGI
    }
    assert described == served


def test_every_error_that_is_told_is_described(http: httpx.Client):
    session_id = begin(http)
    for body in ({"session_id": 1}, {}, {"session_id": session_id, "more": 1}):
        assert conforms(http.post("/chat-history", json=body), "/chat-history").status_code == 400
        assert conforms(http.post("/bedrock/chat-history", json=body), "/bedrock/chat-history").status_code == 400
    assert conforms(http.post("/chat-history", content=b"{"), "/chat-history").status_code == 400
    assert conforms(http.post("/chat-history", content=b'{"a":"' + b"x" * 70_000), "/chat-history").status_code == 413
    assert conforms(httpx.get(http.base_url.join("/v1/sessions")), "/v1/sessions").status_code == 401


# --- lists -------------------------------------------------------------------------------


def test_a_list_has_the_newest_first_with_what_a_person_wants_to_know(http: httpx.Client):
    first, second = begin(http, "How do trains\n  work? " + "Tell me more. " * 10), begin(http, "say: x")
    ask(http, "again", session_id=first, model="demo-reasoning")
    page = conforms(http.get("/v1/sessions"), "/v1/sessions").json()
    assert [session["id"] for session in page["data"]] == [first, second]
    assert (page["has_more"], page["next_cursor"]) == (False, None)
    shown = page["data"][0]
    assert (shown["turns"], shown["model"]) == (2, "demo-reasoning")
    assert shown["title"].startswith("How do trains work? Tell me more.")
    assert len(shown["title"]) == 80
    assert shown["created_at"] <= shown["updated_at"]
    assert shown["usage"]["total_tokens"] == shown["usage"]["input_tokens"] + shown["usage"]["output_tokens"] > 0


def test_pages_follow_one_another(http: httpx.Client):
    made = [begin(http, f"number {number}") for number in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = conforms(http.get("/v1/sessions", params={"limit": "2", **cursor}), "/v1/sessions").json()
        seen += [session["id"] for session in page["data"]]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]


def test_titles_are_searched(http: httpx.Client):
    begin(http, "Über Züge")
    begin(http, "Über Schiffe")
    found = conforms(http.get("/v1/sessions", params={"query": "züge über"}), "/v1/sessions").json()["data"]
    assert [session["title"] for session in found] == ["Über Züge"]


@pytest.mark.parametrize(
    "params",
    [
        *({"limit": limit} for limit in ("0", "101", "-1", "x", "1.5", "", "²", "9" * 5000)),
        *({"cursor": cursor} for cursor in ("x", "", "%00", "MTox", "é", "NTpub3QtYW4taWQ=")),
    ],
)
def test_a_page_that_cannot_be_is_refused(http: httpx.Client, params: dict[str, str]):
    response = conforms(http.get("/v1/sessions", params=params), "/v1/sessions")
    assert (response.status_code, response.json()["error"]["param"]) == (400, next(iter(params)))


# --- one session ---------------------------------------------------------------------------


def test_a_session_is_read_with_its_turns(http: httpx.Client):
    session_id = begin(http)
    ask(http, "again", session_id=session_id)
    path = "/v1/sessions/{session_id}"
    session = conforms(http.get(f"/v1/sessions/{session_id}"), path).json()
    assert [turn["turn"] for turn in session["history"]] == [1, 2]
    assert {turn["finish_reason"] for turn in session["history"]} == {"stop"}
    assert [m for turn in session["history"] for m in turn["messages"]] == history(http, session_id)
    summed = [sum(turn["usage"][name] for turn in session["history"]) for name in session["usage"]]
    assert summed == list(session["usage"].values())


def test_what_is_private_is_not_cached(http: httpx.Client):
    session_id = begin(http)
    for path in ("/v1/sessions", f"/v1/sessions/{session_id}", f"/v1/sessions/{session_id}/export"):
        assert http.get(path).headers["cache-control"] == "no-store"


def test_a_title_is_changed(http: httpx.Client):
    session_id, path = begin(http), "/v1/sessions/{session_id}"
    changed = conforms(http.patch(f"/v1/sessions/{session_id}", json={"title": "  Über Züge "}), path)
    assert changed.json()["title"] == "Über Züge"
    assert http.get(f"/v1/sessions/{session_id}").json()["title"] == "Über Züge"


@pytest.mark.parametrize(
    "body",
    [{}, {"title": ""}, {"title": " "}, {"title": 1}, {"title": "a\nb"}, {"title": "x" * 201}, {"model": "x"}, []],
)
def test_a_title_that_is_none_is_refused(http: httpx.Client, body: Any):
    response = conforms(http.patch(f"/v1/sessions/{begin(http)}", json=body), "/v1/sessions/{session_id}")
    assert response.status_code == 400


def test_a_session_is_deleted(http: httpx.Client):
    session_id, path = begin(http), "/v1/sessions/{session_id}"
    deleted = conforms(http.delete(f"/v1/sessions/{session_id}"), path).json()
    assert deleted == {"id": session_id, "object": "session.deleted", "deleted": True}
    for response in (http.get(f"/v1/sessions/{session_id}"), http.delete(f"/v1/sessions/{session_id}")):
        assert conforms(response, path).status_code == 404
    assert ask(http, "again", session_id=session_id).status_code == 404


def test_a_fork_goes_on_from_an_earlier_turn(http: httpx.Client):
    session_id, path = begin(http), "/v1/sessions/{session_id}/fork"
    for number in (2, 3):
        ask(http, f"turn {number}", session_id=session_id)
    fork = conforms(http.post(f"/v1/sessions/{session_id}/fork", json={"turn": 2}), path).json()
    assert (fork["turns"], fork["forked_from"]) == (2, {"session_id": session_id, "turn": 2})
    assert history(http, fork["id"]) == history(http, session_id)[:4]
    whole = conforms(http.post(f"/v1/sessions/{session_id}/fork"), path).json()
    assert history(http, whole["id"]) == history(http, session_id)
    ask(http, "another way", session_id=fork["id"])
    assert len(history(http, session_id)) == 6


@pytest.mark.parametrize(
    ("body", "status"),
    [({"turn": 0}, 400), ({"turn": "1"}, 400), ({"turn": True}, 400), ({"to": 1}, 400), ({"turn": 2}, 404)],
)
def test_a_fork_that_cannot_be_is_refused(http: httpx.Client, body: dict[str, Any], status: int):
    response = http.post(f"/v1/sessions/{begin(http)}/fork", json=body)
    assert conforms(response, "/v1/sessions/{session_id}/fork").status_code == status


def test_an_export_has_a_line_for_each_turn(http: httpx.Client):
    session_id = begin(http, "zeile\neins ☃")
    ask(http, "again", session_id=session_id)
    response = conforms(http.get(f"/v1/sessions/{session_id}/export"), "/v1/sessions/{session_id}/export")
    assert response.headers["content-disposition"] == f'attachment; filename="session-{session_id}.jsonl"'
    lines = [json.loads(line) for line in response.text.splitlines()]
    turns = http.get(f"/v1/sessions/{session_id}").json()["history"]
    assert lines == [{"session_id": session_id, **turn} for turn in turns]


@pytest.mark.parametrize("session_id", ["00000000-0000-4000-8000-000000000000", "x", "%2e%2e", "0" * 400])
def test_what_is_no_session_is_not_found(http: httpx.Client, session_id: str):
    assert conforms(http.get(f"/v1/sessions/{session_id}"), "/v1/sessions/{session_id}").status_code == 404


def test_other_methods_are_refused_in_the_dialect_of_the_path(http: httpx.Client):
    assert http.put("/v1/sessions", json={}).json()["error"]["code"] == "refused"
    assert http.get("/bedrock/chat-history").headers["x-amzn-errortype"] == "ValidationException"
    assert "GET" in http.put("/v1/sessions", json={}).headers["allow"]


def test_paths_beside_are_litellms(http: httpx.Client):
    assert http.get("/v1/sessionsX").status_code == 404
    assert http.get(f"/v1/sessions/{uuid4()}/other").json() == {"detail": "Not Found"}
