"""Decoding in a process of its own: what it does with good pictures, and that bad ones end it, never us."""

import fcntl
import os
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests import pictures
from tests.waiting import eventually
from timeline.errors import ImageBroken, ImageUnsupported, Unavailable
from timeline.pictures import darkroom
from timeline.pictures.lab import CRASHED, TOO_SLOW, Lab

ROOT = Path(__file__).resolve().parents[3]
A_DAY = 86_400.0


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab(patience=A_DAY)
    yield lab
    lab.close()


def test_a_lab_makes_what_the_darkroom_makes(lab: Lab) -> None:
    image = pictures.a_jpeg(1400, 1050)

    assert lab.develop(image) == darkroom.develop(image)
    assert lab.develop(image, "webp") == darkroom.develop_as_webp(image)


def test_it_says_what_is_wrong_with_a_picture_and_goes_on(lab: Lab) -> None:
    lab.develop(pictures.a_jpeg())
    before = lab.process_ids

    with pytest.raises(ImageUnsupported):
        lab.develop(pictures.a_bmp())
    with pytest.raises(ImageBroken, match="damaged"):
        lab.develop(pictures.a_png_with_damaged_pixels())

    assert lab.process_ids == before


def test_many_threads_get_the_same_prints_as_one(lab: Lab) -> None:
    images = [pictures.a_jpeg(200 + 10 * number, 150) for number in range(8)]
    expected = [darkroom.develop(image) for image in images]
    found: dict[int, darkroom.Development] = {}

    threads = [
        threading.Thread(target=lambda n=number: found.__setitem__(n, lab.develop(images[n])))  # type: ignore[misc]
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [found[number] for number in range(8)] == expected


class Attempt(threading.Thread):
    """A picture in hand, and how that ends."""

    def __init__(self, lab: Lab, image: bytes) -> None:
        super().__init__()
        self.lab, self.image = lab, image
        self.ended: object = None

    def run(self) -> None:
        try:
            self.ended = self.lab.develop(self.image)
        except (ImageBroken, Unavailable) as refusal:
            self.ended = refusal


def unread(lab: Lab) -> int:
    """Bytes that wait in the pipe to the process at work."""
    assert lab._at_work is not None
    answer = fcntl.ioctl(lab._at_work._popen.stdin, termios.FIONREAD, bytes(4))  # type: ignore[arg-type]
    return int.from_bytes(answer, sys.byteorder)


def ended_by(lab: Lab, by: signal.Signals) -> object:
    """Stop it, so that the signal comes while it has a picture in hand."""
    lab.develop(pictures.a_jpeg())
    attempt = Attempt(lab, pictures.a_jpeg())
    victim = psutil.Process(lab.process_ids[0])
    victim.suspend()
    attempt.start()
    eventually(lambda: unread(lab) > len(attempt.image))
    victim.send_signal(by)
    with suppress(psutil.NoSuchProcess):
        victim.resume()
    attempt.join()
    return attempt.ended


@pytest.mark.parametrize(
    ("by", "reason"),
    [(signal.SIGSEGV, CRASHED), (signal.SIGABRT, CRASHED), (signal.SIGXCPU, TOO_SLOW)],
)
def test_a_picture_that_ends_its_process_is_broken_and_says_how(
    lab: Lab, by: signal.Signals, reason: str
) -> None:
    ended = ended_by(lab, by)

    assert isinstance(ended, ImageBroken)
    assert str(ended) == reason
    assert lab.develop(pictures.a_jpeg()).width == 64


def test_a_process_killed_from_outside_is_no_fault_of_the_picture(lab: Lab) -> None:
    ended = ended_by(lab, signal.SIGKILL)

    assert isinstance(ended, darkroom.Development)


def test_a_process_that_died_while_idle_is_replaced_without_a_word(lab: Lab) -> None:
    lab.develop(pictures.a_jpeg())
    os.kill(lab.process_ids[0], signal.SIGSEGV)
    eventually(lambda: os.waitid(os.P_PID, lab.process_ids[0], os.WEXITED | os.WNOWAIT | os.WNOHANG))

    assert lab.develop(pictures.a_jpeg()).width == 64


def test_a_picture_that_never_ends_is_ended_by_the_clock() -> None:
    lab = Lab(patience=1)
    lab.develop(pictures.a_jpeg())
    os.kill(lab.process_ids[0], signal.SIGSTOP)

    with pytest.raises(ImageBroken, match=TOO_SLOW):
        lab.develop(pictures.a_jpeg())

    lab.close()


def test_a_process_is_replaced_after_so_many_pictures() -> None:
    lab = Lab(pictures_each=2)

    ids = [lab.process_ids[:1] for _ in range(5) if lab.develop(pictures.a_jpeg())]

    assert len({each[0] for each in ids if each}) == 3
    lab.close()


def test_its_limits_are_kept_by_the_kernel(lab: Lab) -> None:
    lab.develop(pictures.a_jpeg())

    process = psutil.Process(lab.process_ids[0])

    memory = process.rlimit(psutil.RLIMIT_AS)[0]
    cpu = process.rlimit(psutil.RLIMIT_CPU)[0]
    assert darkroom.MEMORY_CEILING < memory < darkroom.MEMORY_CEILING + 500_000_000
    assert 10 <= cpu <= 15


def test_it_knows_no_secret_of_the_service(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")

    lab.develop(pictures.a_jpeg())

    assert "SECRET_KEY" not in psutil.Process(lab.process_ids[0]).environ()


def test_a_closed_lab_leaves_no_process_and_opens_again() -> None:
    lab = Lab()
    lab.develop(pictures.a_jpeg())
    ids = lab.process_ids

    lab.close()

    assert len(ids) == 2
    assert not any(psutil.pid_exists(each) for each in ids)
    assert lab.develop(pictures.a_jpeg()).width == 64
    lab.close()


SERVICE = """
import sys
MANY = b"x" * 9_000_000
from timeline.pictures import lab
lab.develop(sys.stdin.buffer.read())
print(*lab._LAB.process_ids, flush=True)
{then}
"""


@pytest.mark.parametrize("then", ["", "import time; time.sleep(3600)"], ids=["stopped", "killed"])
def test_no_process_outlives_the_service(then: str, tmp_path: Path) -> None:
    image = tmp_path / "image"
    image.write_bytes(pictures.a_jpeg())
    command = [sys.executable, "-W", "error", "-c", SERVICE.format(then=then)]
    with (
        image.open() as given,
        subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, cwd=ROOT, text=True) as service,
    ):
        assert service.stdout is not None
        ids = [int(each) for each in service.stdout.readline().split()]
        if then:
            service.kill()

    assert len(ids) == 2
    eventually(lambda: not any(psutil.pid_exists(each) for each in ids))


def test_it_ends_in_the_middle_of_a_picture_too_when_the_service_is_killed(tmp_path: Path) -> None:
    image = tmp_path / "image"
    image.write_bytes(pictures.a_jpeg())
    stuck = SERVICE.format(
        then="import os, signal; os.kill(lab._LAB.process_ids[0], signal.SIGSTOP); lab.develop(MANY)"
    )
    with (
        image.open() as given,
        subprocess.Popen(
            [sys.executable, "-c", stuck], stdin=given, stdout=subprocess.PIPE, cwd=ROOT, text=True
        ) as service,
    ):
        assert service.stdout is not None
        ids = [int(each) for each in service.stdout.readline().split()]
        eventually(lambda: psutil.Process(ids[0]).status() == psutil.STATUS_STOPPED)
        service.kill()

    os.kill(ids[0], signal.SIGCONT)
    eventually(lambda: not any(psutil.pid_exists(each) for each in ids))
