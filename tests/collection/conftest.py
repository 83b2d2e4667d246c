"""What the collection's tests share: its code on the import path, an AWS, a Postgres, LiteLLM's client."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "collections"))

from ansible_collections.genai.gateway.plugins.module_utils import litellm_schema, prisma_client  # noqa: E402
from ansible_collections.genai.gateway.plugins.module_utils.prisma_toolchain import (  # noqa: E402
    Toolchain,
    find_toolchain,
)

from tests.support.aws_sim import AwsSim  # noqa: E402
from tests.support.postgres import Postgres  # noqa: E402
from tests.support.terraform import required_mirror  # noqa: E402

MIGRATED = "migrated"


@pytest.fixture(scope="session")
def engine_source() -> Path:
    """The sources of the stand-in for Prisma's query engine."""
    return ROOT / "collections/ansible_collections/genai/gateway/roles/platform/files/query_engine"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture
def account() -> Iterator[AwsSim]:
    """An empty account for Terraform."""
    required_mirror()
    with AwsSim() as account:
        yield account


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return find_toolchain(Path(sys.prefix))


@pytest.fixture(scope="session")
def engine_dir() -> Path:
    """Where the tests' stand-in is: kept from one run to the next, and apart from LOCAL's."""
    return Path(sys.prefix) / "share" / "litellm-query-engine-tests"


@pytest.fixture(scope="session")
def stand_in(engine_source: Path, engine_dir: Path, toolchain: Toolchain) -> prisma_client.Engine:
    """The stand-in and LiteLLM's client, installed."""
    request = prisma_client.Request(engine_source, engine_dir, prisma_client.WASM, {})
    engine, _ = prisma_client.ensure_client(request, toolchain)
    # Whoever imports prisma before this, in this process, keeps a package without the client.
    assert "prisma" not in sys.modules, "a test module imports prisma before its client is generated"
    return engine


@pytest.fixture(scope="session")
def litellm_database(postgres: Postgres) -> Callable[[str], str]:
    """Makes databases with LiteLLM's tables: a name -> a URL."""
    url = postgres.create_database(MIGRATED)
    asyncio.run(litellm_schema.apply_migrations(url, litellm_schema.litellm_migrations()))
    return lambda name: postgres.create_database(name, template=MIGRATED)
