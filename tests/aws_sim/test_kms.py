from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_key_keeps_how_often_it_is_rotated(clients: Callable[[str], Any]) -> None:
    kms = clients("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    status = kms.get_key_rotation_status(KeyId=key)
    assert (status["KeyId"], status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (key, True, 180)


def test_a_key_is_rotated_each_year_when_nobody_says_how_often(clients: Callable[[str], Any]) -> None:
    kms = clients("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365


def test_a_key_that_is_not_rotated_has_no_period(clients: Callable[[str], Any]) -> None:
    kms = clients("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    status = kms.get_key_rotation_status(KeyId=key)
    assert status["KeyRotationEnabled"] is False
    assert "RotationPeriodInDays" not in status
