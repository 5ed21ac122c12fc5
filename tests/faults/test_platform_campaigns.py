"""Short versions of the campaigns that need a whole platform."""

from pathlib import Path

from bench.resilience import exhausted_machine, hostile_clients

SEED = 20261128


def test_hostile_clients_bypass_nothing(tmp_path: Path) -> None:
    outcome = hostile_clients.run_campaign(tmp_path, 100, 60, 100, SEED)

    assert outcome.is_clean, outcome


def test_an_exhausted_machine_loses_nothing(tmp_path: Path) -> None:
    outcome = exhausted_machine.run_campaign(tmp_path, 12, SEED, ready_within=0)

    assert outcome.is_clean, outcome
