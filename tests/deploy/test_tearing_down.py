"""`make teardown`: only after the project's id was typed, and never what people posted."""

from tests.deploy.conftest import SERVICES, Desk

QUEUE = "projects/my-photos/locations/us-central1/queues/"


def full(desk: Desk) -> None:
    desk.questions["tasks queues list"] = [{"name": QUEUE + "renditions"}, {"name": QUEUE + "erase"}]
    old, live = {"id": "v1", "version": {}}, {"id": "v2", "version": {}, "traffic_split": 1.0}
    desk.questions["app versions list"] = [
        row | {"service": name} for name in SERVICES for row in (old, live)
    ]


def test_everything_goes_but_the_last_version_of_default(desk: Desk) -> None:
    full(desk)
    desk.typed = "my-photos\n"

    ran = desk.run("teardown", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert desk.changes() == [
        "app deploy deploy/nothing/dispatch.yaml",
        "app deploy deploy/nothing/cron.yaml",
        "tasks queues delete renditions --location=us-central1",
        "tasks queues delete erase --location=us-central1",
        "app services delete api-backend",
        "app services delete tasks-backend",
        "app versions delete v1 --service=default",
    ]
    assert "Photos, rows and backups are where they were" in ran.stdout


def test_another_word_than_the_projects_id_removes_nothing(desk: Desk) -> None:
    full(desk)
    desk.typed = "yes\n"

    ran = desk.run("teardown", "my-photos")

    assert ran.returncode == 1
    assert "nothing was removed" in ran.stderr
    assert desk.commands() == []


def test_what_cannot_be_removed_does_not_keep_the_rest(desk: Desk) -> None:
    full(desk)
    desk.typed = "my-photos\n"
    desk.fails = ["services delete api-backend"]

    ran = desk.run("teardown", "my-photos")

    assert ran.returncode == 1
    assert "services delete api-backend" in ran.stderr
    assert "app services delete tasks-backend" in desk.changes()
    assert desk.changes()[-1] == "app versions delete v1 --service=default"


def test_what_was_removed_before_is_not_asked_for_again(desk: Desk) -> None:
    desk.questions |= {"tasks queues list": [], "app versions list": []}
    desk.typed = "my-photos\n"

    ran = desk.run("teardown", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert desk.changes() == [
        "app deploy deploy/nothing/dispatch.yaml",
        "app deploy deploy/nothing/cron.yaml",
    ]
