"""The model, short: 500 runs of 50 steps, the same ones every time. `make soak ONLY=model` runs 20,000 others."""

from pathlib import Path

import pytest

from tests.model.runs import run

RUNS = 500


@pytest.mark.timeout(1800)
def test_whatever_happens_all_replicas_agree_and_nothing_is_lost(tmp_path: Path) -> None:
    assert run(tmp_path, RUNS) >= RUNS
