"""gcloud, with every command printed before it runs, so that each one can be typed by hand."""

import json
import shlex
import subprocess
from dataclasses import dataclass
from typing import Any

from deploy.refusal import Refused

ANSWER_SECONDS = 60 * 60
"""A first deploy builds every package; Google gives it up by itself before this."""


@dataclass(frozen=True, slots=True)
class Gcloud:
    """`is_dry` prints the commands and runs none of them."""

    project: str
    is_dry: bool = False

    def do(self, *words: str) -> None:
        """Change something. Raises Refused: gcloud has said why on its own."""
        command = self._shown(*words, "--quiet")
        if not self.is_dry and (status := _run(command).returncode):
            raise Refused(f"`{shlex.join(command)}` ended with {status}; gcloud says why above.")

    def ask(self, *words: str) -> Any:
        """What is there, as JSON; None when nobody is asked. Raises Refused."""
        command = self._shown(*words, "--format=json")
        if self.is_dry:
            return None
        ran = _run(command, stdout=subprocess.PIPE)
        try:
            if ran.returncode == 0:
                return json.loads(ran.stdout)
        except ValueError:
            pass
        raise Refused(f"`{shlex.join(command)}` gave no answer (status {ran.returncode}).")

    def _shown(self, *words: str) -> list[str]:
        command = ["gcloud", *words, f"--project={self.project}"]
        print(f"$ {shlex.join(command)}", flush=True)
        return command


def _run(command: list[str], stdout: int | None = None) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(  # noqa: S603 - gcloud, with words that were just shown
            command, stdout=stdout, text=True, check=False, timeout=ANSWER_SECONDS
        )
    except FileNotFoundError as error:
        raise Refused("gcloud is not installed: https://cloud.google.com/sdk/docs/install") from error
    except subprocess.TimeoutExpired as error:
        raise Refused(f"`{shlex.join(command)}` did not end within an hour.") from error
