"""Images and documents with every client, as bytes."""

from __future__ import annotations

from typing import Any

from tests.clients.clients import PNG
from tests.clients.conftest import Call

TEXT = b"The quick brown fox jumps over the lazy dog."


def message(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"text": "look at this"}, block]}]


def test_an_image_reaches_the_model(sdk: Call):
    image = {"image": {"format": "png", "source": {"bytes": PNG}}}
    assert sdk("converse", modelId="demo", messages=message(image)).seen["images"] == [
        {"media_type": "image/png", "bytes": len(PNG)}
    ]


def test_a_document_reaches_the_model(client: Call):
    document = {"document": {"format": "txt", "name": "fox", "source": {"bytes": TEXT}}}
    (seen,) = client("converse", modelId="demo", messages=message(document)).seen["documents"]
    assert seen["bytes"] == len(TEXT)
