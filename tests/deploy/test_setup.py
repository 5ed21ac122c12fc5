"""`deploy/setup.sh` creates only what is missing."""

import os
import re
import shutil
import stat
import subprocess

import pytest

from tests.deploy.conftest import ROOT, Checkout
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
def checkout(checkout: Checkout) -> Checkout:
    """A project before the setup, without values."""
    shutil.rmtree(checkout.project / "deploy")
    shutil.copytree(
        ROOT / "deploy", checkout.project / "deploy", ignore=shutil.ignore_patterns("__pycache__", "*.py")
    )
    checkout.questions["app describe"] = "photos.example.com"
    return checkout


def set_up(checkout: Checkout, **environment: str) -> "subprocess.CompletedProcess[str]":
    checkout.lay_out()
    return subprocess.run(
        ["deploy/setup.sh", *WORDS],
        cwd=checkout.project,
        env=os.environ | checkout.where() | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def values(checkout: Checkout) -> str:
    return (checkout.project / "deploy" / "my-photos.env").read_text()


def test_missing_resources_are_created_and_the_values_get_a_new_key(checkout: Checkout) -> None:
    checkout.fails = MISSING

    ran = set_up(checkout)

    assert ran.returncode == 0, ran.stderr
    made = [line for line in checkout.commands() if MAKES.search(f"{line} ")]
    assert len(made) == 8, made
    assert re.search(r"^SECRET_KEY=.{64}$", values(checkout), re.MULTILINE)
    assert "\nPUBLIC_URL=https://photos.example.com\n" in values(checkout)
    assert "\nTASKS_LOCATION=europe-west1\n" in values(checkout)
    file = checkout.project / "deploy" / "my-photos.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_existing_resources_are_not_created_again(checkout: Checkout) -> None:
    checkout.questions |= {
        "firestore backups schedules list": "one",
        "billing budgets list": "timeline my-photos",
    }
    set_up(checkout)
    before = values(checkout)

    ran = set_up(checkout)

    assert ran.returncode == 0, ran.stderr
    assert [line for line in checkout.commands() if MAKES.search(f"{line} ")] == []
    assert values(checkout) == before


def test_a_failing_step_stops_the_setup(checkout: Checkout) -> None:
    checkout.fails = ["services enable"]

    ran = set_up(checkout)

    assert ran.returncode != 0
    assert checkout.commands()[-1].startswith("services enable")


def test_every_gcloud_command_is_valid(checkout: Checkout) -> None:
    ran = set_up(checkout, DRY="1")

    commands = [line.removeprefix("$ ") for line in ran.stdout.splitlines() if line.startswith("$ gcloud")]
    assert len(commands) > 20
    assert [wrong for command in commands if (wrong := mistake_in(command))] == []
    assert checkout.commands() == []
