"""A configuration of LiteLLM from its layers: base, region, and the operator's overlay."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_faults import ConfigError, Fault
from ansible_collections.genai.gateway.plugins.module_utils.litellm_config_paths import (
    Having,
    Key,
    PathError,
    assign,
    parse,
    remove,
)

Config = dict[str, Any]

MODELS = "model_list"
NAME = "model_name"
PARAMETERS = "litellm_params"
# Of an overlay; what else it has is a configuration of LiteLLM.
DELETE, SET = "delete", "set"
# Keys that hold YAML's anchors, and that LiteLLM is not given.
ANCHORS = "x-"


def merged(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> Config:
    """The base with the overlay over it; neither is changed.

    First what `delete` names is taken out of the base, then the overlay is laid over it, then `set` is applied.
    Mappings are merged, models are merged by their name, anything else is replaced.

    Raises:
        ConfigError: paths of `delete` or `set` that lead nowhere, overlays of models that fit no one model.
    """
    result: Config = copy.deepcopy(dict(base))
    over = {key: copy.deepcopy(value) for key, value in overlay.items() if not key.startswith(ANCHORS)}
    deletions, settings = over.pop(DELETE, None), over.pop(SET, None)
    models = over.pop(MODELS, None)
    faults = [*_delete(result, deletions)]
    result = _merged_mappings(result, over)
    if models is not None:
        faults += _merge_models(result, models)
    faults += _set(result, settings)
    if faults:
        raise ConfigError(faults)
    return {key: value for key, value in result.items() if not key.startswith(ANCHORS)}


def touched_models(overlay: Mapping[str, Any]) -> set[str]:
    """Names of the models that an overlay adds or changes, as far as it names them."""
    models = overlay.get(MODELS)
    names = {str(model.get(NAME)) for model in models if isinstance(model, dict)} if isinstance(models, list) else set()
    for path in overlay.get(SET) or {}:
        try:
            steps = parse(path)
        except PathError:
            continue
        if steps[0] == Key(MODELS):
            names |= {step.value for step in steps if isinstance(step, Having) and step.field == (NAME,)}
    return names


def _merged_mappings(under: Config, over: Mapping[str, Any]) -> Config:
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        result[key] = _merged_mappings(below, value) if both else value  # type: ignore[arg-type]
    return result


def _merge_models(config: Config, models: Any) -> Iterator[Fault]:
    if not isinstance(models, list) or not all(isinstance(model, dict) and NAME in model for model in models):
        yield Fault(MODELS, "is not a list of models with a model_name each", "write `- model_name: …`")
        return
    below: list[Config] = config.get(MODELS) or []
    for name, group in _by_name(models).items():
        places = [place for place, model in enumerate(below) if model.get(NAME) == name]
        if len(places) == 1 and len(group) == 1:
            below[places[0]] = _merged_model(below[places[0]], group[0])
        elif len(group) == 1 and _is_partial(group[0]):
            where = f"{MODELS}[{NAME}={name}]"
            problem = (
                f"changes a model of which there are {len(places)}" if places else "changes a model that is not there"
            )
            yield Fault(where, problem, "give its litellm_params.model to add it, or change it by `set`")
        else:
            # Several of one name are one group, and come as a whole.
            below = [model for model in below if model.get(NAME) != name] + group
    config[MODELS] = below


def _merged_model(under: Config, over: Config) -> Config:
    """Parameters of another model are replaced: the key of one provider must not go to another."""
    model = (over.get(PARAMETERS) or {}).get("model")
    if model is not None and model != (under.get(PARAMETERS) or {}).get("model"):
        under = {key: value for key, value in under.items() if key not in (PARAMETERS, "model_info")}
    return _merged_mappings(under, over)


def _is_partial(model: Config) -> bool:
    return "model" not in (model.get(PARAMETERS) or {})


def _by_name(models: Iterable[Config]) -> dict[str, list[Config]]:
    groups: dict[str, list[Config]] = {}
    for model in models:
        groups.setdefault(str(model[NAME]), []).append(model)
    return groups


def _delete(config: Config, paths: Any) -> Iterator[Fault]:
    if not isinstance(paths, list | None):
        yield Fault(DELETE, "is not a list of paths", "write `- model_list[model_name=…]`")
        return
    for path in paths or []:
        try:
            remove(config, str(path))
        except PathError as error:
            yield Fault(f"{DELETE}: {path}", str(error), "correct the path, or take the line out")


def _set(config: Config, values: Any) -> Iterator[Fault]:
    if not isinstance(values, dict | None):
        yield Fault(SET, "is not a mapping from paths to values", "write `litellm_settings.num_retries: 3`")
        return
    for path, value in (values or {}).items():
        try:
            assign(config, str(path), value)
        except PathError as error:
            yield Fault(f"{SET}: {path}", str(error), "correct the path")
