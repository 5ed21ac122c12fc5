"""The command line, and its one-line error messages."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.platform import ROOT, Platform


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gaelocal", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A minimal valid project: one service that responds with its name."""
    service = tmp_path / "project" / "services" / "default"
    service.mkdir(parents=True)
    (service / "app.yaml").write_text(
        "runtime: python313\nservice: default\nentrypoint: gunicorn -b :$PORT main:app\n"
    )
    (service / "main.py").write_text(
        "def app(environ, start):\n    start('200 OK', [])\n    return [b'here']\n"
    )
    return tmp_path / "project"


def refused(project: Path, tmp_path: Path, *words: str) -> str:
    """Run an invalid project, and return the one-line error."""
    ran = run("--app", str(project), "--port", "0", "--data", str(tmp_path / "state"), *words)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr
    return ran.stderr


def test_a_token_is_printed_for_any_user(platform: Platform) -> None:
    ran = platform.run("token", "tokio")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(".") == 2


def test_the_cron_jobs_are_listed_with_three_run_times_each(platform: Platform) -> None:
    ran = platform.run("cron")

    assert ran.returncode == 0, ran.stderr
    assert "/tasks/summary_email/daily" in ran.stdout
    assert len([line for line in ran.stdout.splitlines() if line.startswith("    ")]) == 9


def test_a_cron_job_is_run_now(platform: Platform) -> None:
    ran = platform.run("cron", "run", "/tasks/sweep")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "answered 2" in ran.stdout


def test_the_services_are_listed_with_their_instances(platform: Platform) -> None:
    ran = platform.run("services")

    assert ran.returncode == 0, ran.stderr
    assert {line.split()[0] for line in ran.stdout.splitlines()[1:]} == {
        "default",
        "api-backend",
        "tasks-backend",
    }


def test_an_unknown_cron_job_is_refused_with_the_known_ones(platform: Platform) -> None:
    ran = platform.run("cron", "run", "/tasks/nothing")

    assert ran.returncode == 2
    assert "/tasks/sweep" in ran.stderr


def test_a_command_for_a_running_platform_says_so_when_none_runs(tmp_path: Path) -> None:
    ran = run("token", "ana", "--data", str(tmp_path))

    assert ran.returncode == 2
    assert "no platform runs" in ran.stderr


def test_a_busy_port_is_named_with_its_option(project: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        line = refused(project, tmp_path, "--console-port", port)

    assert port in line
    assert "--console-port" in line


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--ready-file", "/nowhere/ready.json"), "/nowhere/ready.json"),
        (("--data", "/proc/nowhere"), "/proc/nowhere"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_an_unwritable_folder_is_named(project: Path, words: tuple[str, ...], named: str) -> None:
    ran = run("--app", str(project), "--port", "0", *words)

    assert ran.returncode == 2
    assert named in ran.stderr.splitlines()[-1]
    assert "Traceback" not in ran.stderr


def test_running_a_job_needs_its_url(platform: Platform) -> None:
    ran = platform.run("cron", "run")

    assert ran.returncode == 2
    assert "needs the URL" in ran.stderr


@pytest.mark.parametrize("name", ["dispatch.yaml", "cron.yaml", "queue.yaml", "services/default/app.yaml"])
def test_broken_yaml_is_refused_with_file_and_line(project: Path, tmp_path: Path, name: str) -> None:
    (project / name).write_text("a: 1\nb: [unclosed\n")

    line = refused(project, tmp_path)

    assert f"{name}:" in line
    assert "yaml" in line


def test_a_wrong_schedule_is_refused_with_file_and_line(project: Path, tmp_path: Path) -> None:
    (project / "cron.yaml").write_text("cron:\n- url: /x\n  schedule: every 1 minute\n")

    assert "cron.yaml:3" in refused(project, tmp_path)


def test_a_missing_project_folder_is_refused(tmp_path: Path) -> None:
    assert "nowhere" in refused(tmp_path / "nowhere", tmp_path)


def test_a_folder_without_services_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert "app.yaml" in refused(tmp_path / "empty", tmp_path)


def test_fresh_empties_only_data_folders(project: Path, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "diary.txt").write_text("dear diary")

    line = refused(project, tmp_path, "--fresh")

    assert "--fresh" in line
    assert (tmp_path / "state" / "diary.txt").exists()


def test_two_platforms_cannot_share_a_data_folder(platform: Platform) -> None:
    ran = run("--port", "0", "--data", str(platform.folder / "state"))

    assert ran.returncode == 2
    assert "in use" in ran.stderr
    assert platform.run("token", "tokio").returncode == 0


@pytest.mark.skipif(shutil.which("gcloud") is not None, reason="gcloud is installed")
def test_googles_emulators_need_gcloud(project: Path, tmp_path: Path) -> None:
    assert "gcloud" in refused(project, tmp_path, "--datastore", "google")


def test_the_gcloud_environment_is_printed_for_a_shell(platform: Platform) -> None:
    ran = platform.run("gcloud-env")

    assert ran.returncode == 0, ran.stderr
    assert f"export CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE={platform.addresses['admin']}/;" in ran.stdout
    assert "export CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true;" in ran.stdout


def test_gcloud_env_fails_without_a_platform(tmp_path: Path) -> None:
    words = f"{sys.executable} -m gaelocal gcloud-env --data {tmp_path}"

    ran = subprocess.run(
        ["bash", "-c", f"eval $({words}) && echo deployed"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode != 0
    assert ran.stdout == ""
    assert "no platform runs on" in ran.stderr
