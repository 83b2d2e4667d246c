"""gateway/identity/policy/models.py."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import AboveCeiling, Unusable
from gateway.identity.policy.limits import ABSENT
from gateway.identity.policy.models import MOST_MODELS, is_covered, models_asked

LIST = ["claude-sonnet", "bedrock/*"]


@pytest.mark.parametrize("unrestricted", [(), (None,), ([],), (None, []), (["all-proxy-models"],)])
def test_without_a_list_every_model_can_be_asked_for(unrestricted):
    assert models_asked(ABSENT, *unrestricted) is None
    assert models_asked(None, *unrestricted) is None
    assert models_asked([], *unrestricted) is None
    assert models_asked(["x", "y/*"], *unrestricted) == ("x", "y/*")


@pytest.mark.parametrize("asked", [["claude-sonnet"], ["bedrock/nova"], ["bedrock/*"], ["bedrock/us.*"], LIST])
def test_what_the_list_allows_can_be_asked_for(asked):
    assert models_asked(asked, LIST) == tuple(asked)


@pytest.mark.parametrize(
    "name",
    ["claude", "claude-sonnet-4", "Claude-Sonnet", "bedrock", "bedrock*", "bedroc*", "*", "xbedrock/nova", "claude-*"],
)
def test_what_the_list_does_not_allow_is_refused_with_what_it_does(name):
    with pytest.raises(AboveCeiling, match=r"only claude-sonnet, bedrock/\* is allowed") as over:
        models_asked(["claude-sonnet", name], LIST)
    assert over.value.asked == name


@pytest.mark.parametrize(
    "asked", [None, [], ["all-proxy-models"], ["all-team-models"], ["claude-sonnet", "all-proxy-models"]]
)
def test_to_ask_for_every_model_is_refused_where_there_is_a_list(asked):
    with pytest.raises(AboveCeiling):
        models_asked(asked, LIST)


def test_every_list_has_to_allow_a_model():
    assert models_asked(["bedrock/nova"], LIST, None, ["bedrock/nova", "x"]) == ("bedrock/nova",)
    with pytest.raises(AboveCeiling):
        models_asked(["bedrock/nova"], LIST, ["x"])


def test_who_asks_for_nothing_has_what_all_lists_allow():
    assert models_asked(ABSENT, LIST) == tuple(LIST)
    assert models_asked(ABSENT, LIST, ["bedrock/nova", "gpt", "claude-*"]) == ("claude-sonnet", "bedrock/nova")
    assert models_asked(ABSENT, ["*"], LIST, ["bedrock/us.*"]) == ("bedrock/us.*",)


def test_lists_with_nothing_in_common_do_not_become_every_model():
    with pytest.raises(AboveCeiling, match="no model is allowed"):
        models_asked(ABSENT, ["a"], ["b"])


@pytest.mark.parametrize(
    "asked",
    ["claude-sonnet", {"a": 1}, 1, True, [1], [None], [""], ["a" * 257], ["a\nb"], ["a"] * (MOST_MODELS + 1), [["a"]]],
)
def test_what_is_no_list_of_names_is_refused(asked):
    with pytest.raises(Unusable, match=r"^models: must "):
        models_asked(asked)


@pytest.mark.parametrize(
    "name", ["bedrock/x|*", "bedrock/(a|b)*", "bedrock/*|.", "bedrock/[a]*", "bedrock/$*", "bedrock/\\*"]
)
def test_a_wildcard_with_characters_that_litellm_would_interpret_is_refused(name):
    with pytest.raises(Unusable, match="wildcards"):
        models_asked([name], ["bedrock/*"])


def test_the_characters_of_a_file_pattern_have_no_meaning():
    assert not is_covered("gpt-4", ["gpt-?*"])
    assert not is_covered("gpt-4", ["gpt-[4]*"])
    assert is_covered("gpt-?4", ["gpt-?*"])


_NAMES = st.text("ab/.*", min_size=1, max_size=8)
_LISTS = st.lists(_NAMES, min_size=1, max_size=4)


def litellms(patterns: list[str], model: str) -> bool:
    """What LiteLLM makes of a list: is_model_allowed_by_pattern of its auth_checks."""
    return any(
        re.match(f"^{name.replace('*', '.*')}$", model) is not None if "*" in name else name == model
        for name in patterns
    )


@given(
    st.one_of(st.just(ABSENT), _LISTS),
    st.lists(_LISTS, min_size=1, max_size=3),
    st.text("ab/.", min_size=1, max_size=8),
)
def test_what_is_given_lets_nobody_to_a_model_that_a_list_does_not(asked, allowed, model):
    try:
        given_models = models_asked(asked, *allowed)
    except (AboveCeiling, Unusable):
        return
    assert given_models
    if litellms(list(given_models), model):
        assert all(litellms(names, model) for names in allowed)
