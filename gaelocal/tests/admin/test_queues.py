"""The calls of `gcloud app deploy queue.yaml` and their effect on the running queues."""

from typing import Any

from tests.admin.conftest import QUEUES, Asked

from gaelocal.tasks.state.queue_state import Queue, State

WHOLE: dict[str, Any] = {
    "name": "projects/photo-timeline/locations/us-central1/queues/renditions",
    "rateLimits": {"maxDispatchesPerSecond": 7.0, "maxBurstSize": 3, "maxConcurrentDispatches": 2},
    "retryConfig": {
        "maxAttempts": 4,
        "minBackoff": "0.500s",
        "maxBackoff": "60s",
        "maxDoublings": 3,
        "maxRetryDuration": "0s",
    },
    "appEngineHttpQueue": {"appEngineRoutingOverride": {"service": "api-backend"}},
    "taskTtl": "315360000s",
    "tombstoneTtl": "777600s",
    "type": "PUSH",
}
MASK = ",".join(
    [
        *(f"rateLimits.{key}" for key in WHOLE["rateLimits"]),
        *(f"retryConfig.{key}" for key in WHOLE["retryConfig"]),
        *("appEngineHttpQueue.appEngineRoutingOverride", "taskTtl", "tombstoneTtl"),
    ]
)


DEPLOY = {"User-Agent": "google-cloud-sdk gcloud/528.0.0 command/gcloud.app.deploy interactive/False"}


def deploy(ask: Asked, queue: str = "renditions") -> None:
    answer = ask(
        "PATCH",
        f"{QUEUES}/{queue}",
        {key: value for key, value in WHOLE.items() if key != "name"},
        params={"updateMask": MASK},
        headers=DEPLOY,
    )
    assert answer.status_code == 200, answer.text


def running(ask: Asked, queue: str) -> Queue:
    """Return the queue with its current settings."""
    return ask.behind.tasks.control.dispatcher(queue).queue


def test_a_queue_of_the_file_is_returned_without_limits_so_that_gcloud_sends_all(
    ask: Asked,
) -> None:
    told = ask("GET", QUEUES, headers=DEPLOY).json()["queues"]

    assert [queue["state"] for queue in told] == ["RUNNING", "RUNNING"]
    assert not any("rateLimits" in queue or "retryConfig" in queue for queue in told)


def test_version_2_tells_every_queue_whole(ask: Asked) -> None:
    told = ask.get(QUEUES.replace("v2beta3", "v2") + "/renditions")

    assert told["rateLimits"]["maxDispatchesPerSecond"] == 20.0
    assert told["retryConfig"]["maxAttempts"] == 8
    assert told["appEngineRoutingOverride"]["host"].startswith("tasks-backend.photo-timeline.")


def test_a_deployed_queue_works_by_its_new_numbers_at_once(ask: Asked) -> None:
    deploy(ask)

    config = running(ask, "renditions").config
    assert (config.rate, config.bucket_size, config.max_concurrent) == (7.0, 3, 2)
    assert (config.retry.max_attempts, config.target.service) == (4, "api-backend")


def test_what_was_deployed_wins_over_the_file_after_a_restart(ask: Asked) -> None:
    deploy(ask)
    ask("POST", f"{QUEUES}/erase:pause")

    ask.restart()

    assert running(ask, "renditions").config.rate == 7.0
    assert running(ask, "erase").state is State.PAUSED


def test_a_queue_that_did_not_exist_is_created(ask: Asked) -> None:
    deploy(ask, "new-one")

    assert running(ask, "new-one").config.rate == 7.0


def test_a_deployed_queue_is_returned_completely_in_gclouds_format(ask: Asked) -> None:
    deploy(ask)

    queues = ask("GET", QUEUES, headers=DEPLOY).json()["queues"]
    told = next(queue for queue in queues if queue["name"] == WHOLE["name"])
    assert told["rateLimits"] == WHOLE["rateLimits"]
    assert told["retryConfig"] == WHOLE["retryConfig"]


def test_only_what_the_mask_names_changes(ask: Asked) -> None:
    limits = {"maxDispatchesPerSecond": 1.5, "maxConcurrentDispatches": 9}
    ask(
        "PATCH",
        f"{QUEUES}/renditions",
        {"rateLimits": limits},
        params={"updateMask": "rateLimits.maxDispatchesPerSecond"},
    )

    config = running(ask, "renditions").config
    assert (config.rate, config.max_concurrent, config.retry.max_attempts) == (1.5, 1000, 8)


def test_a_queue_that_was_only_changed_follows_its_file_again_after_a_restart(ask: Asked) -> None:
    limits = {"rateLimits": {"maxDispatchesPerSecond": 3}}
    ask("PATCH", f"{QUEUES.replace('v2beta3', 'v2')}/renditions", limits)
    changed = running(ask, "renditions").config.rate

    ask.restart()

    assert (changed, running(ask, "renditions").config.rate) == (3, 20)


def test_a_queue_is_paused_and_resumed(ask: Asked) -> None:
    paused = ask("POST", f"{QUEUES}/erase:pause").json()["state"]
    resumed = ask("POST", f"{QUEUES}/erase:resume").json()["state"]

    assert (paused, resumed) == ("PAUSED", "RUNNING")


def test_a_deleted_queue_is_gone(ask: Asked) -> None:
    ask("DELETE", f"{QUEUES}/erase")

    assert ask("GET", f"{QUEUES}/erase").status_code == 404


def test_a_rate_beyond_the_bounds_is_refused_by_name(ask: Asked) -> None:
    answer = ask(
        "PATCH",
        f"{QUEUES}/erase",
        {"rateLimits": {"maxDispatchesPerSecond": 501}},
        params={"updateMask": "rateLimits.maxDispatchesPerSecond"},
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert "max_dispatches_per_second" in answer.json()["error"]["message"]
