"""Links and upload sessions use the public address of the storage."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import requests

from timeline.gcp.storage import Storage, connect

if TYPE_CHECKING:
    from timeline.settings import Settings


pytestmark = pytest.mark.usefixtures("backends")  # makes the bucket


@pytest.fixture
def public(settings: "Settings") -> str:
    """Return the address of the same server with another host name."""
    return settings.storage_emulator_host.replace("127.0.0.1", "localhost")


@pytest.fixture
def storage(settings: "Settings", public: str) -> Storage:
    return connect(replace(settings, storage_public_url=public))


def test_a_signed_link_opens_at_the_public_address(storage: Storage, public: str) -> None:
    storage.add("exports/a.zip", b"archive", "application/zip")

    link = storage.link("exports/a.zip", 60, "a.zip")

    assert link.startswith(f"{public}/")
    assert requests.get(link, timeout=60).content == b"archive"


def test_an_upload_session_is_used_at_the_public_address_and_cancelled_by_the_service(
    storage: Storage, public: str
) -> None:
    session = storage.begin("uploads/a", "image/jpeg", 3)
    unused = storage.begin("uploads/b", "image/jpeg", 3)

    sent = requests.put(session, data=b"abc", timeout=60)
    storage.cancel(unused)

    assert session.startswith(f"{public}/")
    assert sent.status_code == 200
    assert storage.read("uploads/a") == b"abc"
    assert requests.put(unused, data=b"abc", timeout=60).status_code == 404


def test_a_session_is_cancelled_where_services_reach_the_storage(settings: "Settings") -> None:
    storage = connect(replace(settings, storage_public_url="http://for-browsers.invalid:1"))
    session = storage.begin("uploads/c", "image/jpeg", 3)

    storage.cancel(session)

    inside = session.replace("http://for-browsers.invalid:1", settings.storage_emulator_host)
    assert requests.put(inside, data=b"abc", timeout=60).status_code == 404


def test_without_a_public_address_links_carry_the_address_of_the_services(settings: "Settings") -> None:
    link = connect(settings).link("exports/a.zip", 60, "a.zip")

    assert link.startswith(f"{settings.storage_emulator_host}/")
