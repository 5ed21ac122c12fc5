"""Run gcloud against a platform."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.platform import Platform
from conformance.report import Report, SuiteUnavailable
from gaelocal.gcloud_environment import gcloud_environment

LONGEST_SECONDS = 120


@dataclass
class Gcloud:
    """`tell` checks that a command succeeds, `refuse` that it fails with these words."""

    platform: Platform
    report: Report
    group: str

    @cached_property
    def environment(self) -> Mapping[str, str]:
        program = shutil.which("gcloud")
        if program is None:
            raise SuiteUnavailable("gcloud is not installed")
        addresses = {name: str(value) for name, value in self.platform.addresses.items()}
        return {**os.environ, **gcloud_environment(addresses, self.platform.data)}

    def tell(self, command: str, *more: str, expect: Mapping[str, Any] | None = None) -> Any:
        """Run a command; `expect` maps dotted paths of its JSON output to values."""
        ran = self._run(command, *more)
        name = f"{self.group} {command}"
        if ran.returncode:
            self.report.expect(name, False, " ".join(ran.stderr.split())[-300:])
            return None
        try:
            found = json.loads(ran.stdout) if ran.stdout.strip() else None
        except ValueError:
            found = ran.stdout
        wrong = {
            path: _at(found, path) for path, value in (expect or {}).items() if _at(found, path) != value
        }
        self.report.expect(name, not wrong, f"found {wrong} in {str(found)[:200]}")
        return found

    def refuse(self, command: str, *more: str, words: str) -> None:
        ran = self._run(command, *more)
        said = " ".join(ran.stderr.split())
        self.report.expect(f"{self.group} {command} (refused)", ran.returncode and words in said, said[-300:])

    def _run(self, command: str, *more: str) -> "subprocess.CompletedProcess[str]":
        words = ["gcloud", *self.group.split(), *command.split(), *more, "--format=json", "--quiet"]
        return subprocess.run(
            words, env=self.environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )


def _at(found: Any, path: str) -> Any:
    for key in path.split("."):
        if isinstance(found, list):
            found = found[int(key)] if key.isdigit() and int(key) < len(found) else None
        else:
            found = found.get(key) if isinstance(found, dict) else None
    return found
