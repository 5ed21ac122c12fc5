"""Tasks for addresses outside the app, sent over real HTTP."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2, tasks_v2beta3
from tests.tasks.harness import LOCATION, TasksHarness, queue_path
from tests.tasks.http_receiver import HttpReceiver, http_receiver

from gaelocal.identity.keys import load_or_make
from gaelocal.identity.tokens import Tokens
from gaelocal.retry import RetryPolicy
from gaelocal.tasks import QueueConfig

ACCOUNT = "tasks@photo-timeline.iam.gserviceaccount.com"
ONE_SECOND = RetryPolicy(min_backoff=1, max_backoff=1)


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as running:
        yield running


@pytest.fixture
def tokens(harness: TasksHarness) -> Tokens:
    """The identity provider that signs the tokens of this server's tasks."""
    provider = Tokens("http://localhost:8085")
    provider.key = load_or_make(harness.data.parent / "key.pem")
    harness.credentials = provider
    return provider


def create_http_queue(client: tasks_v2.CloudTasksClient, name: str = "q", **target: Any) -> None:
    client.create_queue(parent=LOCATION, queue={"name": queue_path(name), "http_target": target})


def test_an_http_task_is_posted_with_the_headers_of_cloud_tasks(
    harness: TasksHarness, receiver: HttpReceiver
) -> None:
    client = harness.start(QueueConfig(name="q"))
    headers = {"X-Mine": "1", "X-CloudTasks-QueueName": "forged", "User-Agent": "mine"}

    client.create_task(parent=queue_path(), task=receiver.task(body=b"hi", headers=headers))

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    (sent,) = receiver.got
    got = sent.headers
    assert (sent.method, sent.path, sent.body) == ("POST", "/hook?a=1", b"hi")
    assert got["User-Agent"] == "Google-Cloud-Tasks"
    assert got["X-CloudTasks-QueueName"] == "q"
    assert got["X-CloudTasks-TaskRetryCount"] == "0"
    assert got["X-CloudTasks-TaskExecutionCount"] == "0"
    assert {"X-CloudTasks-TaskName", "X-CloudTasks-TaskETA", "X-Mine"} <= set(got)
    assert "Content-Type" not in got


def test_a_redirect_is_a_failure_and_not_followed(harness: TasksHarness, receiver: HttpReceiver) -> None:
    client = harness.start(QueueConfig(name="q", retry=RetryPolicy(min_backoff=1)))
    receiver.answers = [302]
    client.create_task(parent=queue_path(), task=receiver.task())
    harness.until(lambda: receiver.got and not harness.queue("q")["running"])

    harness.advance(1)

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    assert [sent.path for sent in receiver.got] == ["/hook?a=1", "/hook?a=1"]
    assert receiver.got[1].headers["X-CloudTasks-TaskPreviousResponse"] == "302"


def test_a_429_slows_a_queue_of_http_tasks(harness: TasksHarness, receiver: HttpReceiver) -> None:
    client = harness.start(QueueConfig(name="q"))
    receiver.answers = [429]

    client.create_task(parent=queue_path(), task=receiver.task())

    harness.until(lambda: harness.queue("q")["pace"] == 0.5)


def test_a_refused_connection_is_a_failed_attempt(harness: TasksHarness, receiver: HttpReceiver) -> None:
    client = harness.start(QueueConfig(name="q"))
    task = tasks_v2.Task(http_request={"url": "http://127.0.0.1:1/"})

    created = client.create_task(parent=queue_path(), task=task)

    harness.until(lambda: harness.queue("q")["tasks"] and not harness.queue("q")["running"])
    found = client.get_task(name=created.name)
    assert (found.dispatch_count, found.response_count) == (1, 0)


def claims(receiver: HttpReceiver, provider: Tokens) -> dict[str, Any]:
    """Return the verified claims of the token of the only request."""
    (sent,) = receiver.got
    scheme, token = sent.headers["Authorization"].split()
    assert scheme == "Bearer"
    key = jwt.PyJWK(provider.public_keys["keys"][0])
    found: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})
    return found


@pytest.mark.parametrize("audience", ["", "https://service.example/audience"])
def test_a_task_carries_the_id_token_of_its_service_account(
    harness: TasksHarness, receiver: HttpReceiver, tokens: Tokens, audience: str
) -> None:
    client = harness.start(QueueConfig(name="q"))
    oidc = {"service_account_email": ACCOUNT, "audience": audience}

    client.create_task(parent=queue_path(), task=receiver.task(oidc_token=oidc))

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    found = claims(receiver, tokens)
    assert found["aud"] == (audience or f"{receiver.url}/hook?a=1")
    assert (found["iss"], found["email"], found["email_verified"]) == (tokens.issuer, ACCOUNT, True)


def test_a_task_carries_the_access_token_of_its_service_account(
    harness: TasksHarness, receiver: HttpReceiver, tokens: Tokens
) -> None:
    client = harness.start(QueueConfig(name="q"))
    oauth = {"service_account_email": ACCOUNT}

    client.create_task(parent=queue_path(), task=receiver.task(oauth_token=oauth))

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    assert claims(receiver, tokens)["scope"] == "https://www.googleapis.com/auth/cloud-platform"


def test_a_token_that_nobody_could_sign_is_refused(harness: TasksHarness, receiver: HttpReceiver) -> None:
    client = harness.start(QueueConfig(name="q"))

    with pytest.raises(exceptions.MethodNotImplemented, match="identity provider"):
        client.create_task(
            parent=queue_path(), task=receiver.task(oidc_token={"service_account_email": ACCOUNT})
        )


def test_a_service_account_without_an_email_is_refused(harness: TasksHarness, tokens: Tokens) -> None:
    client = harness.start(QueueConfig(name="q"))
    request = {"url": "http://example.com/", "oidc_token": {"audience": tokens.issuer}}

    with pytest.raises(exceptions.InvalidArgument, match="serviceAccountEmail"):
        client.create_task(parent=queue_path(), task=tasks_v2.Task(http_request=request))


def test_only_answers_below_500_count_as_executions(harness: TasksHarness, receiver: HttpReceiver) -> None:
    client = harness.start(QueueConfig(name="q", retry=ONE_SECOND))
    receiver.answers = [503, 500, 404]
    client.create_task(parent=queue_path(), task=receiver.task())

    for attempts in (1, 2, 3):
        harness.until(lambda seen=attempts: len(receiver.got) == seen and not harness.queue("q")["running"])
        harness.advance(40)

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    counts = [sent.headers["X-CloudTasks-TaskExecutionCount"] for sent in receiver.got]
    assert counts == ["0", "0", "0", "1"]
    assert not any("X-CloudTasks-TaskRetryReason" in sent.headers for sent in receiver.got)


def test_the_next_attempt_waits_as_long_as_the_answer_asks(
    harness: TasksHarness, receiver: HttpReceiver
) -> None:
    client = harness.start(QueueConfig(name="q", retry=ONE_SECOND))
    receiver.answers, receiver.headers = [429], {"Retry-After": "120"}
    created = client.create_task(parent=queue_path(), task=receiver.task())

    harness.until(lambda: receiver.got and not harness.queue("q")["running"])

    waiting = client.get_task(name=created.name)
    assert waiting.schedule_time.timestamp() == pytest.approx(harness.clock.now() + 120)


def test_a_queue_overrides_address_method_headers_and_token(
    harness: TasksHarness, receiver: HttpReceiver, tokens: Tokens
) -> None:
    client = harness.start()
    create_http_queue(
        client,
        uri_override={
            "scheme": "HTTP",
            "host": "127.0.0.1",
            "port": receiver.port,
            "path_override": {"path": "/queue"},
            "query_override": {"query_params": "b=2"},
        },
        http_method="PUT",
        header_overrides=[{"header": {"key": "X-Mine", "value": "queue"}}],
        oidc_token={"service_account_email": ACCOUNT},
    )
    task = {"url": "https://task.example/own?a=1", "headers": {"X-Mine": "task", "X-Other": "task"}}

    client.create_task(parent=queue_path(), task=tasks_v2.Task(http_request=task))

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    (sent,) = receiver.got
    assert (sent.method, sent.path) == ("PUT", "/queue?b=2")
    assert (sent.headers["X-Mine"], sent.headers["X-Other"]) == ("queue", "task")
    assert claims(receiver, tokens)["aud"] == f"{receiver.url}/queue?b=2"


def test_a_queue_can_fill_in_only_what_a_task_lacks(harness: TasksHarness, receiver: HttpReceiver) -> None:
    client = harness.start()
    create_http_queue(
        client,
        uri_override={
            "host": "queue.example",
            "path_override": {"path": "/queue"},
            "query_override": {"query_params": "b=2"},
            "uri_override_enforce_mode": "IF_NOT_EXISTS",
        },
    )

    client.create_task(parent=queue_path(), task=receiver.task(url=f"{receiver.url}/own"))

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    assert receiver.got[0].path == "/own?b=2"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"uri_override": {"host": "http://x"}}, "UriOverride.host"),
        ({"uri_override": {"port": 70_000}}, "UriOverride.port"),
        ({"header_overrides": [{"header": {"key": "a b", "value": "x"}}]}, "HTTP header"),
        ({"oidc_token": {"service_account_email": "nobody"}}, "serviceAccountEmail"),
    ],
)
def test_an_http_target_that_makes_no_sense_is_refused(
    harness: TasksHarness, target: dict[str, Any], said: str
) -> None:
    client = harness.start()

    with pytest.raises(exceptions.InvalidArgument, match=said):
        create_http_queue(client, **target)


def test_the_beta_client_shares_queues_and_tasks_with_the_stable_one(
    harness: TasksHarness, receiver: HttpReceiver
) -> None:
    stable, beta = harness.start(), harness.beta_client()
    override = {"scheme": "HTTP", "host": "127.0.0.1", "port": receiver.port}
    queue = {"name": queue_path(), "http_target": {"uri_override": override}}
    created = beta.create_queue(parent=LOCATION, queue=queue)

    stable.create_task(parent=queue_path(), task=receiver.task(url="https://task.example/own"))

    harness.until(lambda: harness.queue("q")["tasks"] == 0)
    assert created.type_ == tasks_v2beta3.Queue.Type.PUSH
    assert receiver.got[0].path == "/own"


def test_the_beta_client_routes_one_level_deeper(harness: TasksHarness) -> None:
    stable, beta = harness.start(), harness.beta_client()
    override = {"app_engine_routing_override": {"service": "worker"}}

    beta.create_queue(parent=LOCATION, queue={"name": queue_path(), "app_engine_http_queue": override})

    assert stable.get_queue(name=queue_path()).app_engine_routing_override.service == "worker"
    found = beta.get_queue(name=queue_path())
    assert found.app_engine_http_queue.app_engine_routing_override.service == "worker"
