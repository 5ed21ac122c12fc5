"""Each endpoint uses exactly the operations in docs/operation-budgets.json, and sends as many bytes."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bench.budgets import BUDGETS, TABLE, cost_of, page_of
from bench.operations import OPERATIONS, MeteredPlatform, Operation, metered_platform_on, settings_for

if TYPE_CHECKING:
    from tests.cloud import Cloud

BUDGETED = json.loads(BUDGETS.read_text())
VARYING_BYTES = 16
"""Cursors and counters in a response have a few digits more or less from run to run."""
AGAIN = "look whether it should, then: .venv/bin/python -m bench.budgets --write"


@pytest.fixture(scope="module")
def platform(cloud: "Cloud", datastore: tuple[str, float]) -> Iterator[MeteredPlatform]:
    if datastore != ("embedded", 1.0):
        pytest.skip("other Datastores split their answers differently; the budgets are the embedded one's")
    with metered_platform_on(cloud, settings_for(cloud)) as platform:
        yield platform


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_request_stays_exactly_within_its_budget(platform: MeteredPlatform, operation: Operation) -> None:
    cost, budget = dict(cost_of(platform, operation)), dict(BUDGETED[operation.name])
    size, expected_size = cost.pop("answer_bytes", 0), budget.pop("answer_bytes", 0)

    assert cost == budget, AGAIN
    assert abs(size - expected_size) <= VARYING_BYTES, AGAIN


def test_the_page_of_budgets_equals_the_measured_budgets() -> None:
    assert TABLE.read_text() == page_of(BUDGETED), AGAIN
    assert set(BUDGETED) == {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize("name", [name for name in BUDGETED if "not cached" in name])
def test_a_page_that_is_not_cached_takes_two_calls(name: str) -> None:
    assert BUDGETED[name]["calls"] <= 2


@pytest.mark.parametrize("name", [name for name in BUDGETED if "unchanged" in name])
def test_a_page_that_is_unchanged_takes_no_call(name: str) -> None:
    assert "calls" not in BUDGETED[name]
