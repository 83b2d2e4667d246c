"""LOCAL without a database server."""

from __future__ import annotations

from ansible_collections.genai.gateway.plugins.module_utils.stack_processes import has_ended

from tests.support.local_stack import LocalStack


def test_it_deploys_answers_and_is_forgotten() -> None:
    with LocalStack(local_database="none") as stack:  # the deploy asks through both front ends
        assert not (stack.dir / "data" / "postgres").exists()
        assert not (stack.dir / "run" / "postgres.pid").exists()
        assert (stack.dir / "data" / "gateway.sqlite3").exists()
        assert "DATABASE_URL" not in (stack.dir / "env" / "litellm.env").read_text()
        assert stack.deploy().changed == 0
        processes = list(stack.processes())

        assert stack.undeploy(local_data="delete").changed == 2
        assert not stack.dir.exists()
        assert [process for process in processes if not has_ended(process)] == []
