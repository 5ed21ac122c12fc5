"""The API, and users that call it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from api_backend import create_app
from tests.services.api_backend.actors import Actor

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends


@pytest.fixture
def app(backends: "Backends") -> Flask:
    return create_app(backends)


@pytest.fixture
def api(app: Flask, cloud: "Cloud") -> "Api":
    return Api(app, cloud.token_for)


class Api(Actor):
    """A caller without a token; `as_` returns one with a token."""

    def __init__(self, app: Flask, token_for: Callable[[str], str]) -> None:
        super().__init__(app.test_client(), None)
        self._app = app
        self._token_for = token_for

    def as_(self, user: str) -> Actor:
        return self.with_token(self._token_for(user))

    def with_token(self, token: str) -> Actor:
        return Actor(self._app.test_client(), token)
