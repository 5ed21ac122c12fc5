"""Run gcloud and print every command first, so that each one can be repeated by hand."""

import json
import shlex
import subprocess
from dataclasses import dataclass
from typing import Any

from deploy.errors import DeploymentError

ANSWER_SECONDS = 60 * 60
"""A first deployment builds every package; Google's own time limit is shorter."""


@dataclass(frozen=True, slots=True)
class Gcloud:
    """`is_dry` prints the commands and runs none of them."""

    project: str
    is_dry: bool = False

    def do(self, *words: str) -> None:
        """Run a command that changes something. Raise DeploymentError if it fails."""
        command = self._shown(*words, "--quiet")
        if not self.is_dry and (status := _run(command).returncode):
            raise DeploymentError(
                f"`{shlex.join(command)}` failed with status {status}; see gcloud's message above."
            )

    def ask(self, *words: str) -> Any:
        """Return the JSON output of a command; None in a dry run. Raise DeploymentError if it fails."""
        command = self._shown(*words, "--format=json")
        if self.is_dry:
            return None
        ran = _run(command, stdout=subprocess.PIPE)
        try:
            if ran.returncode == 0:
                return json.loads(ran.stdout)
        except ValueError:
            pass
        raise DeploymentError(f"`{shlex.join(command)}` returned no JSON (status {ran.returncode}).")

    def _shown(self, *words: str) -> list[str]:
        command = ["gcloud", *words, f"--project={self.project}"]
        print(f"$ {shlex.join(command)}", flush=True)
        return command


def _run(command: list[str], stdout: int | None = None) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(  # noqa: S603 - gcloud with the command that was just printed
            command, stdout=stdout, text=True, check=False, timeout=ANSWER_SECONDS
        )
    except FileNotFoundError as error:
        raise DeploymentError("gcloud is not installed: https://cloud.google.com/sdk/docs/install") from error
    except subprocess.TimeoutExpired as error:
        raise DeploymentError(f"`{shlex.join(command)}` did not finish within an hour.") from error
