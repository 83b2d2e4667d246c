"""The tables of who may act for whom. Times are milliseconds since 1970, by the database's clock.

The first line of each description goes into the database too, where it must not have a semicolon.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

# As long as a token's subject may be.
LONGEST_USER_ID = 200


class LoginKey(Model):
    """The key of LiteLLM that stands in for a user's access tokens, which the gateway alone holds.

    `sealed`: the key, encrypted; `key_hash`: as LiteLLM stores it, to revoke it by.
    """

    user_id = fields.CharField(max_length=LONGEST_USER_ID, primary_key=True)
    issuer = fields.TextField()
    key_hash = fields.CharField(max_length=64)
    sealed = fields.BinaryField()
    expires_at = fields.BigIntField(db_index=True)

    class Meta:
        table = "login_keys"


class UserLock(Model):
    """One request at a time changes what a user has, whichever replica it reached. `name`: their id's SHA-256."""

    name = fields.CharField(max_length=64, primary_key=True)
    holder = fields.UUIDField()
    until = fields.BigIntField()

    class Meta:
        table = "user_locks"
