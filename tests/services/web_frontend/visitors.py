"""Visitors of the website in tests: HTTP clients that sign in with OpenID Connect."""

import io
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pictures import a_jpeg

if TYPE_CHECKING:
    from tests.cloud import Cloud

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
READS_PAGES = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Person:
    """A visitor with their own cookies; `handle` is empty without a sign-in."""

    def __init__(self, browser: FlaskClient, handle: str = "") -> None:
        self.browser = browser
        self.handle = handle

    def opens(self, path: str, **headers: str) -> TestResponse:
        return self.browser.get(path, headers=READS_PAGES | _header_names(headers))

    def sends(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """Submit a form from our own page, unless the headers say otherwise."""
        return self.browser.post(
            path, data=form or {}, headers=READS_PAGES | OWN_PAGE | _header_names(headers)
        )

    def posts(self, caption: str = "", image: bytes | None = None, **form: Any) -> str:
        """Post a photo with the form and return its ID."""
        content = a_photo(image, caption) | {"answer": "card"} | form
        answer = self.sends(f"/post/{self.handle}/", content)
        assert answer.status_code == 201, answer.text
        self.opens(
            f"/user/{self.handle}/?limit=1"
        )  # a strong read: a stale Datastore shows to all what it touched
        return ids_on(answer.text)[0]


class Site:
    """The website, and a factory for its visitors."""

    def __init__(self, app: Flask, cloud: "Cloud") -> None:
        self.app = app
        self.cloud = cloud

    def stranger(self) -> Person:
        return Person(self.app.test_client())

    def sign_in(self, user: str) -> Person:
        person = Person(self.app.test_client(), user)
        assert come_back(person, authorize(person, user)).status_code == 303
        return person

    def curl(self, path: str, **form: Any) -> TestResponse:
        """A client without cookies that accepts any content type."""
        return self.app.test_client().post(path, data=form, headers={"Accept": "*/*"})


def authorize(person: Person, user: str, onward: str = "/") -> str:
    """Sign in at the identity provider and return the redirect URL."""
    away = person.opens(f"/signin?next={onward}").headers["Location"]
    chosen = requests.post(_form_address(away), data={"user": user}, allow_redirects=False, timeout=60)
    return chosen.headers["Location"]


def come_back(person: Person, address: str) -> TestResponse:
    parts = urlsplit(address)
    return person.opens(f"{parts.path}?{parts.query}")


def a_photo(image: bytes | None = None, caption: str = "") -> dict[str, Any]:
    """Return the form fields of a post."""
    content = a_jpeg() if image is None else image
    return {"image": (io.BytesIO(content), "photo.jpg"), "caption": caption}


def ids_on(page: str) -> list[str]:
    return re.findall(r'id="photo-([^"]+)"', page)


def _form_address(away: str) -> str:
    page = requests.get(away, timeout=60)
    found = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert found, page.text
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}{found[1].replace('&amp;', '&')}"


def _header_names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
