"""Tasks and cron: requests of the platform itself."""

import json

import pytest
from tests.appengine.running import Running

from gaelocal.delivery import Delivery, DeliveryFailed


def test_platform_headers_reach_the_service_as_they_stand(front_door: Running) -> None:
    delivery = Delivery(
        path="/headers", service="api", headers={"X-AppEngine-QueueName": "mail", "User-Agent": "x"}
    )

    delivered = front_door.run(front_door.engine.send(delivery))

    seen = json.loads(delivered.body)
    assert delivered.is_success
    assert (seen["HTTP_X_APPENGINE_QUEUENAME"], seen["HTTP_USER_AGENT"]) == ("mail", "x")
    assert seen["HTTP_HOST"] == "api.localhost"


def test_a_body_is_delivered(front_door: Running) -> None:
    delivery = Delivery(path="/echo", method="POST", body=b"abc", headers={"Content-Type": "text/plain"})

    assert front_door.run(front_door.engine.send(delivery)).body == b"abc"


def test_without_a_service_the_path_is_dispatched(front_door: Running) -> None:
    assert front_door.run(front_door.engine.send(Delivery(path="/api/x?a=b"))).body == b"hello from api"
    assert front_door.run(front_door.engine.send(Delivery(path="/x"))).body == b"hello from default"


def test_a_failing_response_is_returned_and_is_not_a_success(front_door: Running) -> None:
    delivered = front_door.run(front_door.engine.send(Delivery(path="/fail")))

    assert (delivered.status, delivered.is_success) == (500, False)


def test_the_platform_may_request_internal_paths(front_door: Running) -> None:
    assert front_door.run(front_door.engine.send(Delivery(path="/_ah/start", service="api"))).is_success


def test_mail_reaches_only_a_service_that_wants_mail(front_door: Running) -> None:
    with pytest.raises(DeliveryFailed, match=r"does not have `inbound_services: \[mail\]`"):
        front_door.run(front_door.engine.send(Delivery(path="/x", inbound_service="mail")))


def test_a_deadline_that_passes_is_a_failed_delivery(front_door: Running) -> None:
    with pytest.raises(DeliveryFailed, match="TimeoutError"):
        front_door.run(front_door.engine.send(Delivery(path="/wait/deadline", deadline=0.2)))

    front_door.ask("/release/deadline")


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(path="/", headers={"X-Bad": "a\r\nX-Injected: b"}),
        Delivery(path="/large-headers/9000"),
    ],
)
def test_an_impossible_delivery_fails(front_door: Running, delivery: Delivery) -> None:
    with pytest.raises(DeliveryFailed):
        front_door.run(front_door.engine.send(delivery))


def test_a_path_with_spaces_and_letters_beyond_ascii_is_delivered(front_door: Running) -> None:
    seen = json.loads(front_door.run(front_door.engine.send(Delivery(path="/headers/ä b?q=1"))).body)

    assert seen["RAW_URI"] == "/headers/%C3%A4%20b?q=1"
