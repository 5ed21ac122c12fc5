"""Re-render all photos while tasks-backend is killed, stopped and deployed, then count what is missing.

`make rerender-campaign` kills ten times; `ARGS="--kills 3 --photos 20"` makes it shorter. `photos without the
new size`, `not counted` and `changed twice` should be 0.
"""

import contextlib
import random
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.campaigns import run_from_command_line
from bench.remaining_work import wait_until_idle
from tests import pictures
from tests.journeys.platform import ROOT, Person, Platform
from tests.waiting import eventually

ADMIN = "ada"
PEOPLE = 3
DRAIN_SECONDS = 600.0
PROGRESS_SECONDS = 120.0
SIZES_FILE = Path("timeline/pictures/sizes.py")
LAST_SIZE = '    "full": 2048,\n'
NEW_SIZE, NEW_LINE = "poster", '    "poster": 1600,\n'
DEPLOYED_FILE = Path("services/tasks-backend/tasks_backend/__init__.py")


@dataclass
class Outcome:
    """The counts of a campaign. `runs` counts how often the job was started or continued."""

    photos: int = 0
    kills: int = 0
    stops: int = 0
    deployments: int = 0
    runs: int = 0
    rendered: int = 0
    photos_without_the_new_size: int = 0
    not_counted: int = 0
    changed_twice: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.photos_without_the_new_size or self.not_counted or self.changed_twice)


def run_campaign(folder: Path, photos: int, kills: int, seed: int) -> Outcome:
    """Post photos, add a size, start the job, and interrupt it again and again until it is done."""
    project = copied_project(folder / "project")
    platform = Platform(folder, ("--env", f"ADMINS={ADMIN}@example.com"), app_folder=project)
    outcome = Outcome(photos=photos)
    try:
        platform.start()
        people = post_photos(platform, photos)
        before = revisions(people)
        platform.stop()
        add_size(project)
        platform.start()
        admin, people = platform.as_(ADMIN), [platform.as_(person.user) for person in people]
        admin.ask("POST", "/admin/rerender", allow_redirects=False).raise_for_status()
        interrupt(platform, admin, outcome, kills, random.Random(seed))
        eventually(lambda: finished_job(admin), within=DRAIN_SECONDS)
        job = current_job(admin)
        count(outcome, job, people, before)
    finally:
        platform.stop()
    return outcome


def copied_project(folder: Path) -> Path:
    """Copy what is deployed, so that the campaign can change it."""
    folder.mkdir()
    for name in ("services", "timeline"):
        shutil.copytree(
            ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    for file in ROOT.glob("*.yaml"):
        shutil.copy(file, folder)
    return folder


def add_size(project: Path) -> None:
    file = project / SIZES_FILE
    text = file.read_text(encoding="utf-8")
    assert LAST_SIZE in text
    file.write_text(text.replace(LAST_SIZE, NEW_LINE + LAST_SIZE), encoding="utf-8")


def post_photos(platform: Platform, photos: int) -> list[Person]:
    people = [platform.as_(f"person-{number}") for number in range(PEOPLE)]
    for number in range(photos):
        image = pictures.a_noisy_jpeg(900 + number, 700)
        people[number % PEOPLE].post_photo(image, caption=f"no. {number}").raise_for_status()
    wait_until_idle(platform, DRAIN_SECONDS)
    return people


def interrupt(platform: Platform, admin: Person, outcome: Outcome, kills: int, chance: random.Random) -> None:
    """Kill the service after each checkpoint; once also stop it, and once deploy it."""
    others = {kills // 3: "stop", 2 * kills // 3: "deploy"}
    for number in range(kills):
        wait_for_progress(admin)
        kill_service(platform, chance)
        outcome.kills += 1
        if number in others and not finished_job(admin):
            wait_for_progress(admin)
            if others[number] == "stop":
                send_to_service(platform, signal.SIGTERM)
                outcome.stops += 1
            else:
                deploy(platform.app_folder)
                outcome.deployments += 1


def wait_for_progress(admin: Person) -> None:
    """Wait until the current run has saved a checkpoint."""
    before = current_job(admin)
    eventually(
        lambda: (now := current_job(admin)) and (now["done"] > before["done"] or now["state"] == "done"),
        within=PROGRESS_SECONDS,
    )


def kill_service(platform: Platform, chance: random.Random) -> None:
    """Kill the processes of tasks-backend in any order, as a machine that disappears does."""
    found = service_processes(platform)
    chance.shuffle(found)
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def send_to_service(platform: Platform, number: signal.Signals) -> None:
    for process in service_processes(platform):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def service_processes(platform: Platform) -> list[psutil.Process]:
    found = []
    for pid in platform.pids()[1:]:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process = psutil.Process(pid)
            if process.environ().get("GAE_SERVICE") == "tasks-backend":
                found.append(process)
    return found


def deploy(project: Path) -> None:
    """Change a file, which replaces the instances by new ones while the old ones stop."""
    file = project / DEPLOYED_FILE
    file.write_text(file.read_text(encoding="utf-8") + "\n# The next version.\n", encoding="utf-8")


def current_job(admin: Person) -> dict[str, Any]:
    answer = admin.ask("GET", "/admin/rerender")
    answer.raise_for_status()
    job: dict[str, Any] = answer.json()["job"]
    return job


def finished_job(admin: Person) -> dict[str, Any] | None:
    job = current_job(admin)
    return None if job["state"] == "running" else job


def revisions(people: list[Person]) -> dict[str, int]:
    """Return how often each photo was changed, from its ETag."""
    return {
        photo["id"]: int(person.ask("GET", f"/api/v1/photos/{photo['id']}").headers["ETag"].strip('W/"'))
        for person in people
        for photo in person.stream()
    }


def count(outcome: Outcome, job: dict[str, Any], people: list[Person], before: dict[str, int]) -> None:
    stored = [photo for person in people for photo in person.stream()]
    outcome.runs, outcome.rendered = job["run"], job["rendered"]
    outcome.not_counted = max(0, len(stored) - job["done"])
    outcome.photos_without_the_new_size = outcome.photos - sum(
        any(each["name"] == NEW_SIZE for each in photo["renditions"]) for photo in stored
    )
    after = revisions(people)
    outcome.changed_twice = sum(after[photo] != revision + 1 for photo, revision in before.items())


def main() -> int:
    return run_from_command_line(__doc__, {"photos": 120, "kills": 10}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
