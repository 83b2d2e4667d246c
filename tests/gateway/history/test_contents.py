"""gateway/history/contents.py."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cipher import Cipher
from gateway.errors import HistoryUnreadable, MalformedBody
from gateway.history.contents import DATA_KEYS, PART_SIZE, Contents, Packed

PLAIN = Contents()
CIPHER = Cipher([b"k" * 32])
SEALED = Contents(CIPHER)

both = pytest.mark.parametrize("contents", [PLAIN, SEALED], ids=["plain", "sealed"])

IMAGE = "data:image/png;base64," + "iVBORw0K" * 1000
HERE = "session/1/0"


def image_message(*images: str) -> dict[str, Any]:
    return {
        "role": "user",
        "content": [{"type": "text", "text": "What is this?"}]
        + [{"type": "image_url", "image_url": {"url": image, "detail": "low"}} for image in images],
    }


def pack(contents: Contents, message: dict[str, Any], owner: str = "alice") -> Packed:
    return contents.pack(message, owner=owner, place=HERE)


def unpack(contents: Contents, packed: Packed, place: str = HERE) -> dict[str, Any]:
    return contents.unpack(packed.body, packed.parts, place=place)


# --- any message

characters = st.characters(exclude_categories=["Cs"])
lengths = st.sampled_from([PART_SIZE - 1, PART_SIZE, 2 * PART_SIZE])
texts = st.text(characters, max_size=20) | st.builds(lambda one, length: one * length, characters, lengths)
names = st.sampled_from(sorted(DATA_KEYS)) | st.text(characters, max_size=10)
numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
messages = st.dictionaries(names, values, max_size=5)


@both
@given(messages)
def test_any_message_comes_back_and_is_left_alone(contents, message):
    before = copy.deepcopy(message)
    assert unpack(contents, pack(contents, message)) == before
    assert message == before


@both
@given(st.text(characters))
def test_any_text_comes_back(contents, text):
    assert contents.unpack_text(contents.pack_text(text, place=HERE), place=HERE) == text


@both
@pytest.mark.parametrize("text", ["", "sealed:", '"', "null", "\x00"])
def test_a_text_is_not_taken_for_what_the_store_adds(contents, text):
    stored = contents.pack_text(text, place=HERE)
    assert "\x00" not in stored  # which Postgres does not store
    assert contents.unpack_text(stored, place=HERE) == text


# --- parts


@both
@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (image_message(IMAGE), 1),
        (image_message(IMAGE, IMAGE + "A", IMAGE), 2),
        ({"content": [{"type": "input_audio", "input_audio": {"data": "UklG" * 2000, "format": "wav"}}]}, 1),
        ({"content": [{"type": "file", "file": {"file_data": IMAGE, "filename": "a.png"}}]}, 1),
        ({"content": "Here.", "images": [{"image_url": {"url": IMAGE}}]}, 1),
        ({"url": "x" * PART_SIZE}, 1),
        ({"url": "x" * (PART_SIZE - 1)}, 0),
        ({"content": IMAGE, "text": IMAGE, "data": [IMAGE], "url": {"a": IMAGE}}, 0),
    ],
    ids=["image", "images", "audio", "file", "answer", "just large", "just small", "text"],
)
def test_large_data_leaves_the_body_and_nothing_else_does(contents, message, parts):
    packed = pack(contents, message)
    assert len(packed.parts) == parts
    assert unpack(contents, packed) == message


def test_the_body_without_its_parts():
    packed = pack(PLAIN, image_message(IMAGE))
    [(digest, data)] = packed.parts.items()
    assert data == IMAGE.encode()
    assert orjson.loads(packed.body) == {
        "message": {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": None, "detail": "low"}},
            ],
        },
        "parts": [[["content", 1, "image_url", "url"], digest]],
    }


def test_data_that_stands_in_one_object_twice_leaves_both_places():
    shared = {"url": IMAGE}
    message = {"content": [{"image_url": shared}, {"image_url": shared}]}
    packed = pack(PLAIN, message)
    assert IMAGE not in packed.body
    assert unpack(PLAIN, packed) == {"content": [{"image_url": {"url": IMAGE}}, {"image_url": {"url": IMAGE}}]}
    assert shared == {"url": IMAGE}


def test_a_list_is_copied_once_however_many_parts_it_holds():
    class Counted(list[Any]):
        copies = 0

        def copy(self) -> list[Any]:
            Counted.copies += 1
            return Counted(self)

    pack(PLAIN, {"content": Counted({"url": IMAGE + str(number)} for number in range(10))})
    assert Counted.copies == 1


@both
def test_a_part_has_one_digest_for_each_owner(contents):
    digests = [set(pack(contents, image_message(IMAGE), owner).parts) for owner in ("alice", "alice", "bob")]
    assert digests[0] == digests[1] != digests[2]


@both
def test_no_owner_with_other_data_has_the_same_part(contents):
    digests = [pack(contents, {"url": start + IMAGE}, owner).parts for owner, start in (("ab", "c"), ("a", "bc"))]
    assert not set(digests[0]) & set(digests[1])


def test_digests_of_sealed_parts_do_not_tell_what_they_are_of():
    assert not set(pack(PLAIN, image_message(IMAGE)).parts) & set(pack(SEALED, image_message(IMAGE)).parts)


@both
def test_a_message_finds_its_parts_among_others(contents):
    packed = pack(contents, image_message(IMAGE))
    others = pack(contents, image_message(IMAGE + "A")).parts
    assert contents.unpack(packed.body, others | packed.parts, place=HERE) == image_message(IMAGE)
    with pytest.raises(HistoryUnreadable, match="a part of what is stored is missing"):
        contents.unpack(packed.body, others, place=HERE)


@both
def test_a_reference_within_a_message_stays_what_it_says(contents):
    digest = next(iter(pack(contents, image_message(IMAGE)).parts))
    reference = {"message": {"url": None}, "parts": [[["url"], digest]]}
    message = reference | {"content": [reference, orjson.dumps(reference).decode()], "url": None}
    packed = pack(contents, message)
    assert packed.parts == {}
    assert contents.unpack(packed.body, {digest: b"somebody's"}, place=HERE) == message


# --- nesting


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"content": value}
    return value


@both
def test_what_can_be_sent_to_a_model_can_be_stored(contents):
    # In the request it stands two levels deep.
    orjson.dumps({"messages": [nested(252)]})
    assert unpack(contents, pack(contents, nested(252))) == nested(252)


@both
@pytest.mark.parametrize("levels", [254, 1020, 5000])
def test_a_message_that_is_nested_too_deeply_is_the_clients_mistake(contents, levels):
    with pytest.raises(MalformedBody, match="nested"):
        pack(contents, nested(levels))


# --- encryption


def test_what_is_sealed_shows_nothing_of_a_message():
    packed = pack(SEALED, image_message(IMAGE))
    [part] = packed.parts.values()
    assert packed.body.startswith("sealed:")
    assert packed.body.isascii()
    assert b"iVBOR" not in part
    opened = CIPHER.open(part, b"part " + next(iter(packed.parts)).encode())
    assert opened == IMAGE.encode()
    for word in ("What is this", "user", "image", "detail", next(iter(packed.parts))):
        assert word not in packed.body


@pytest.mark.parametrize("place", ["session/1/1", "session/2/0", "other/1/0", ""])
def test_what_is_sealed_opens_in_its_place_only(place):
    with pytest.raises(HistoryUnreadable):
        unpack(SEALED, pack(SEALED, {"content": "Hello"}), place)
    with pytest.raises(HistoryUnreadable):
        SEALED.unpack_text(SEALED.pack_text("Hello", place=HERE), place=place)


def test_a_sealed_title_is_no_message_of_the_same_place_nor_the_reverse():
    title = '{"message": {}, "parts": []}'
    with pytest.raises(HistoryUnreadable, match="another place"):
        SEALED.unpack(SEALED.pack_text(title, place=HERE), {}, place=HERE)
    with pytest.raises(HistoryUnreadable, match="another place"):
        SEALED.unpack_text(pack(SEALED, {}).body, place=HERE)


def test_a_sealed_part_does_not_stand_in_for_another():
    packed, other = (pack(SEALED, image_message(image)) for image in (IMAGE, IMAGE + "A"))
    exchanged = dict(zip(packed.parts, other.parts.values(), strict=True))
    with pytest.raises(HistoryUnreadable, match="another place"):
        SEALED.unpack(packed.body, exchanged, place=HERE)


SEALED_BODY = pack(SEALED, {"role": "user", "content": "Hello, you!"}).body


@given(st.integers(0, len(SEALED_BODY) - 1), characters)
def test_a_changed_character_of_a_sealed_body_is_noticed_wherever_it_is(index, character):
    changed = SEALED_BODY[:index] + character + SEALED_BODY[index + 1 :]
    if changed == SEALED_BODY:
        return
    with pytest.raises(HistoryUnreadable):
        SEALED.unpack(changed, {}, place=HERE)


@pytest.mark.parametrize("length", [11, 12, 13])
@pytest.mark.parametrize("ending", ["\n", "=", " ", "AAAA"])
def test_what_is_added_to_a_sealed_body_is_noticed(length, ending):
    # Of every length that base64 pads in its own way.
    sealed = SEALED.pack_text("x" * length, place=HERE)
    with pytest.raises(HistoryUnreadable):
        SEALED.unpack_text(sealed + ending, place=HERE)


def test_bits_that_base64_does_not_use_cannot_be_changed():
    # A byte more than a multiple of three: the last character before the padding has four of them.
    sealed = next(text for n in range(3) if (text := SEALED.pack_text("x" * n, place=HERE)).endswith("=="))
    assert sealed[-3] in "AQgw"
    with pytest.raises(HistoryUnreadable):
        SEALED.unpack_text(sealed[:-3] + chr(ord(sealed[-3]) + 1) + "==", place=HERE)


SEALED_IMAGE = pack(SEALED, image_message(IMAGE))


@given(st.data())
def test_a_changed_byte_of_a_sealed_part_is_noticed(data):
    [(digest, part)] = SEALED_IMAGE.parts.items()
    changed = bytearray(part)
    changed[data.draw(st.integers(0, len(part) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(HistoryUnreadable):
        SEALED.unpack(SEALED_IMAGE.body, {digest: bytes(changed)}, place=HERE)


def test_what_was_stored_before_there_was_a_key_can_be_read():
    assert unpack(SEALED, pack(PLAIN, image_message(IMAGE))) == image_message(IMAGE)
    assert SEALED.unpack_text(PLAIN.pack_text("Hello", place=HERE), place=HERE) == "Hello"


def test_without_the_key_what_is_sealed_cannot_be_read():
    with pytest.raises(HistoryUnreadable, match="was given no key"):
        unpack(PLAIN, pack(SEALED, {"content": "Hello"}))
    with pytest.raises(HistoryUnreadable, match="was given no key"):
        PLAIN.unpack_text(SEALED.pack_text("Hello", place=HERE), place=HERE)


def test_after_a_rotation_what_is_older_can_be_read_with_its_parts():
    rotated = Contents(Cipher([b"n" * 32, b"k" * 32]))
    assert unpack(rotated, SEALED_IMAGE) == image_message(IMAGE)
    with pytest.raises(HistoryUnreadable, match="key"):
        unpack(SEALED, pack(rotated, {}))


# --- what no gateway wrote


@both
@pytest.mark.parametrize(
    "body",
    [
        "",
        "sealed",
        "sealed:",
        "sealed:é",
        "{",
        "null",
        "[]",
        "{}",
        '{"message": {}}',
        '{"parts": []}',
        '{"message": [], "parts": []}',
        '{"message": null, "parts": []}',
        '{"message": {}, "parts": null}',
        '{"message": {}, "parts": [1]}',
        '{"message": {}, "parts": [[["url"], []]]}',
        '{"message": {}, "parts": [[[], "known"]]}',
        '{"message": {}, "parts": [[["content", 0], "known"]]}',
        '{"message": {"content": []}, "parts": [[["content", "url"], "known"]]}',
        '{"message": {"content": []}, "parts": [[["content", 0], "known"]]}',
        '{"message": {}, "parts": [[["url"], "no text"]]}',
        '{"message": {}, "parts": [[["url"], "unknown"]]}',
    ],
)
def test_a_body_of_another_shape_cannot_be_read(contents, body):
    with pytest.raises(HistoryUnreadable):
        contents.unpack(body, {"known": b"known", "no text": b"\xff"}, place=HERE)


@both
@pytest.mark.parametrize("stored", ["", "Hello", "null", "[]", '{"message": {}, "parts": []}', "sealed:AAAA"])
def test_a_text_of_another_shape_cannot_be_read(contents, stored):
    with pytest.raises(HistoryUnreadable):
        contents.unpack_text(stored, place=HERE)
