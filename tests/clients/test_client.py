"""The Python client on a bad network: everything arrives once, nothing is asked for twice in vain."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api_backend import create_app
from photo_timeline import Client, Patience, Problem, Unreachable
from photo_timeline.places import Place
from photo_timeline.posting import Desk
from tests.clients.network import BadNetwork
from tests.pictures import a_jpeg

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.backends import Backends


class Waits:
    """Takes no time, and remembers how long it would have taken."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def network(backends: "Backends") -> BadNetwork:
    return BadNetwork(create_app(backends))


@pytest.fixture
def url(network: BadNetwork) -> Iterator[str]:
    with network.listening() as url:
        yield url


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def ana(url: str, cloud: "Cloud", waits: Waits) -> Iterator[Client]:
    with Client(url, cloud.token_for("ana"), patience=Patience(tries=4, sleep=waits)) as client:
        yield client


def test_a_photo_goes_there_and_back(ana: Client) -> None:
    posted = ana.post(a_jpeg(width=64, height=48), "sea")

    changed = ana.change_caption(posted.id, "the sea")

    assert (posted.user, posted.caption, posted.width, posted.height) == ("ana", "sea", 64, 48)
    assert ana.photo(posted.id) == changed
    assert list(ana.stream("ana")) == list(ana.stream()) == [changed]
    ana.delete(posted.id)
    assert list(ana.stream("ana")) == []


def test_a_stream_is_read_page_by_page(ana: Client, network: BadNetwork) -> None:
    posted = [ana.post(a_jpeg(), str(number)).id for number in range(5)]
    network.asked.clear()

    found = [photo.id for photo in ana.stream("ana", limit=2)]

    assert found == posted[::-1]
    assert len(network.asked) == 3


def test_an_account_is_read_and_changed(ana: Client) -> None:
    changed = ana.change_account(display_name="Ana of the sea", summary="weekly")

    assert ana.account() == changed
    assert ana.user("ana").display_name == "Ana of the sea"


@pytest.mark.parametrize("faults", [["lost answer"], ["busy", "lost answer"], ["lost answer"] * 3])
def test_a_lost_answer_does_not_double_a_photo(ana: Client, network: BadNetwork, faults: list[str]) -> None:
    ana.account()
    network.faults += faults

    posted = ana.post(io.BytesIO(a_jpeg()), "once")

    assert [photo.id for photo in ana.stream("ana")] == [posted.id]


def test_a_lost_answer_to_a_deletion_is_no_problem(ana: Client, network: BadNetwork) -> None:
    posted = ana.post(a_jpeg())
    network.faults.append("lost answer")

    ana.delete(posted.id)

    assert [asked[2] for asked in network.asked if asked[0] == "DELETE"] == [204, 404]


def test_the_server_says_how_long_to_wait(ana: Client, network: BadNetwork, waits: Waits) -> None:
    network.faults += ["busy", "busy"]

    ana.account()

    assert waits.seconds == [7, 7]


def test_without_a_word_of_the_server_waits_grow_and_end(
    ana: Client, network: BadNetwork, waits: Waits
) -> None:
    network.faults += ["lost answer"] * 9

    with pytest.raises(Unreachable):
        ana.account()

    assert len(waits.seconds) == 3
    assert all(seconds <= 0.5 * 2**number for number, seconds in enumerate(waits.seconds))


def test_a_change_is_not_sent_again_blindly(ana: Client, network: BadNetwork) -> None:
    posted = ana.post(a_jpeg())
    network.faults.append("lost answer")

    with pytest.raises(Unreachable):
        ana.change_caption(posted.id, "again")

    assert [asked[0] for asked in network.asked].count("PATCH") == 1


def test_what_has_not_changed_is_not_sent_again(ana: Client, network: BadNetwork) -> None:
    ana.post(a_jpeg())
    first = ana.page("ana")
    network.asked.clear()

    again = ana.page("ana")

    assert again == first
    assert [asked[2] for asked in network.asked] == [304]


def test_a_refusal_says_why(ana: Client, waits: Waits) -> None:
    with pytest.raises(Problem) as caught:
        ana.post(b"no picture at all")

    assert (caught.value.status, caught.value.code) == (415, "image_unsupported")
    assert caught.value.request_id
    assert waits.seconds == []


def test_nobody_reads_timelines_and_nothing_else(url: str) -> None:
    with Client(url) as nobody:
        assert list(nobody.stream()) == []
        with pytest.raises(Problem, match="unauthenticated"):
            nobody.account()


def test_a_key_stays_on_disk_until_its_photo_is_acknowledged(
    ana: Client, network: BadNetwork, tmp_path: Path
) -> None:
    desk = Desk(ana, Place(tmp_path / "pending.json"), ana.account().user)
    (tmp_path / "a.jpg").write_bytes(a_jpeg())
    network.faults += ["lost answer"] * 4

    with pytest.raises(Unreachable):
        list(desk.post([tmp_path / "a.jpg"]))
    kept = desk.pending.read()
    (outcome,) = desk.post([tmp_path / "a.jpg"])

    assert len(kept) == 1
    assert desk.pending.read() == {}
    assert [photo.id for photo in ana.stream("ana")] == [outcome.photo and outcome.photo.id]


def test_one_bad_file_does_not_hold_up_the_others(ana: Client, tmp_path: Path) -> None:
    desk = Desk(ana, Place(tmp_path / "pending.json"), ana.account().user)
    names = ["good.jpg", "text.jpg", "absent.jpg", "other.jpg"]
    for name, content in zip(names, [a_jpeg(), b"text", None, a_jpeg(70, 50)], strict=True):
        if content is not None:
            (tmp_path / name).write_bytes(content)

    outcomes = list(desk.post([tmp_path / name for name in names]))

    assert [outcome.photo is not None for outcome in outcomes] == [True, False, False, True]
    assert "image_unsupported" in str(outcomes[1].problem)
    assert desk.pending.read() == {}
