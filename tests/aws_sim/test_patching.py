"""The mechanisms by which moto is patched."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from moto.core.responses import BaseResponse

from tests.support.aws_sim.patching import action, around, body, remember, store


class Responses(BaseResponse):
    def list_things(self) -> str:
        return "moto's"


def test_fields_are_remembered_by_the_names_that_moto_looks_for() -> None:
    stored = SimpleNamespace(kept="as it was", empty=None)
    remember(
        stored, {"enableExecuteCommand": True, "kept": "new", "empty": 1, "saysNothing": None, "own": 2}, skip=["own"]
    )
    assert vars(stored) == {"enable_execute_command": True, "kept": "as it was", "empty": 1}


def test_remembering_can_overwrite() -> None:
    stored = SimpleNamespace(kept="as it was")
    remember(stored, {"kept": "new"}, overwrite=True)
    assert stored.kept == "new"


def test_an_action_is_added_by_the_name_of_its_function() -> None:
    class Own(Responses):
        pass

    @action(Own)
    def delete_thing(response: BaseResponse) -> str:
        return "deleted"

    assert Own().delete_thing() == "deleted"  # type: ignore[attr-defined]  # it is added above


def test_an_action_that_moto_has_is_not_added() -> None:
    with pytest.raises(AssertionError, match=r"moto has Responses\.list_things: is the patch needed\?"):
        action(Responses, "list_things")(lambda response: "ours")


def test_a_patch_around_a_method_gets_it_as_its_first_argument() -> None:
    class Own(Responses):
        pass

    @around(Own)
    def list_things(original: Callable[..., str], response: BaseResponse) -> str:
        return f"around {original(response)}"

    assert Own().list_things() == "around moto's"
    assert Responses().list_things() == "moto's"


def test_a_function_of_a_module_is_patched_alike() -> None:
    own: Any = ModuleType("own")
    own.named = lambda name, *, loud: f"{name}{'!' if loud else ''}"

    @around(own)
    def named(original: Callable[..., str], name: str, *, loud: bool) -> str:
        return f"around {original(name, loud=loud)}"

    assert own.named("moto", loud=True) == "around moto!"


def test_a_body_that_is_empty_has_no_fields() -> None:
    response = Responses()
    response.body = ""
    assert body(response) == {}


def test_a_store_is_one_dictionary_for_each_holder_and_kind() -> None:
    one, other = SimpleNamespace(), SimpleNamespace()
    store(one, "things")["a"] = 1
    kept: list[Any] = [store(one, "things"), store(one, "others"), store(other, "things")]
    assert kept == [{"a": 1}, {}, {}]
