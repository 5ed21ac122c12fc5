"""Accepted mail survives the death of the process."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mail.conftest import a_mail, connected
from tests.serving_thread import serving

from gaelocal.mail import MailServer

PROGRAM = """
import asyncio, sys
from pathlib import Path
from gaelocal.mail import MailServer

async def main():
    server = MailServer(Path(sys.argv[1]), 0)
    await server.start()
    print(server.address, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@contextmanager
def another_process(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def test_accepted_mail_survives_a_kill(tmp_path: Path) -> None:
    with another_process(tmp_path) as (address, process):
        client = connected(address)
        for number in range(20):
            client.send_message(a_mail(f"number {number}"))
        process.kill()
        process.wait(90)
        client.close()

    with serving(MailServer(tmp_path, 0)) as again:
        assert [mail["subject"] for mail in again.messages()] == [f"number {n}" for n in reversed(range(20))]
