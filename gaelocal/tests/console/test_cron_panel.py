"""The Cron panel: next runs, history, run, pause and resume."""

from pathlib import Path

from playwright.sync_api import Page, expect
from tests.console.html import Html
from tests.console.world import CRON, World

from gaelocal.scheduler import Scheduler, read_jobs

SWEEP = "/cron/cron-yaml-2"


def test_jobs_are_listed_with_their_next_three_runs(world: World) -> None:
    (daily, _) = Html(world.get("/cron").text).by_id("jobs").findall("tbody/tr")

    times = [time.get("datetime") for time in daily.iter("time")]
    assert len(times) == 3
    assert times == sorted(times)
    assert all(time in ("07:00:00Z", "08:00:00Z") for time in (str(time)[11:] for time in times))


def test_a_job_is_run_and_its_run_is_in_the_history(world: World) -> None:
    page = world.post(f"{SWEEP}/run", {"next": SWEEP})

    assert "/tasks/sweep answered 200." in page.text
    assert Html(page.text).rows("runs")[0][1:4] == ["200", "by hand", "1"]


def test_a_failed_run_is_in_the_history(world: World) -> None:
    before, world.respond = world.respond, lambda _delivery: 503

    page = world.post(f"{SWEEP}/run", {"next": SWEEP})

    assert Html(page.text).rows("runs")[0][1] == "503"
    world.respond = before


def test_a_job_is_paused_and_resumed(world: World) -> None:
    page = world.post(f"{SWEEP}/pause", {"next": "/cron"})
    assert "/tasks/sweep is paused." in page.text
    assert [job["paused"] for job in world.get("/api/cron").json()] == [False, True]

    world.post(f"{SWEEP}/resume")
    assert [job["paused"] for job in world.get("/api/cron").json()] == [False, False]


def test_a_pause_survives_a_restart_and_cron_yaml_is_still_followed(world: World, tmp_path: Path) -> None:
    assert world.local.run(jobs_after_a_pause(tmp_path)) == [
        ("every day 10:00", False),
        ("every 30 minutes", True),
    ]


async def jobs_after_a_pause(tmp_path: Path) -> list[tuple[str, bool]]:
    async def deliver(_delivery: object) -> None: ...

    file = tmp_path / "cron.yaml"
    file.write_text(CRON)
    first = Scheduler(tmp_path / "data", read_jobs(file), deliver)
    await first.start()
    first.set_paused("cron-yaml-2", True)
    await first.stop()
    file.write_text(CRON.replace("every day 09:00", "every day 10:00"))

    second = Scheduler(tmp_path / "data", read_jobs(file), deliver)
    await second.start()

    jobs = [(job["schedule"], job["paused"]) for job in second.jobs()]
    await second.stop()
    return jobs


def test_the_panel_in_a_browser(page: Page) -> None:
    page.goto("/cron")

    page.get_by_role("button", name="Run /tasks/sweep now").click()
    expect(page.locator("#note")).to_have_text("/tasks/sweep answered 200.")
    page.get_by_role("button", name="Pause /tasks/sweep").click()
    expect(page.locator("#job-cron-yaml-2")).to_contain_text("paused")
    page.get_by_role("button", name="Resume /tasks/sweep").click()
    expect(page.locator("#job-cron-yaml-2")).not_to_contain_text("paused")
    page.get_by_role("link", name="/tasks/sweep").click()
    expect(page.locator("#runs tbody tr").first).to_contain_text("by hand")
