"""A Flask application with Authlib signs in, as it would with any provider."""

import re

import flask
import pytest
import requests
from authlib.integrations.flask_client import OAuth

from gaelocal.identity import IdentityServer


@pytest.fixture
def app(server: IdentityServer) -> flask.Flask:
    app = flask.Flask("relying_party")
    app.secret_key = "test"
    oauth = OAuth(app)
    oauth.register(
        "local",
        client_id="photo-timeline",
        client_secret="any",
        server_metadata_url=f"{server.url}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )
    app.add_url_rule(
        "/signin",
        view_func=lambda: oauth.local.authorize_redirect("http://localhost/callback"),
        endpoint="in",
    )
    app.add_url_rule("/callback", view_func=oauth.local.authorize_access_token, endpoint="back")
    return app


def test_authlib_signs_in_through_the_page(app: flask.Flask) -> None:
    browser = app.test_client()
    page = requests.get(browser.get("/signin").headers["Location"], timeout=60)
    form = re.search(r'<form method="post" action="([^"]*)"', page.text)
    assert form

    address = page.url.split("/authorize")[0] + form[1].replace("&amp;", "&")
    back = requests.post(address, data={"user": "ana"}, allow_redirects=False, timeout=60)
    token = browser.get(back.headers["Location"]).json

    assert token["userinfo"]["preferred_username"] == "ana"
    assert token["userinfo"]["nonce"]
    assert token["token_type"] == "Bearer"
