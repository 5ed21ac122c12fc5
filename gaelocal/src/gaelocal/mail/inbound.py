"""Mail to the project itself: it reaches the service that reads it, as on App Engine."""

import asyncio
from collections.abc import Iterable
from urllib.parse import quote

from gaelocal.delivery import Deliver, Delivery, DeliveryFailed
from gaelocal.supervision import Health

INBOUND_SERVICE = "mail"


class InboundMail:
    """Posts each mail for `ANYTHING@PROJECT.appspotmail.com` to `/_ah/mail/ADDRESS`.

    The service needs `inbound_services: [mail]`. A failed delivery is logged and not repeated.
    """

    def __init__(self, project: str, deliver: Deliver, health: Health) -> None:
        self._domain = f"@{project}.appspotmail.com"
        self._deliver = deliver
        self._health = health
        self._deliveries: set[asyncio.Task[None]] = set()

    def accept(self, recipients: Iterable[str], content: bytes) -> None:
        """Deliver a mail in the background: its sender may be the service that has to read it."""
        for address in recipients:
            if address.lower().endswith(self._domain):
                task = asyncio.create_task(self._post(address, content))
                self._deliveries.add(task)
                task.add_done_callback(self._deliveries.discard)

    async def stop(self) -> None:
        for task in self._deliveries:
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def _post(self, address: str, content: bytes) -> None:
        delivery = Delivery(
            path=f"/_ah/mail/{quote(address, safe='@+')}",
            method="POST",
            headers={"Content-Type": "message/rfc822"},
            body=content,
            inbound_service=INBOUND_SERVICE,
        )
        try:
            delivered = await self._deliver(delivery)
        except DeliveryFailed as failure:
            self._health.incident(f"the mail to {address} was not delivered", failure)
            return
        if not delivered.is_success:
            self._health.incident(f"the mail to {address} was answered with {delivered.status}")
