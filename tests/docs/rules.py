"""Rules for testing the commands of the documentation; commands that cannot run have a reason."""

import re
import shutil
import subprocess
from pathlib import Path

from gaelocal.options import parse_options
from tests.docs.gcloud_commands import mistake_in
from tests.docs.reading import ROOT, Command

# Targets of make that are not run from the documentation, and the reason or the test that covers them.
MAKE_ELSEWHERE = {
    "run": "it runs until Ctrl-C; the platform of these tests is the same program",
    "demo": "it runs until Ctrl-C; tests/journeys/test_demo.py runs it",
    "test": "it runs this test",
    "test-pythons": "it runs the suite once more or twice; CI runs it",
    "test-emulators": "it runs the suite three times; CI runs it",
    "check": "it runs this suite; CI runs it",
    "format": "it rewrites the code",
    "lint": "CI runs it",
    "types": "CI runs it",
    "imports": "CI runs it",
    "openapi": "it rewrites docs/openapi.json, which tests compare",
    "api-tests": "it needs an address; the suite runs it against a platform",
    "fuzz-api": "it takes minutes; the suite runs a short one",
    "bench": "it measures for minutes",
    "bench-peers": "it installs programs",
    "api-clients": "it installs hundreds of npm packages",
    "api-reference": "it installs hundreds of npm packages",
    "wheel": "CI runs it",
    "protobuf": "it rewrites generated code",
    "hostile": "it takes minutes; tests/timeline/pictures/test_hostile.py runs a short one",
    "differential": "it takes minutes; tests/journeys/differential has a short one",
    "campaign": "it takes minutes; tests/journeys/test_campaign.py runs a short one",
    "mail-campaign": "it takes minutes; tests/journeys/test_mail_campaign.py runs a short one",
    "rerender-campaign": "it takes minutes; tests/journeys/test_rerender_campaign.py runs a short one",
    "idempotency-campaign": "it takes minutes; tests/faults/test_campaigns.py runs a short one",
    "fresh-reads-campaign": "it takes minutes; tests/faults/test_campaigns.py runs a short one",
    "scan-campaign": "it takes minutes; tests/faults/test_campaigns.py runs a short one",
    "task-campaign": "it takes minutes; tests/faults/test_campaigns.py runs a short one",
    "each-call-campaign": "it takes minutes; tests/faults/test_campaigns.py runs a short one",
    "network-campaign": "it takes minutes; tests/faults/test_campaigns.py runs a short one",
    "client-campaign": "it takes minutes; tests/faults/test_platform_campaigns.py runs a short one",
    "machine-campaign": "it takes minutes; tests/faults/test_platform_campaigns.py runs a short one",
    "drill": "it takes a minute; tests/faults/test_drills.py runs four drills",
    "load": "it measures for minutes",
    "mail-growth": "it takes minutes",
    "lighthouse": "it installs Lighthouse with npm and rewrites docs/lighthouse.md",
    "screenshots": "it rewrites docs/pictures",
    "consistency-lab": "it runs until Ctrl-C; tests/journeys/test_consistency_lab.py runs it",
    "hot-user-lab": "it runs until Ctrl-C; tests/journeys/test_hot_user_lab.py runs it",
    "pull-queue-lab": "it runs until Ctrl-C; tests/journeys/test_pull_queue_lab.py runs it",
    "gcloud-journey": "tests/journeys/test_gcloud.py is in the suite",
    "sbom": "it takes half a minute and writes documents that nothing here reads",
    "licences": "it depends only on requirements-dev.txt and the programs that are installed",
    "requirements": "it requests newer versions from the package index",
    "clean": "it removes the environment that runs this test",
    "compose-test": "it needs a docker daemon; tests/containers checks the files",
}
MAKE_HERE = {"help", "costs", "deploy", "rollback", "teardown"}
# Commands of gcloud that gaelocal answers within a second or two.
GCLOUD_HERE = re.compile(
    r"gcloud (tasks queues|scheduler jobs) (list|describe|pause|resume)\b"
    r"|gcloud app (services|versions|instances|operations) (list|describe)\b"
    r"|gcloud app (describe|browse)\b"
    r"|gcloud services enable\b|gcloud tasks create-app-engine-task\b"
)
# Programs that use the internet or change the machine.
OUTSIDE = {
    "git": "it downloads the repository",
    "apt-get": "it changes the machine",
    "sudo": "it changes the machine",
    "docker": "it downloads images from a registry; tests of the containers run if there is a docker daemon",
    "docker-compose": "it downloads images from a registry",
    "npx": "it downloads packages; make api-clients runs it with pinned versions",
    "pip": "it downloads packages; make api-clients runs it with pinned versions",
    "openapi-python-client": "it is not installed here; make api-clients runs it",
    "debootstrap": "it changes the machine",
}
START = re.compile(r"(?:(?:\S*/)?python3? -m |\S*/|^)gaelocal(?=$| -)")
MODULE = re.compile(r"(?:\S*/)?python3? -m (bench|pytest|tests)\b")


def is_run(command: Command, is_gcloud_configured: bool) -> bool:
    """Tell whether the test runs the command as it is."""
    first = command.words[0]
    if first == "make":
        return command.words[1] in MAKE_HERE and command.mark != "google"
    if first == "gcloud":
        return is_gcloud_configured and command.mark != "google" and bool(GCLOUD_HERE.match(command.text))
    if command.words[:2] == ["git", "apply"]:
        return True
    return not (first in OUTSIDE or START.match(command.text) or MODULE.match(command.text))


def check_by_rule(command: Command) -> None:
    """Check a command that is not run: its words against gcloud, make or our own options."""
    first = command.words[0]
    if first == "gcloud":
        assert (wrong := mistake_in(command.text)) is None, wrong
    elif first == "make":
        _check_make(command)
    elif match := START.match(command.text):
        parse_options(command.text[match.end() :].split())
    elif first.startswith("docker"):
        _check_docker(command)
    else:
        assert first in OUTSIDE or MODULE.match(command.text), f"no rule for: {command.text}"


def _check_make(command: Command) -> None:
    assert command.words[1] in {*MAKE_HERE, *MAKE_ELSEWHERE}, f"no rule for: {command.text}"
    dry = subprocess.run(
        ["bash", "-c", command.text.replace("make ", "make -n ", 1)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert dry.returncode == 0, dry.stderr
    for path in re.findall(r"\b(?:tests|bench|docs|services)/[\w./-]+", command.text):
        assert (ROOT / path).exists(), path
    if match := re.match(r"make bench ARGS=\"?(\w+)", command.text):
        assert Path(ROOT, "bench", f"{match[1]}.py").exists(), command.text
    if match := re.match(r'make run ARGS="([^"]*)"', command.text):
        parse_options(match[1].split())


def _check_docker(command: Command) -> None:
    docker = shutil.which(command.words[0])
    words = [word for word in command.words[1:] if re.fullmatch("[a-z]+", word)][:1]
    if docker is None or not words or words == ["compose"]:
        return
    asked = subprocess.run([docker, *words, "--help"], capture_output=True, timeout=60, check=False)
    assert asked.returncode == 0, command.text
