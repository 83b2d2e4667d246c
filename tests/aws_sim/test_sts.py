from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.aws_sim.process import ACCOUNT


def test_who_asks_is_a_user_of_iam(clients: Callable[[str], Any]) -> None:
    assert clients("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/moto"
