"""The arguments with which `make test` starts pytest."""

import pytest

from tests.sessions import parallel

IN_PARALLEL = ["-n", "4", "--dist", "loadfile", "--no-loadscope-reorder"]


@pytest.mark.parametrize(
    "words", [[], ["-k", "cursor"], ["tests", "-m", "not slow"], ["-x", "--durations=9"]]
)
def test_the_files_of_a_suite_or_folder_run_in_parallel(words: list[str]) -> None:
    assert parallel(words, processors=4) == IN_PARALLEL


@pytest.mark.parametrize(
    "words",
    [
        ["tests/test_sessions.py"],
        ["tests/test_sessions.py::test_the_arguments_choose_one_process"],
        ["-s"],
        ["--pdb", "tests"],
        ["-n", "3"],
        ["-n3"],
        ["--numprocesses=3"],
        ["-p", "no:xdist"],
    ],
)
def test_the_arguments_choose_one_process(words: list[str]) -> None:
    assert parallel(words, processors=4) == []


def test_one_processor_runs_one_process_and_many_run_at_most_eight() -> None:
    assert parallel([], processors=1) == []
    assert parallel([], processors=64)[:2] == ["-n", "8"]
