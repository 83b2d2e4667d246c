"""Passwords of ansible-vault, and encrypting with them; no password is ever an argument."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from deployer.outcome import Unusable

PASSWORD_FILE = "ANSIBLE_VAULT_PASSWORD_FILE"  # noqa: S105 - the name of a variable
HOW = f"Give --vault-password-file FILE, or set {PASSWORD_FILE}."


def is_interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def existing_password_file(given: Path | None) -> Path | None:
    """The file that was named, by its absolute path. Raises Unusable when there is none."""
    if given is None:
        return None
    file = given.expanduser().absolute()
    if not file.is_file():
        raise Unusable(f"--vault-password-file: there is no file {given}.")
    return file


def piped_password(given: Path | None) -> str | None:
    """The password out of a pipe, such as `<(pass show vault)`; None where something else was named, or nothing.

    Only this process can read it, and only once.

    Raises:
        Unusable: where no password comes.
    """
    if given is None or not given.expanduser().is_fifo():
        return None
    try:
        # As Ansible reads a file.
        password = given.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Unusable(f"--vault-password-file: the pipe {given} cannot be read as text.") from None
    if not password:
        raise Unusable(f"--vault-password-file: nothing came through the pipe {given}.")
    return password


def ask_password(question: str = "Vault password", *, twice: bool = False) -> str:
    """Asks for it, unseen. Raises Unusable where nobody can be asked, or nothing is answered."""
    if not is_interactive():
        raise Unusable(f"The password of ansible-vault is needed, and nobody can be asked here. {HOW}")
    password = str(typer.prompt(question, hide_input=True, confirmation_prompt=twice, err=True))
    if not password:
        raise Unusable("The password of ansible-vault is empty.")
    return password


def new_secret(given: Path | None) -> bytes:
    """The password to encrypt with: from the file or pipe, or the one that the environment names, or asked for twice.

    Raises:
        Unusable: where there is none, or its file cannot be read.
    """
    if (piped := piped_password(given)) is not None:
        return piped.encode()
    file = existing_password_file(given)
    if file is None and os.environ.get(PASSWORD_FILE):
        file = existing_password_file(Path(os.environ[PASSWORD_FILE]))
    if file is None:
        return ask_password("New vault password", twice=True).encode()
    # Ansible's own reading: a file may also be a program that prints the password.
    from ansible.errors import AnsibleError
    from ansible.parsing.dataloader import DataLoader
    from ansible.parsing.vault import get_file_vault_secret

    try:
        secret = get_file_vault_secret(filename=str(file), loader=DataLoader())
        secret.load()
    except AnsibleError as error:
        raise Unusable(f"The vault password file {file} cannot be used: {error}") from None
    return bytes(secret.bytes)


def encrypt(text: str, secret: bytes) -> str:
    """The text as ansible-vault writes it."""
    from ansible.parsing.vault import VaultLib, VaultSecret

    encrypted: bytes = VaultLib([("default", VaultSecret(secret))]).encrypt(text)
    return encrypted.decode()
