"""`genai-gateway init`: asks what a deployment is to be, and writes its inventory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from deployer import options
from deployer.asking import usable
from deployer.checkout import find_checkout
from deployer.inventory_files import defaults, differing, directory_of, render_variables, template_of, write_inventory
from deployer.outcome import Unusable
from deployer.questions import ON_AWS, QUESTIONS, Question
from deployer.vault import is_interactive, new_secret

KEY_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
KEYS = "provider_keys"

Ask = Callable[[Question, str], str]


def _load_answers(file: Path | None) -> dict[str, Any]:
    """Answers from a YAML file. Raises Unusable where it is no mapping."""
    if file is None:
        return {}
    import yaml

    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"--answers {file} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        # Not repeated: there may be keys in it.
        raise Unusable(f"--answers {file} is no YAML.") from None
    if not isinstance(said, dict):
        raise Unusable(f"--answers {file} must hold variables and their values.")
    return {str(name): value for name, value in said.items()}


def collect(given: Mapping[str, Any], ask: Ask, *, interactive: bool) -> dict[str, Any]:
    """Answers to all questions: as given, or else asked for; `interactive`: again, until they can be used.

    Variables of an inventory that nobody asks for may be given as well.

    Raises:
        Unusable: with all given answers that cannot be used.
    """
    answers: dict[str, Any] = {}
    wrong: list[str] = []
    for question in QUESTIONS:
        if not question.wanted(answers):
            continue
        value = given.get(question.variable)
        answer = ask(question, _checked_default(question, answers)) if value is None else str(value)
        while fault := question.check(answer, answers):
            if value is not None or not interactive:
                wrong.append(f"{question.variable} {fault}")
                break
            typer.echo(f"  It {fault}.", err=True)
            answer = ask(question, question.default)
        answers[question.variable] = answer
    if wrong:
        raise Unusable("\n  ".join(["These answers cannot be used:", *wrong]))
    asked = {question.variable for question in QUESTIONS}
    return answers | {name: value for name, value in given.items() if name not in asked and name != KEYS}


def _checked_default(question: Question, answers: Mapping[str, Any]) -> str:
    # The name of the zone itself is always in it.
    return str(answers["hosted_zone_name"]) if question.variable == "record_name" else question.default


def _prompt(question: Question, default: str) -> str:
    return str(typer.prompt(question.text, default=default, show_default=bool(default), err=True)).strip()


def _ask_keys() -> Iterator[tuple[str, str]]:
    typer.echo("Keys of providers, such as OPENAI_API_KEY; an empty name ends. Bedrock needs none.", err=True)
    while name := str(typer.prompt("Name of a key", default="", show_default=False, err=True)).strip():
        if KEY_NAME.fullmatch(name):
            yield name, str(typer.prompt(f"Value of {name}", hide_input=True, err=True))
        else:
            typer.echo("  It has capital letters, digits and underscores only.", err=True)


def _keys(given: Mapping[str, Any], interactive: bool) -> dict[str, str]:
    keys = given.get(KEYS)
    if keys is None:
        return dict(_ask_keys()) if interactive else {}
    if not isinstance(keys, dict) or not all(KEY_NAME.fullmatch(str(name)) for name in keys):
        raise Unusable("provider_keys must be names such as OPENAI_API_KEY and their values.")
    return {str(name): str(value) for name, value in keys.items()}


def init(
    name: Annotated[str, typer.Argument(help="What the inventory is called, such as prod.")],
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="Answers, by variable, in YAML. What is missing is asked."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: what no answer is given to keeps its default.")
    ] = False,
    vault_password_file: options.VaultPasswordFile = None,
    project: options.Project = None,
) -> None:
    """Ask what a deployment is to be, and write its inventory."""
    with usable():
        interactive = not yes
        if interactive and not is_interactive():
            raise Unusable("init asks, and nobody can be asked here: give --yes, and --answers FILE.")
        checkout = find_checkout(project)
        directory = directory_of(name, checkout)
        given = _load_answers(answers)
        found = collect(given, _prompt if interactive else lambda _, default: default, interactive=interactive)
        template = template_of(found["platform"], checkout)
        _check_names(found, template)
        secrets = _keys(given, interactive) if found["platform"] in ON_AWS else {}
        files = _write(directory, template, found, secrets, vault_password_file)
    typer.echo("Written:")
    for file in files:
        typer.echo(f"  {file}")
    typer.echo(f"\nNext: genai-gateway deploy -i {name} --check")


def _check_names(found: Mapping[str, Any], template: Path) -> None:
    known = {*defaults(template), *(question.variable for question in QUESTIONS)}
    if unknown := sorted(found.keys() - known):
        raise Unusable(f"These variables are none of an inventory: {', '.join(unknown)}. {template} has all of them.")


def _write(
    directory: Path, template: Path, found: Mapping[str, Any], secrets: Mapping[str, str], password_file: Path | None
) -> list[Path]:
    # A region is said even where it is the one of the example.
    known = {**defaults(template), "aws_region": None}
    kept = {name: value for name, value in differing(found, known).items() if value != ""}
    where = f"inventories/{template.name}/group_vars/all"
    introduction = (
        f"What is not here has its default: {where} has all variables with their explanations. "
        "Copy from there into this file what you want to change."
    )
    main = render_variables(kept, template, introduction)
    return write_inventory(directory, template, main, secrets, new_secret(password_file) if secrets else None)
