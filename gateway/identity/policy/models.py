"""Which models somebody may have, as LiteLLM's lists name them: names, access groups, wildcards such as bedrock/*."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

from gateway.errors import AboveCeiling, Unusable
from gateway.identity.policy.limits import ABSENT

FIELD = "models"
ALL = "*"
MOST_MODELS = 200
# LiteLLM makes a regular expression of a name: many wildcards in one would keep it busy for long.
MOST_WILDCARDS = 2
LONGEST_NAME = 256

# What LiteLLM takes for every model of the proxy; for a key without a team also the second.
ALL_OF_PROXY = "all-proxy-models"
MEANS_ALL = frozenset({ALL_OF_PROXY, "all-team-models"})

# LiteLLM makes a regular expression of a name with a wildcard, in which other characters would have a meaning.
WILDCARD = re.compile(r"[A-Za-z0-9*._:/@-]+", re.ASCII)

_SHOWN = 20

# None, or an empty list as LiteLLM writes it, is every model.
ModelList = Sequence[str] | None


def models_asked(asked: object, *allowed: ModelList) -> tuple[str, ...] | None:
    """The models to use: `asked` is ABSENT, or what the JSON has there; every list of `allowed` has to allow them.

    None is every model. Absent is what all of the lists allow. Raises AboveCeiling and Unusable.
    """
    lists = [tuple(models) for models in allowed if models and ALL_OF_PROXY not in models]
    if asked is ABSENT:
        return _common(lists)
    names = _read(asked)
    for name in names or (ALL,):
        for models in lists:
            if not is_covered(ALL if name in MEANS_ALL else name, models):
                raise AboveCeiling(FIELD, name if names else "every model", _shown(models))
    return names or None


def is_covered(name: str, models: Sequence[str]) -> bool:
    """Whether one of `models` allows a name, or everything that a name with a wildcard stands for."""
    return any(name == model or (ALL in model and _matches(name, model)) for model in models)


def _matches(name: str, pattern: str) -> bool:
    # A wildcard within the name is a character like others, which only a wildcard of the pattern takes in.
    return fnmatch.fnmatchcase(name, re.sub(r"[\[?]", r"[\g<0>]", pattern))


def _common(lists: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    if not lists:
        return None
    common, *others = lists
    for other in others:
        kept = [name for name in common if is_covered(name, other)]
        common = tuple(dict.fromkeys([*kept, *(name for name in other if is_covered(name, common))]))
    if not common:
        # An empty list would be every model to LiteLLM.
        raise AboveCeiling(FIELD, "nothing", "no model")
    return common


def _read(asked: object) -> tuple[str, ...]:
    if asked is None:
        return ()
    if not isinstance(asked, list) or len(asked) > MOST_MODELS:
        raise Unusable(FIELD, f"must be a list of at most {MOST_MODELS} names")
    for name in asked:
        if (fault := name_fault(name)) is not None:
            raise Unusable(FIELD, fault)
    return tuple(dict.fromkeys(asked))


def name_fault(name: object) -> str | None:
    """What is wrong with a model's name, as the rest of a sentence."""
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return f"must have names of 1 to {LONGEST_NAME} printable characters"
    if ALL in name and not WILDCARD.fullmatch(name):
        return "must have wildcards of letters, digits and * . _ : / @ - alone, such as bedrock/*"
    if name.count(ALL) > MOST_WILDCARDS or ALL * 2 in name:
        return f"must have names with at most {MOST_WILDCARDS} wildcards, not side by side"
    return None


def _shown(models: Sequence[str]) -> str:
    more = len(models) - _SHOWN
    return "only " + ", ".join(models[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
