"""Lint docs/openapi.json, generate clients in TypeScript and Python, and use them with a running platform."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tests import pictures
from tests.journeys.platform import ROOT, Platform

FOLDER = Path(__file__).parent
DOCUMENT = ROOT / "docs" / "openapi.json"
GENERATED = FOLDER / "generated"
PYTHON_CLIENT = GENERATED / "photo_timeline_client"
ENVIRONMENT = FOLDER / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"


def main() -> int:
    install()
    lint()
    generate()
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder))
        try:
            platform.start()
            use(platform, Path(folder) / "photo.jpg")
        finally:
            platform.stop()
    return 0


def install() -> None:
    """Install the pinned packages next to this file, without their install scripts."""
    if not (FOLDER / "node_modules").exists():
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
        run(PYTHON, "-m", "pip", "install", "--quiet", "-r", "requirements.txt")


def lint() -> None:
    run("npx", "spectral", "lint", "--fail-severity=warn", "--ruleset=spectral.yaml", DOCUMENT)
    run("npx", "redocly", "lint", DOCUMENT)


def generate() -> None:
    GENERATED.mkdir(exist_ok=True)
    run("npx", "openapi-typescript", DOCUMENT, "--output", GENERATED / "timeline.ts")
    run("npx", "tsc", "--project", ".")
    generator = ENVIRONMENT / "bin" / "openapi-python-client"
    options = ("--meta", "none", "--overwrite", "--output-path", PYTHON_CLIENT)
    run(generator, "generate", "--path", DOCUMENT, *options)


def use(platform: Platform, photo: Path) -> None:
    photo.write_bytes(pictures.a_jpeg())
    token = platform.as_("ana").token
    run("node", "generated/client.js", platform.app, token, photo)
    run(PYTHON, "client.py", platform.app, token, photo, PYTHONPATH=str(GENERATED))


def run(*command: object, **environment: str) -> None:
    """Run a command in this folder. Raises CalledProcessError if it fails."""
    variables = ["env", *(f"{name}={value}" for name, value in environment.items())]
    subprocess.run([*variables, *map(str, command)], cwd=FOLDER, check=True)


if __name__ == "__main__":
    sys.exit(main())
