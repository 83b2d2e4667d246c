"""The tables of chat history. Rows are added and deleted whole; only a session's own row changes.

Times are milliseconds since 1970, by the database's clock. What people wrote stands in `title`, `body` and `data`, and
is as contents.py packs it.

The first line of each description goes into the database too, where it must not have a semicolon.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Session(Model):
    """A conversation: whose it is, what it sums up to, and who is about to add a turn to it."""

    id = fields.UUIDField(primary_key=True)
    owner = fields.CharField(max_length=255)
    title = fields.TextField()
    model = fields.TextField()
    created_at = fields.BigIntField()
    updated_at = fields.BigIntField()
    turn_count = fields.IntField()
    message_count = fields.IntField()
    size = fields.BigIntField()
    input_tokens = fields.BigIntField()
    output_tokens = fields.BigIntField()
    total_tokens = fields.BigIntField()
    lease = fields.UUIDField(null=True)
    lease_until = fields.BigIntField(default=0)
    forked_from = fields.UUIDField(null=True)
    forked_at = fields.IntField(null=True)

    class Meta:
        table = "sessions"
        indexes = (
            Index(fields=("owner", "updated_at", "id"), name="sessions_of_owner"),
            Index(fields=("updated_at",), name="sessions_by_age"),
        )


class Turn(Model):
    """What was asked and answered in one request. `number` counts from 1."""

    id = fields.UUIDField(primary_key=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "gateway.Session", related_name=False, on_delete=fields.CASCADE
    )
    number = fields.IntField()
    model = fields.TextField()
    created_at = fields.BigIntField()
    finish_reason = fields.TextField(null=True)
    input_tokens = fields.BigIntField()
    output_tokens = fields.BigIntField()
    total_tokens = fields.BigIntField()

    class Meta:
        table = "turns"
        unique_together = (("session", "number"),)


class Message(Model):
    """A message of a turn, in its order. `position` counts from 0."""

    id = fields.BigIntField(primary_key=True, generated=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "gateway.Session", related_name=False, on_delete=fields.CASCADE
    )
    turn = fields.IntField()
    position = fields.IntField()
    role = fields.CharField(max_length=32)
    body = fields.TextField()

    class Meta:
        table = "messages"
        unique_together = (("session", "turn", "position"),)


class Part(Model):
    """Large data of messages, such as an image: once, by the hash of its owner and its content."""

    digest = fields.CharField(max_length=64, primary_key=True)
    data = fields.BinaryField()

    class Meta:
        table = "parts"


class SessionPart(Model):
    """Which sessions hold which parts. A part that none holds is deleted."""

    id = fields.BigIntField(primary_key=True, generated=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "gateway.Session", related_name=False, on_delete=fields.CASCADE
    )
    part: fields.ForeignKeyRelation[Part] = fields.ForeignKeyField(
        "gateway.Part", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )

    class Meta:
        table = "session_parts"
        unique_together = (("session", "part"),)


class Chore(Model):
    """Work in the background that one replica does at a time: who has begun may go on until `until`."""

    name = fields.CharField(max_length=32, primary_key=True)
    until = fields.BigIntField()

    class Meta:
        table = "chores"
