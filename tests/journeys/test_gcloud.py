"""The real gcloud deploys the whole project into gaelocal, splits traffic and rolls back."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests import pictures
from tests.journeys.gcloud_user import GcloudUser
from tests.journeys.platform import Platform

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed"),
]
EVERYTHING = "services/*/app.yaml dispatch.yaml cron.yaml queue.yaml index.yaml"
RATE_20 = "name: renditions\n    target: tasks-backend\n    rate: 20/s"
RATE_7 = RATE_20.replace("20/s", "7/s")
REQUESTS = 1000
HALF = range(400, 601)
"""Of 1,000 fair coins; being outside by chance happens once in ten thousand million times."""


@pytest.fixture(scope="module")
def gcloud_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GcloudUser]:
    """A platform with a deployed version `one` of all services, whose files differ from the repository's."""
    platform = Platform(tmp_path_factory.mktemp("gcloud_user"))
    gcloud_user = GcloudUser.with_a_copy(platform, tmp_path_factory.mktemp("copy"))
    gcloud_user.edit("queue.yaml", RATE_20, RATE_7)
    gcloud_user.edit("cron.yaml", "every 5 minutes", "every 10 minutes")
    gcloud_user.edit(
        "dispatch.yaml",
        '- url: "*/api/*"',
        '- url: "*/a/p/i/*"\n    service: api-backend\n  - url: "*/api/*"',
    )
    try:
        platform.start()
        gcloud_user.type(f"gcloud app deploy {EVERYTHING} --version one")
        yield gcloud_user
    finally:
        platform.stop()


@pytest.fixture(scope="module")
def with_two(gcloud_user: GcloudUser) -> GcloudUser:
    """Version `two` of the website, deployed without traffic; its robots.txt tells the version."""
    robots = gcloud_user.project / "services/default/web_frontend/static/robots.txt"
    robots.write_text(robots.read_text() + "# two\n")
    gcloud_user.type("gcloud app deploy services/default/app.yaml --version two --no-promote")
    return gcloud_user


def give_all_traffic_to(gcloud_user: GcloudUser, version: str) -> None:
    gcloud_user.type(f"gcloud app services set-traffic default --splits {version}=1")


def test_everything_that_was_deployed_serves(gcloud_user: GcloudUser) -> None:
    listed = gcloud_user.rows("gcloud app versions list")
    services = gcloud_user.rows("gcloud app services list")

    serving = {
        row["SERVICE"] for row in listed if (row["VERSION.ID"], row["TRAFFIC_SPLIT"]) == ("one", "1.00")
    }
    assert serving == {"default", "api-backend", "tasks-backend"}
    assert {row["SERVICE"] for row in services} == serving
    assert gcloud_user.version() == "one"
    assert gcloud_user.version("api-backend") == "one"


def test_a_photo_passes_through_all_three_deployed_services(gcloud_user: GcloudUser) -> None:
    ana = gcloud_user.platform.as_("deployed-ana")

    posted = ana.post_photo(pictures.a_jpeg(width=900, height=600), caption="sea")

    assert ana.ready_photo(posted.json()["id"])["status"] == "ready"
    assert "sea" in gcloud_user.get("/user/deployed-ana/").text


def test_a_version_without_traffic_is_seen_at_its_own_address_only(with_two: GcloudUser) -> None:
    give_all_traffic_to(with_two, "one")

    assert with_two.version("two-dot-default") == "two"
    assert with_two.version("two-dot-photo-timeline") == "two"
    assert with_two.version() == "one"


def test_a_version_serves_exactly_the_files_that_were_uploaded(with_two: GcloudUser) -> None:
    one = with_two.get("/robots.txt", "one-dot-default").text
    two = with_two.get("/robots.txt", "two-dot-default").text

    assert two == one + "# two\n"


def test_traffic_split_at_random_is_shared_as_asked(with_two: GcloudUser) -> None:
    with_two.type("gcloud app services set-traffic default --splits one=0.5,two=0.5 --split-by random")

    with requests.Session() as session:
        seen = Counter(with_two.version(session=session) for _ in range(REQUESTS))

    print(f"of {REQUESTS} requests: {dict(seen)}")
    assert seen["one"] + seen["two"] == REQUESTS
    assert seen["two"] in HALF


def test_traffic_split_by_cookie_keeps_a_browser_with_its_version(with_two: GcloudUser) -> None:
    with_two.type("gcloud app services set-traffic default --splits one=0.5,two=0.5 --split-by cookie")

    browsers = []
    for _ in range(40):
        with requests.Session() as browser:
            browsers.append({with_two.version(session=browser) for _ in range(3)})

    assert {len(seen) for seen in browsers} == {1}
    assert {"one", "two"} == set.union(*browsers)


def test_traffic_split_by_address_keeps_an_address_with_its_version(with_two: GcloudUser) -> None:
    with_two.type("gcloud app services set-traffic default --splits one=0.5,two=0.5 --split-by ip")

    assert len({with_two.version() for _ in range(20)}) == 1


def test_a_rollback_gives_everybody_the_first_version_again(with_two: GcloudUser) -> None:
    give_all_traffic_to(with_two, "two")
    after_the_release = with_two.version()

    give_all_traffic_to(with_two, "one")

    assert (after_the_release, with_two.version()) == ("two", "one")


def test_logs_are_read_by_service_version_and_severity(with_two: GcloudUser) -> None:
    with_two.get("/robots.txt?looked-for", "two-dot-default")
    with_two.get("/logging/", "two-dot-default")

    read = with_two.type("gcloud app logs read --service default --version two").text
    errors = with_two.type("gcloud app logs read --service default --level error").text

    assert 'default[two]  "GET /robots.txt?looked-for HTTP/1.1" 200' in read
    assert "default[one]" not in read
    assert errors
    assert "robots.txt" not in errors


def test_an_error_is_read_by_the_request_id_it_shows(gcloud_user: GcloudUser) -> None:
    refused = gcloud_user.get("/api/v1/photos/none").json()

    wanted = f"jsonPayload.request_id={refused['request_id']}"
    read = gcloud_user.type(f"gcloud logging read '{wanted}' --format='value(jsonPayload.message)'").text

    assert "GET /api/v1/photos/none 404" in read


def test_a_version_is_stopped_started_and_deleted(with_two: GcloudUser) -> None:
    give_all_traffic_to(with_two, "one")
    with_two.type("gcloud app deploy services/default/app.yaml --version spare --no-promote")

    with_two.type("gcloud app versions stop spare --service default")
    stopped = with_two.get("/whoami", "spare-dot-default").status_code
    with_two.type("gcloud app versions start spare --service default")
    started = with_two.version("spare-dot-default")
    with_two.type("gcloud app versions delete spare --service default")

    assert (stopped >= 400, started) == (True, "spare")
    assert "spare" not in with_two.type("gcloud app versions list --service default").text


def test_a_version_with_traffic_is_not_deleted(gcloud_user: GcloudUser) -> None:
    refused = gcloud_user.try_to("gcloud app versions delete one --service api-backend")

    assert refused.status != 0
    assert gcloud_user.version("api-backend") == "one"


def test_instances_are_listed_and_ended(gcloud_user: GcloudUser) -> None:
    [instance] = [
        row["ID"] for row in gcloud_user.rows("gcloud app instances list --service api-backend --version one")
    ]

    gcloud_user.type(f"gcloud app instances delete {instance} --service api-backend --version one")

    assert gcloud_user.get("/whoami", "one-dot-api-backend").json()["instance"] != instance


def test_the_app_is_described_and_its_address_told(gcloud_user: GcloudUser) -> None:
    port = gcloud_user.platform.app.rpartition(":")[2]

    described = gcloud_user.type("gcloud app describe").text
    address = gcloud_user.type(
        "gcloud app browse --no-launch-browser --service api-backend --version one"
    ).text
    operations = gcloud_user.rows("gcloud app operations list")

    assert "servingStatus: SERVING" in described
    assert address.strip() == f"https://one-dot-api-backend-dot-photo-timeline.localhost:{port}"
    assert gcloud_user.version("one-dot-api-backend-dot-photo-timeline") == "one"
    assert {row["STATUS"] for row in operations} <= {"COMPLETED", "ERROR"}


def test_what_cannot_be_installed_fails_the_deploy_in_the_installers_words(gcloud_user: GcloudUser) -> None:
    requirements = gcloud_user.project / "services/default/requirements.txt"
    before = requirements.read_text()
    requirements.write_text(before + "no requirement at all\n")

    failed = gcloud_user.try_to("gcloud app deploy services/default/app.yaml --version broken")
    requirements.write_text(before)

    assert failed.status != 0
    assert "no requirement at all" in failed.text
    assert "broken" not in gcloud_user.type("gcloud app versions list --service default").text


def test_another_project_is_refused(gcloud_user: GcloudUser) -> None:
    refused = gcloud_user.try_to("gcloud app describe --project production")

    assert refused.status != 0
    assert "This platform runs the project photo-timeline, not production" in refused.text


def test_the_deployed_yaml_files_win_over_those_of_the_project_and_survive_a_restart(
    gcloud_user: GcloudUser,
) -> None:
    gcloud_user.platform.stop()
    gcloud_user.platform.start()

    queues = {row["name"]: row["rate"] for row in gcloud_user.platform.ask_console("/api/queues")}
    cron = {row["url"]: row["schedule"] for row in gcloud_user.platform.ask_console("/api/cron")}
    assert (queues["renditions"], queues["erase"]) == (7.0, 20.0)
    assert cron["/tasks/sweep"] == "every 10 minutes"
    assert "every 10 minutes" in gcloud_user.platform.run("cron").stdout
    assert gcloud_user.get("/a/p/i/whoami").headers["Content-Type"].startswith("application/problem+json")
    assert (gcloud_user.version("api-backend"), gcloud_user.version("dev-dot-api-backend")) == ("one", "dev")


def test_a_second_deploy_of_the_same_changes_no_queue_and_no_job(gcloud_user: GcloudUser) -> None:
    before = gcloud_user.platform.ask_console("/api/cron")

    gcloud_user.type("gcloud app deploy dispatch.yaml cron.yaml queue.yaml index.yaml")

    assert [row["next_run"] for row in gcloud_user.platform.ask_console("/api/cron")] == [
        row["next_run"] for row in before
    ]
    assert Path(gcloud_user.platform.folder / "state/scheduler/deployed.json").exists()
