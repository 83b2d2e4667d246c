from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Chore",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("until", fields.BigIntField()),
            ],
            options={
                "table": "chores",
                "app": "gateway",
                "pk_attr": "name",
                "table_description": "Work in the background that one replica does at a time: who has begun may go on until `until`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Part",
            fields=[
                ("digest", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("data", fields.BinaryField()),
            ],
            options={
                "table": "parts",
                "app": "gateway",
                "pk_attr": "digest",
                "table_description": "Large data of messages, such as an image: once, by the hash of its owner and its content.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("owner", fields.CharField(max_length=255)),
                ("title", fields.TextField(unique=False)),
                ("model", fields.TextField(unique=False)),
                ("created_at", fields.BigIntField()),
                ("updated_at", fields.BigIntField()),
                ("turn_count", fields.IntField()),
                ("message_count", fields.IntField()),
                ("size", fields.BigIntField()),
                ("input_tokens", fields.BigIntField()),
                ("output_tokens", fields.BigIntField()),
                ("total_tokens", fields.BigIntField()),
                ("lease", fields.UUIDField(null=True)),
                ("lease_until", fields.BigIntField(default=0)),
                ("forked_from", fields.UUIDField(null=True)),
                ("forked_at", fields.IntField(null=True)),
            ],
            options={
                "table": "sessions",
                "app": "gateway",
                "indexes": [
                    Index(fields=["owner", "updated_at", "id"], name="sessions_of_owner"),
                    Index(fields=["updated_at"], name="sessions_by_age"),
                ],
                "pk_attr": "id",
                "table_description": "A conversation: whose it is, what it sums up to, and who is about to add a turn to it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Message",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "gateway.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("turn", fields.IntField()),
                ("position", fields.IntField()),
                ("role", fields.CharField(max_length=32)),
                ("body", fields.TextField(unique=False)),
            ],
            options={
                "table": "messages",
                "app": "gateway",
                "unique_together": (("session", "turn", "position"),),
                "pk_attr": "id",
                "table_description": "A message of a turn, in its order. `position` counts from 0.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SessionPart",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "gateway.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "part",
                    fields.ForeignKeyField(
                        "gateway.Part",
                        source_field="part_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="digest",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "session_parts",
                "app": "gateway",
                "unique_together": (("session", "part"),),
                "pk_attr": "id",
                "table_description": "Which sessions hold which parts. A part that none holds is deleted.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Turn",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "gateway.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.IntField()),
                ("model", fields.TextField(unique=False)),
                ("created_at", fields.BigIntField()),
                ("finish_reason", fields.TextField(null=True, unique=False)),
                ("input_tokens", fields.BigIntField()),
                ("output_tokens", fields.BigIntField()),
                ("total_tokens", fields.BigIntField()),
            ],
            options={
                "table": "turns",
                "app": "gateway",
                "unique_together": (("session", "number"),),
                "pk_attr": "id",
                "table_description": "What was asked and answered in one request. `number` counts from 1.",
            },
            bases=["Model"],
        ),
    ]
