"""The selection of Python versions for `make test-pythons`."""

import pytest

from tests.on_pythons import Version, wanted


@pytest.mark.parametrize(
    ("found", "current", "chosen"),
    [
        ([], (3, 11), []),
        ([(3, 11, 7), (3, 10, 13)], (3, 11), []),
        ([(3, 10, 13)], (3, 11), []),
        ([(3, 12, 1), (3, 13, 0), (3, 13, 4)], (3, 11), [(3, 13, 4)]),
        ([(3, 13, 4), (3, 14, 1), (3, 12, 9)], (3, 11), [(3, 13, 4), (3, 14, 1)]),
        ([(3, 13, 4), (3, 14, 1)], (3, 13), [(3, 14, 1)]),
        ([(3, 12, 1)], (3, 11), [(3, 12, 1)]),
    ],
)
def test_production_and_the_newest_are_chosen(
    found: list[Version], current: Version, chosen: list[Version]
) -> None:
    assert wanted(found, production=(3, 13), current=current) == chosen
