"""Mail to the project's own domain reaches the service that reads mail."""

from pathlib import Path

import pytest
from tests.mail.conftest import a_mail, connected
from tests.serving_thread import serving

from gaelocal.delivery import Delivered, Delivery, DeliveryFailed
from gaelocal.mail import InboundMail, MailServer
from gaelocal.supervision import Health
from tests.waiting import eventually


class Receiver:
    """Answers every delivery with one status, and keeps it."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.got: list[Delivery] = []

    async def __call__(self, delivery: Delivery) -> Delivered:
        self.got.append(delivery)
        if not self.status:
            raise DeliveryFailed("default: no version is serving")
        return Delivered(self.status)


def send(receiver: Receiver, data: Path, to: str, health: Health | None = None) -> int:
    """Send a mail; return the number of stored mails after its delivery."""
    inbound = InboundMail("demo", receiver, health or Health())
    with serving(MailServer(data, 0, inbound=inbound)) as server:
        with connected(server.address) as smtp:
            smtp.send_message(a_mail(to=to))
        if "demo.appspotmail.com" in to:
            eventually(lambda: receiver.got)
        return len(server.messages())


def test_a_mail_to_the_project_is_posted_to_it_and_stored(tmp_path: Path) -> None:
    receiver = Receiver()

    stored = send(receiver, tmp_path, "ana@example.com, photos+1@demo.appspotmail.com")

    (delivery,) = receiver.got
    assert delivery.path == "/_ah/mail/photos+1@demo.appspotmail.com"
    assert (delivery.method, delivery.inbound_service) == ("POST", "mail")
    assert delivery.headers == {"Content-Type": "message/rfc822"}
    assert b"Subject: Your day" in delivery.body
    assert stored == 1


def test_mail_to_others_is_only_stored(tmp_path: Path) -> None:
    receiver = Receiver()

    stored = send(receiver, tmp_path, "ana@other.appspotmail.com")

    assert receiver.got == []
    assert stored == 1


@pytest.mark.parametrize(
    ("status", "said"), [(500, "was answered with 500"), (0, "was not delivered: DeliveryFailed: default")]
)
def test_a_failed_delivery_is_an_incident(tmp_path: Path, status: int, said: str) -> None:
    health = Health()

    send(Receiver(status), tmp_path, "ana@demo.appspotmail.com", health)

    (incident,) = health.as_json()["incidents"]
    assert f"the mail to ana@demo.appspotmail.com {said}" in incident["message"]
