"""Short versions of the fault campaigns in bench/resilience."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.resilience import each_call, fresh_reads, idempotency, repeated_tasks, scans, unreliable_network

SEED = 20261128


@pytest.mark.parametrize(
    ("run", "sizes"),
    [
        (idempotency.run_campaign, (8, 12)),
        (fresh_reads.run_campaign, (120, 1)),
        (fresh_reads.run_campaign, (60, 2)),
        (scans.run_campaign, (15,)),
        (repeated_tasks.run_campaign, (30,)),
        (each_call.run_campaign, (1, 3, "")),
        (unreliable_network.run_campaign, (12,)),
    ],
    ids=["one key", "fresh reads", "fresh reads elsewhere", "scans", "tasks twice", "each call", "network"],
)
def test_a_short_campaign_finds_no_loss(
    tmp_path: Path, run: Callable[..., Any], sizes: tuple[int, ...]
) -> None:
    outcome = run(tmp_path, *sizes, SEED)

    assert outcome.is_clean, outcome
