"""`make teardown` requires the project ID and keeps user data."""

from tests.deploy.conftest import SERVICES, Checkout

QUEUE = "projects/my-photos/locations/us-central1/queues/"


def full(checkout: Checkout) -> None:
    checkout.questions["tasks queues list"] = [{"name": QUEUE + "renditions"}, {"name": QUEUE + "erase"}]
    old, live = {"id": "v1", "version": {}}, {"id": "v2", "version": {}, "traffic_split": 1.0}
    checkout.questions["app versions list"] = [
        row | {"service": name} for name in SERVICES for row in (old, live)
    ]


def test_everything_is_deleted_except_the_last_version_of_default(checkout: Checkout) -> None:
    full(checkout)
    checkout.typed = "my-photos\n"

    ran = checkout.run("teardown", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert checkout.changes() == [
        "app deploy deploy/empty/dispatch.yaml",
        "app deploy deploy/empty/cron.yaml",
        "tasks queues delete renditions --location=us-central1",
        "tasks queues delete erase --location=us-central1",
        "app services delete api-backend",
        "app services delete tasks-backend",
        "app versions delete v1 --service=default",
    ]
    assert "Photos, rows and backups are kept" in ran.stdout


def test_an_answer_other_than_the_project_id_deletes_nothing(checkout: Checkout) -> None:
    full(checkout)
    checkout.typed = "yes\n"

    ran = checkout.run("teardown", "my-photos")

    assert ran.returncode == 1
    assert "nothing was deleted" in ran.stderr
    assert checkout.commands() == []


def test_a_failed_deletion_does_not_stop_the_others(checkout: Checkout) -> None:
    full(checkout)
    checkout.typed = "my-photos\n"
    checkout.fails = ["services delete api-backend"]

    ran = checkout.run("teardown", "my-photos")

    assert ran.returncode == 1
    assert "services delete api-backend" in ran.stderr
    assert "app services delete tasks-backend" in checkout.changes()
    assert checkout.changes()[-1] == "app versions delete v1 --service=default"


def test_deleted_resources_are_not_deleted_again(checkout: Checkout) -> None:
    checkout.questions |= {"tasks queues list": [], "app versions list": []}
    checkout.typed = "my-photos\n"

    ran = checkout.run("teardown", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert checkout.changes() == [
        "app deploy deploy/empty/dispatch.yaml",
        "app deploy deploy/empty/cron.yaml",
    ]
