from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("gateway", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="LoginKey",
            fields=[
                ("user_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=200)),
                ("issuer", fields.TextField(unique=False)),
                ("key_hash", fields.CharField(max_length=64)),
                ("sealed", fields.BinaryField()),
                ("expires_at", fields.BigIntField(db_index=True)),
            ],
            options={
                "table": "login_keys",
                "app": "gateway",
                "pk_attr": "user_id",
                "table_description": "The key of LiteLLM that stands in for a user's access tokens, which the gateway alone holds.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UserLock",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("holder", fields.UUIDField()),
                ("until", fields.BigIntField()),
            ],
            options={
                "table": "user_locks",
                "app": "gateway",
                "pk_attr": "name",
                "table_description": "One request at a time changes what a user has, whichever replica it reached. `name`: their id's SHA-256.",
            },
            bases=["Model"],
        ),
    ]
