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
from timeline.errors import ImageBroken, ImageTooComplex, ImageUnsupported, Unavailable
from timeline.pictures import renderer
from timeline.pictures.decoder_sandbox import CRASHED, DecoderSandbox
from timeline.pictures.decoder_worker import NICENESS, allowed_seconds
from timeline.pictures.memory_limits import MEMORY_LIMIT
from timeline.pictures.rendered_photo import RenderedPhoto

ROOT = Path(__file__).resolve().parents[3]
A_DAY = 86_400.0
LOWEST_PRIORITY = 19


@pytest.fixture
def sandbox() -> Iterator[DecoderSandbox]:
    sandbox = DecoderSandbox(timeout=A_DAY)
    yield sandbox
    sandbox.close()


def test_the_sandbox_renders_what_the_renderer_does(sandbox: DecoderSandbox) -> None:
    image = pictures.a_jpeg(1400, 1050)

    assert sandbox.render(image) == renderer.render(image)
    assert sandbox.render(image, "webp") == renderer.render_as_webp(image)


def test_it_says_what_is_wrong_with_a_picture_and_goes_on(sandbox: DecoderSandbox) -> None:
    sandbox.render(pictures.a_jpeg())
    before = sandbox.worker_pids

    with pytest.raises(ImageUnsupported):
        sandbox.render(pictures.a_bmp())
    with pytest.raises(ImageBroken, match="damaged"):
        sandbox.render(pictures.a_png_with_damaged_pixels())

    assert sandbox.worker_pids == before


def test_many_threads_get_the_same_prints_as_one(sandbox: DecoderSandbox) -> None:
    images = [pictures.a_jpeg(200 + 10 * number, 150) for number in range(8)]
    expected = [renderer.render(image) for image in images]
    found: dict[int, RenderedPhoto] = {}

    threads = [
        threading.Thread(target=lambda n=number: found.__setitem__(n, sandbox.render(images[n])))  # type: ignore[misc]
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [found[number] for number in range(8)] == expected


class Attempt(threading.Thread):
    """A picture in hand, and how that ends."""

    def __init__(self, sandbox: DecoderSandbox, image: bytes) -> None:
        super().__init__()
        self.sandbox, self.image = sandbox, image
        self.ended: object = None

    def run(self) -> None:
        try:
            self.ended = self.sandbox.render(self.image)
        except (ImageBroken, ImageTooComplex, Unavailable) as refusal:
            self.ended = refusal


def unread(sandbox: DecoderSandbox) -> int:
    """Bytes that wait in the pipe to the process at work."""
    assert sandbox._active is not None
    answer = fcntl.ioctl(sandbox._active._popen.stdin, termios.FIONREAD, bytes(4))  # type: ignore[arg-type]
    return int.from_bytes(answer, sys.byteorder)


def ended_by(sandbox: DecoderSandbox, by: signal.Signals) -> object:
    """Stop it, so that the signal comes while it has a picture in hand."""
    sandbox.render(pictures.a_jpeg())
    attempt = Attempt(sandbox, pictures.a_jpeg())
    victim = psutil.Process(sandbox.worker_pids[0])
    victim.suspend()
    attempt.start()
    eventually(lambda: unread(sandbox) > len(attempt.image))
    victim.send_signal(by)
    with suppress(psutil.NoSuchProcess):
        victim.resume()
    attempt.join()
    return attempt.ended


@pytest.mark.parametrize(
    ("by", "error", "message"),
    [
        (signal.SIGSEGV, ImageBroken, CRASHED),
        (signal.SIGABRT, ImageBroken, CRASHED),
        (signal.SIGPROF, ImageTooComplex, "too much CPU time"),
        (signal.SIGXCPU, ImageTooComplex, "too much CPU time"),
    ],
)
def test_an_image_that_ends_its_process_is_refused_with_the_reason(
    sandbox: DecoderSandbox, by: signal.Signals, error: type[Exception], message: str
) -> None:
    ended = ended_by(sandbox, by)

    assert isinstance(ended, error)
    assert message in str(ended)
    assert sandbox.render(pictures.a_jpeg()).width == 64


def test_an_image_that_takes_too_much_cpu_is_refused_and_the_next_one_is_decoded() -> None:
    sandbox = DecoderSandbox(cpu_seconds=0.2)

    with pytest.raises(ImageTooComplex):
        sandbox.render(pictures.a_png(6000, 5000))

    assert sandbox.render(pictures.a_jpeg()).width == 64
    sandbox.close()


@pytest.mark.parametrize(
    ("image", "seconds"),
    [
        (pictures.a_heic(64, 48), 6.0),
        (pictures.an_avif(64, 48), 2.0),
        (pictures.a_jpeg(), 2.0),
        (b"no image", 2.0),
        (b"", 2.0),
    ],
    ids=["heic", "avif", "jpeg", "text", "nothing"],
)
def test_a_heic_may_take_three_times_the_cpu(image: bytes, seconds: float) -> None:
    assert allowed_seconds(image, 2.0) == seconds


def test_the_limit_of_decoding_does_not_count_what_is_made_as_webp() -> None:
    sandbox = DecoderSandbox(cpu_seconds=0.01)

    made = sandbox.render(pictures.a_noisy_jpeg(1200, 900), "webp")

    sandbox.close()
    assert made.width == 1200


def test_a_long_job_does_not_delay_a_short_one() -> None:
    long_jobs, short_jobs = DecoderSandbox(is_background=True), DecoderSandbox()
    long_jobs.render(pictures.a_jpeg())
    attempt = Attempt(long_jobs, pictures.a_jpeg())
    psutil.Process(long_jobs.worker_pids[0]).suspend()
    attempt.start()
    eventually(lambda: unread(long_jobs) > len(attempt.image))

    made = short_jobs.render(pictures.a_jpeg())

    assert made.width == 64
    assert attempt.is_alive()
    psutil.Process(long_jobs.worker_pids[0]).resume()
    attempt.join()
    assert isinstance(attempt.ended, RenderedPhoto)
    long_jobs.close()
    short_jobs.close()


def test_a_background_worker_yields_the_cpu_and_has_no_spare() -> None:
    sandbox = DecoderSandbox(is_background=True)
    sandbox.render(pictures.a_jpeg())

    (pid,) = sandbox.worker_pids

    assert psutil.Process(pid).nice() == min(psutil.Process().nice() + NICENESS, LOWEST_PRIORITY)
    sandbox.close()


def test_a_process_killed_from_outside_is_no_fault_of_the_picture(sandbox: DecoderSandbox) -> None:
    ended = ended_by(sandbox, signal.SIGKILL)

    assert isinstance(ended, RenderedPhoto)


def test_a_process_that_died_while_idle_is_replaced_without_a_word(sandbox: DecoderSandbox) -> None:
    sandbox.render(pictures.a_jpeg())
    os.kill(sandbox.worker_pids[0], signal.SIGSEGV)
    eventually(lambda: os.waitid(os.P_PID, sandbox.worker_pids[0], os.WEXITED | os.WNOWAIT | os.WNOHANG))

    assert sandbox.render(pictures.a_jpeg()).width == 64


def test_a_picture_that_never_ends_is_ended_by_the_clock() -> None:
    sandbox = DecoderSandbox(timeout=1)
    sandbox.render(pictures.a_jpeg())
    os.kill(sandbox.worker_pids[0], signal.SIGSTOP)

    with pytest.raises(ImageTooComplex):
        sandbox.render(pictures.a_jpeg())

    sandbox.close()


def test_a_process_is_replaced_after_so_many_pictures() -> None:
    sandbox = DecoderSandbox(images_per_worker=2)

    ids = [sandbox.worker_pids[:1] for _ in range(5) if sandbox.render(pictures.a_jpeg())]

    assert len({each[0] for each in ids if each}) == 3
    sandbox.close()


def test_its_limits_are_kept_by_the_kernel(sandbox: DecoderSandbox) -> None:
    sandbox.render(pictures.a_jpeg())

    process = psutil.Process(sandbox.worker_pids[0])

    memory = process.rlimit(psutil.RLIMIT_AS)[0]
    cpu = process.rlimit(psutil.RLIMIT_CPU)[0]
    assert MEMORY_LIMIT < memory < MEMORY_LIMIT + 500_000_000
    assert 10 <= cpu <= 15


def test_it_knows_no_secret_of_the_service(sandbox: DecoderSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")

    sandbox.render(pictures.a_jpeg())

    assert "SECRET_KEY" not in psutil.Process(sandbox.worker_pids[0]).environ()


def test_a_closed_lab_leaves_no_process_and_opens_again() -> None:
    sandbox = DecoderSandbox()
    sandbox.render(pictures.a_jpeg())
    ids = sandbox.worker_pids

    sandbox.close()

    assert len(ids) == 2
    assert not any(psutil.pid_exists(each) for each in ids)
    assert sandbox.render(pictures.a_jpeg()).width == 64
    sandbox.close()


SERVICE = """
import sys
MANY = b"x" * 9_000_000
from timeline.pictures import decoder_sandbox
decoder_sandbox.render(sys.stdin.buffer.read())
print(*decoder_sandbox._SHORT_JOBS.worker_pids, flush=True)
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
        then="import os, signal\n"
        "os.kill(decoder_sandbox._SHORT_JOBS.worker_pids[0], signal.SIGSTOP)\n"
        "decoder_sandbox.render(MANY)"
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


def test_threads_of_the_decoders_do_not_use_up_the_address_space(sandbox: DecoderSandbox) -> None:
    every_format = [
        pictures.a_jpeg(300, 200),
        pictures.a_png(300, 200),
        pictures.a_webp(300, 200),
        pictures.a_gif(300, 200),
        pictures.a_heic(300, 200),
        pictures.an_avif(300, 200),
    ]

    for image in every_format * 5:
        sandbox.render(image)

    reserved = psutil.Process(sandbox.worker_pids[0]).memory_info().vms
    assert reserved < 250_000_000
