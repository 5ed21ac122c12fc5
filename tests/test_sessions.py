"""The arguments with which `make test` starts pytest."""

import pytest

from tests.sessions import parallel

IN_PARALLEL = ["-n", "4", "--dist", "loadfile", "--no-loadscope-reorder"]


@pytest.mark.parametrize(
    "words", [[], ["-k", "cursor"], ["tests", "-m", "not slow"], ["-x", "--durations=9"]]
)
def test_the_files_of_a_suite_or_folder_run_in_parallel(words: list[str]) -> None:
    assert parallel(words, 1.0, processors=4) == IN_PARALLEL


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
    assert parallel(words, 1.0, processors=4) == []


@pytest.mark.parametrize(
    ("per_processor", "processors", "workers"),
    [(1.5, 1, []), (1.5, 2, ["-n", "3"]), (2.0, 1, ["-n", "2"]), (2.0, 64, ["-n", "8"])],
)
def test_the_number_of_workers_depends_on_the_processors(
    per_processor: float, processors: int, workers: list[str]
) -> None:
    assert parallel([], per_processor, processors)[:2] == workers
