"""One-click unsubscription: POST acts without cookie or redirect, GET changes nothing."""

import pytest
from flask import Flask

from tests.services.web_frontend.visitors import Person
from timeline.accounts import users
from timeline.accounts.users import AccountChanges
from timeline.digests import sending
from timeline.interfaces import Backends

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def address(ana: Person, backends: Backends) -> str:
    users.change_account(backends, "ana", AccountChanges(summary="weekly"))
    return f"/unsubscribe/{sending.unsubscribe_token(backends, 'ana')}"


def wish(backends: Backends) -> str:
    return users.get_user(backends, "ana").summary


def test_a_mail_program_unsubscribes_with_one_post(app: Flask, address: str, backends: Backends) -> None:
    answers = [app.test_client().post(address, data=ONE_CLICK) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert wish(backends) == "off"


def test_a_web_mailer_may_post_from_another_site(app: Flask, address: str, backends: Backends) -> None:
    elsewhere = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}

    answer = app.test_client().post(address, data=ONE_CLICK, headers=elsewhere)

    assert answer.status_code == 200
    assert wish(backends) == "off"


def test_a_get_request_unsubscribes_nobody(app: Flask, address: str, backends: Backends) -> None:
    answer = app.test_client().get(address)

    assert answer.status_code == 200
    assert "Unsubscribe" in answer.text
    assert wish(backends) == "weekly"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_altered_link_is_not_found(app: Flask, address: str, backends: Backends, method: str) -> None:
    altered = address[:-1] + ("a" if address[-1] != "a" else "b")

    answer = app.test_client().open(altered, method=method.upper())

    assert answer.status_code == 404
    assert wish(backends) == "weekly"
