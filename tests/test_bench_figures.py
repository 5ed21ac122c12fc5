"""The table with which `make bench` ends."""

from pathlib import Path

import pytest

from bench.figures import FILE_VARIABLE, Figure, read_figures, report, table_of


def test_reported_figures_are_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "figures"
    monkeypatch.setenv(FILE_VARIABLE, str(file))

    report("page ÷ query", 1.5, at_most=1.25)
    report("MiB when idle", 210.4)

    assert read_figures(file) == [
        Figure("page ÷ query", 1.5, at_most=1.25),
        Figure("MiB when idle", 210.4),
    ]


@pytest.mark.parametrize(
    ("figure", "is_missed"),
    [
        (Figure("", 1.25, at_most=1.25), False),
        (Figure("", 1.26, at_most=1.25), True),
        (Figure("", 1.26, at_most=1.25, tolerance=0.1), False),
        (Figure("", 499, at_least=500), True),
        (Figure("", 500, at_least=500), False),
        (Figure("", 9_000), False),
    ],
)
def test_a_target_is_missed_beyond_its_tolerance(figure: Figure, is_missed: bool) -> None:
    assert figure.is_missed is is_missed


def test_the_table_names_the_machine_and_marks_misses() -> None:
    lines = table_of({"cold_page": [Figure("page ÷ query", 1.5, at_most=1.25)], "empty": []}).splitlines()

    assert "cores" in lines[0]
    assert lines[1].split() == ["benchmark", "what", "today", "target"]
    assert lines[3].split() == ["cold_page", "page", "÷", "query", "1.5", "≤", "1.25", "missed"]
    assert len(lines) == 4
