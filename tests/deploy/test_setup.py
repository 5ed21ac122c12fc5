"""`deploy/setup.sh`: made once, and again only where something is missing."""

import os
import re
import shutil
import stat
import subprocess

import pytest

from tests.deploy.conftest import ROOT, Desk
from tests.docs.gcloud_commands import mistake_in

WORDS = ("my-photos", "europe-west", "012345-6789AB-CDEF01")
MISSING = [
    "projects describe",
    "accounts describe",
    "databases describe",
    "buckets describe",
    "secrets describe",
]
MAKES = re.compile(r" (create|repair) ")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Before the set-up: no values yet."""
    shutil.rmtree(desk.project / "deploy")
    shutil.copytree(
        ROOT / "deploy", desk.project / "deploy", ignore=shutil.ignore_patterns("__pycache__", "*.py")
    )
    desk.questions["app describe"] = "photos.example.com"
    return desk


def set_up(desk: Desk, **environment: str) -> "subprocess.CompletedProcess[str]":
    desk.lay_out()
    return subprocess.run(
        ["deploy/setup.sh", *WORDS],
        cwd=desk.project,
        env=os.environ | desk.where() | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def values(desk: Desk) -> str:
    return (desk.project / "deploy" / "my-photos.env").read_text()


def test_what_is_missing_is_made_and_the_values_get_a_key_of_their_own(desk: Desk) -> None:
    desk.fails = MISSING

    ran = set_up(desk)

    assert ran.returncode == 0, ran.stderr
    made = [line for line in desk.commands() if MAKES.search(f"{line} ")]
    assert len(made) == 8, made
    assert re.search(r"^SECRET_KEY=.{64}$", values(desk), re.MULTILINE)
    assert "\nPUBLIC_URL=https://photos.example.com\n" in values(desk)
    assert "\nTASKS_LOCATION=europe-west1\n" in values(desk)
    file = desk.project / "deploy" / "my-photos.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_there_is_not_made_again(desk: Desk) -> None:
    desk.questions |= {
        "firestore backups schedules list": "one",
        "billing budgets list": "timeline my-photos",
    }
    set_up(desk)
    before = values(desk)

    ran = set_up(desk)

    assert ran.returncode == 0, ran.stderr
    assert [line for line in desk.commands() if MAKES.search(f"{line} ")] == []
    assert values(desk) == before


def test_a_step_that_fails_ends_it(desk: Desk) -> None:
    desk.fails = ["services enable"]

    ran = set_up(desk)

    assert ran.returncode != 0
    assert desk.commands()[-1].startswith("services enable")


def test_gcloud_knows_every_word_of_it(desk: Desk) -> None:
    ran = set_up(desk, DRY="1")

    commands = [line.removeprefix("$ ") for line in ran.stdout.splitlines() if line.startswith("$ gcloud")]
    assert len(commands) > 20
    assert [wrong for command in commands if (wrong := mistake_in(command))] == []
    assert desk.commands() == []
