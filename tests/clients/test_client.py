"""The Python client on a faulty network."""

import io
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from api_backend import create_app
from photo_timeline import Client, Problem, RetryPolicy, Unreachable
from photo_timeline.file_poster import FilePoster
from photo_timeline.mirror import Mirror
from photo_timeline.resumable_upload import CHUNK, MIN_BYTES, type_of
from photo_timeline.state_files import JsonFile
from tests import pictures
from tests.clients.network import BadNetwork
from tests.pictures import a_jpeg

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends


class Waits:
    """A sleep function that only records the durations."""

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
    with Client(url, cloud.token_for("ana"), retries=RetryPolicy(tries=4, sleep=waits)) as client:
        yield client


def test_a_photo_is_posted_and_read(ana: Client) -> None:
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
def test_a_lost_response_creates_no_second_photo(ana: Client, network: BadNetwork, faults: list[str]) -> None:
    ana.account()
    network.faults += faults

    posted = ana.post(io.BytesIO(a_jpeg()), "once")

    assert [photo.id for photo in ana.stream("ana")] == [posted.id]


def test_a_lost_response_to_a_deletion_raises_nothing(ana: Client, network: BadNetwork) -> None:
    posted = ana.post(a_jpeg())
    network.faults.append("lost answer")

    ana.delete(posted.id)

    assert [asked[2] for asked in network.asked if asked[0] == "DELETE"] == [204, 404]


def test_the_client_waits_as_retry_after_says(ana: Client, network: BadNetwork, waits: Waits) -> None:
    network.faults += ["busy", "busy"]

    ana.account()

    assert waits.seconds == [7, 7]


def test_without_retry_after_pauses_grow_and_end(ana: Client, network: BadNetwork, waits: Waits) -> None:
    network.faults += ["lost answer"] * 9

    with pytest.raises(Unreachable):
        ana.account()

    assert len(waits.seconds) == 3
    assert all(seconds <= 0.5 * 2**number for number, seconds in enumerate(waits.seconds))


def test_a_change_is_not_repeated_automatically(ana: Client, network: BadNetwork) -> None:
    posted = ana.post(a_jpeg())
    network.faults.append("lost answer")

    with pytest.raises(Unreachable):
        ana.change_caption(posted.id, "again")

    assert [asked[0] for asked in network.asked].count("PATCH") == 1


def test_an_unchanged_resource_is_not_downloaded_again(ana: Client, network: BadNetwork) -> None:
    ana.post(a_jpeg())
    first = ana.page("ana")
    network.asked.clear()

    again = ana.page("ana")

    assert again == first
    assert [asked[2] for asked in network.asked] == [304]


def test_a_problem_has_code_and_detail(ana: Client, waits: Waits) -> None:
    with pytest.raises(Problem) as caught:
        ana.post(b"no picture at all")

    assert (caught.value.status, caught.value.code) == (415, "image_unsupported")
    assert caught.value.request_id
    assert waits.seconds == []


def test_an_anonymous_client_can_only_read_timelines(url: str) -> None:
    with Client(url) as nobody:
        assert list(nobody.stream()) == []
        with pytest.raises(Problem, match="unauthenticated"):
            nobody.account()


def test_a_key_stays_on_disk_until_its_photo_is_acknowledged(
    ana: Client, network: BadNetwork, tmp_path: Path
) -> None:
    poster = FilePoster(ana, JsonFile(tmp_path / "pending.json"), ana.account().user)
    (tmp_path / "a.jpg").write_bytes(a_jpeg())
    network.faults += ["lost answer"] * 4

    with pytest.raises(Unreachable):
        list(poster.post([tmp_path / "a.jpg"]))
    kept = poster.pending.read()
    (result,) = poster.post([tmp_path / "a.jpg"])

    assert len(kept) == 1
    assert poster.pending.read() == {}
    assert [photo.id for photo in ana.stream("ana")] == [result.photo and result.photo.id]


def test_one_bad_file_does_not_stop_the_others(ana: Client, tmp_path: Path) -> None:
    poster = FilePoster(ana, JsonFile(tmp_path / "pending.json"), ana.account().user)
    names = ["good.jpg", "text.jpg", "absent.jpg", "other.jpg"]
    for name, content in zip(names, [a_jpeg(), b"text", None, a_jpeg(70, 50)], strict=True):
        if content is not None:
            (tmp_path / name).write_bytes(content)

    outcomes = list(poster.post([tmp_path / name for name in names]))

    assert [result.photo is not None for result in outcomes] == [True, False, False, True]
    assert "image_unsupported" in str(outcomes[1].error)
    assert poster.pending.read() == {}


def a_large_picture(folder: Path) -> Path:
    """An image that is too large for one request: noise cannot be compressed."""
    file = folder / "large.png"
    Image.frombytes("RGB", (1400, 1300), random.Random(1).randbytes(1400 * 1300 * 3)).save(file)
    assert file.stat().st_size > MIN_BYTES
    return file


def test_a_large_file_is_sent_to_cloud_storage(ana: Client, network: BadNetwork, tmp_path: Path) -> None:
    poster = FilePoster(ana, JsonFile(tmp_path / "pending.json"), ana.account().user)
    file, arrived = a_large_picture(tmp_path), []

    (result,) = poster.post([file], "large", arrived.append)

    assert result.photo is not None, result.error
    assert (result.photo.width, result.photo.caption) == (1400, "large")
    assert sum(arrived) == file.stat().st_size
    assert max(int(sent.get("CONTENT_LENGTH", "0")) for sent in network.sent) < 1000


def test_an_interrupted_upload_continues_where_it_stopped(
    ana: Client, network: BadNetwork, tmp_path: Path
) -> None:
    poster = FilePoster(ana, JsonFile(tmp_path / "pending.json"), ana.account().user)
    file = a_large_picture(tmp_path)
    upload = ana.begin_upload("image/png", file.stat().st_size, key=a_key_for(poster, file))
    size, first = file.stat().st_size, file.read_bytes()[:CHUNK]
    ana.transport.put(upload.upload_url, first, f"bytes 0-{CHUNK - 1}/{size}")
    arrived: list[int] = []

    (result,) = poster.post([file], "", arrived.append)

    assert result.photo is not None, result.error
    assert sum(arrived) == size - CHUNK


def a_key_for(poster: FilePoster, file: Path) -> str:
    """Return the key that an earlier run stored."""
    name = poster._name_of(file, "")
    poster.pending.write({name: "left-behind"})
    return "left-behind-upload"


def test_equal_bytes_are_posted_once_unless_again_is_set(ana: Client, tmp_path: Path) -> None:
    file_of_keys, user = JsonFile(tmp_path / "pending.json"), ana.account().user
    (tmp_path / "a.jpg").write_bytes(a_jpeg())
    (tmp_path / "copy.jpg").write_bytes(a_jpeg())
    files = [tmp_path / "a.jpg", tmp_path / "copy.jpg"]

    once = [result.photo.id for result in FilePoster(ana, file_of_keys, user).post(files) if result.photo]
    again = [
        result.photo.id
        for result in FilePoster(ana, file_of_keys, user, again=True).post(files)
        if result.photo
    ]

    assert (len(once), len(set(once))) == (2, 1)
    assert len({*once, *again}) == 3


def test_a_mirror_follows_new_changed_and_deleted_photos(ana: Client, tmp_path: Path) -> None:
    photos = [ana.post(a_jpeg(), str(number)) for number in range(3)]
    mirror = Mirror(ana, tmp_path / "mirror")
    first = mirror.update()
    ana.change_caption(photos[0].id, "changed")
    ana.delete(photos[1].id)

    second, third = mirror.update(), mirror.update()

    kept = json.loads((tmp_path / "mirror" / "timeline.json").read_text())["photos"]
    assert (first, second, third) == (3, 2, 0)
    assert {photo_id: photo["caption"] for photo_id, photo in kept.items()} == {
        photos[0].id: "changed",
        photos[2].id: "2",
    }


def test_a_mirror_with_an_old_token_starts_again(
    ana: Client, backends: "Backends", url: str, cloud: "Cloud", tmp_path: Path
) -> None:
    photos = [ana.post(a_jpeg(), str(number)) for number in range(2)]
    Mirror(ana, tmp_path / "mirror").update()
    ana.delete(photos[0].id)
    later = replace(backends, clock=InAYear())

    with BadNetwork(create_app(later)).listening() as there:
        token = cloud.token_for("ana")
        with Client(there, token) as client:
            count = Mirror(client, tmp_path / "mirror").update()

    kept = json.loads((tmp_path / "mirror" / "timeline.json").read_text())["photos"]
    assert set(kept) == {photos[1].id}
    assert count >= 1


class InAYear:
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=365)


TYPES = {
    "image/jpeg": pictures.a_jpeg(),
    "image/png": pictures.a_png(),
    "image/gif": pictures.a_gif(),
    "image/webp": pictures.a_webp(),
    "image/heic": pictures.a_heic(),
    "image/avif": pictures.an_avif(),
}


@pytest.mark.parametrize("kind", TYPES)
def test_the_type_of_a_file_is_told_by_its_first_bytes(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "photo"
    file.write_bytes(TYPES[kind])

    assert type_of(file) == kind
