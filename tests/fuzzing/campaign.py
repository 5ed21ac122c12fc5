"""Run schemathesis against a running platform and count its requests."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """`examples` is the maximum per operation and phase."""

    app: str
    oidc: str
    folder: Path
    examples: int
    seed: int
    phases: str = "examples,coverage,fuzzing,stateful"

    def run(self) -> int:
        """Return schemathesis's exit status: 0 without failures."""
        with (self.folder / "output.txt").open("w") as output:
            return subprocess.run(
                self._command(),
                cwd=self.folder,
                env=self._environment(),
                stdout=output,
                stderr=output,
                check=False,
            ).returncode

    def output(self) -> str:
        return (self.folder / "output.txt").read_text()

    def report(self) -> Any:
        return json.loads((self.folder / "report.json").read_text())

    def _command(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            "schemathesis.cli",
            f"--config-file={HERE / 'schemathesis.toml'}",
            "run",
            f"{self.app}/api/openapi.json",
            f"--url={self.app}",
            f"--phases={self.phases}",
            f"--max-examples={self.examples}",
            f"--seed={self.seed}",
            "--generation-database=none",
            "--request-timeout=60",
            "--suppress-health-check=all",
            "--continue-on-failure",
            "--no-color",
            "--warnings=off",
            "--report=json",
            f"--report-json-path={self.folder / 'report.json'}",
        ]

    def _environment(self) -> dict[str, str]:
        given = {
            "SCHEMATHESIS_HOOKS": "tests.fuzzing.hooks",
            "FUZZ_OIDC": self.oidc,
            "FUZZ_SEED": str(self.seed),
        }
        return {**os.environ, **given, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(self.seed)}
