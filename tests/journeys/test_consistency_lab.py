"""`make consistency-lab`: a new write in an ancestor query and in a global query."""

import re
from collections.abc import Iterator

import pytest
import requests

from tests.journeys.platform import ANSWER_SECONDS, ROOT, Platform


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Started with the command of the Makefile."""
    words = re.search(r"--fresh --consistency [0-9.]+", (ROOT / "Makefile").read_text())
    assert words
    platform = Platform(
        tmp_path_factory.mktemp("lab"), tuple(words[0].split()), app_folder=ROOT / "labs" / "consistency"
    )
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()


def seen(lab: Platform, person: str) -> tuple[list[str], list[str]]:
    """Return the results of the ancestor query and the global query on the page."""
    page = lab.get(f"/?person={person}").text
    lists = [re.search(rf'<ul id="{name}">(.*)</ul>', page) for name in ("ancestor", "global")]
    ancestor, everyone = (re.findall(r"<li[^>]*>([^<]+)</li>", found[1]) for found in lists if found)
    return ancestor, everyone


def write(lab: Platform, person: str, text: str) -> None:
    answer = requests.post(
        f"{lab.app}/notes",
        data={"person": person, "text": text},
        headers={"Origin": lab.app},
        allow_redirects=False,
        timeout=ANSWER_SECONDS,
    )
    assert answer.status_code == 303, answer.text


def test_a_fresh_note_is_in_its_group_at_once_and_in_the_global_query_later(lab: Platform) -> None:
    write(lab, "ana", "sea")
    write(lab, "bo", "hills")

    first, second, of_bo = seen(lab, "ana"), seen(lab, "ana"), seen(lab, "bo")

    assert first == (["ana: sea"], ["nothing yet"])
    assert second == (["ana: sea"], ["ana: sea"])
    assert of_bo == (["bo: hills"], ["ana: sea"])
