"""Build the wheel, install it into a fresh environment outside the repository, and run a project with it.

`make wheel` does this. The project is like most App Engine projects on GitHub: it has no entrypoint, no
gunicorn in its requirements, an environment called `venv` and a static folder that is missing.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from pathlib import Path

GAELOCAL = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0
PROJECT = {
    "app.yaml": (
        "runtime: python313\nhandlers:\n"
        "- {url: /static, static_dir: build/static}\n- {url: /.*, script: auto}\n"
    ),
    "requirements.txt": "flask\n",
    "main.py": (
        "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
        "@app.get('/')\ndef home():\n    return 'hello'\n"
    ),
    "queue.yaml": "queue:\n- name: mail\n  rate: 5/s\n",
    "cron.yaml": "cron:\n- url: /\n  schedule: every 5 minutes\n",
}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wheel = _build(place / "dist")
        program = _install(place / "installed", wheel) / "gaelocal"
        project = _make_project(place / "a-project")
        print(f"{wheel.name}: installed; a project outside the repository answers: {_run(program, project)}")
    return 0


def _build(folder: Path) -> Path:
    _pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(folder), str(GAELOCAL))
    (wheel,) = folder.glob("gaelocal-*.whl")
    return wheel


def _install(folder: Path, *requirements: Path | str) -> Path:
    venv.create(folder, with_pip=True, symlinks=True)
    _pip(str(folder / "bin" / "python"), "install", *map(str, requirements))
    return folder / "bin"


def _pip(python: str, *words: str) -> None:
    subprocess.run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *words], check=True)


def _make_project(folder: Path) -> Path:
    folder.mkdir()
    for name, text in PROJECT.items():
        (folder / name).write_text(text, encoding="utf-8")
    _install(folder / "venv", "flask")
    return folder


def _run(program: Path, project: Path) -> str:
    """Start `gaelocal` in the project's folder as a user would; return the body of its main page."""
    ready = project / "ready.json"
    command = [str(program), "--port", "0", "--ready-file", str(ready)]
    process = subprocess.Popen(command, cwd=project)
    try:
        _wait_for(ready, process)
        app = json.loads(ready.read_text(encoding="utf-8"))["app"]
        with urllib.request.urlopen(app, timeout=30) as answer:
            return str(answer.read().decode())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while not file.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit("gaelocal did not become ready; its output is above")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
