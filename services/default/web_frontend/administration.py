"""The page of administrators: the size of the site, and the job that re-renders all photos."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Response, jsonify, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from timeline import site_statistics
from timeline.accounts import users
from timeline.errors import NotFound
from timeline.pictures.sizes import SIZES
from timeline.rerendering import job as rerendering
from timeline.serving import current_backends, current_caller, public, signed_in
from timeline.serving.logs import current_trace
from web_frontend import browser_sessions

P = ParamSpec("P")
T = TypeVar("T")

administration = Blueprint("administration", __name__)


def admin_only(view: Callable[P, T]) -> Callable[P, T]:
    """Allow the users of ADMINS. For everyone else the page does not exist."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        backends = current_backends()
        email = users.get_user(backends, current_caller().handle).email
        if not email or email not in backends.settings.admins.split():
            raise NotFound
        return view(*args, **kwargs)

    return checked


@administration.get("")
@public
@browser_sessions.sign_in_first
@admin_only
def page() -> str:
    backends = current_backends()
    statistics = site_statistics.fetch(backends, current_trace())
    job = rerendering.latest(backends)
    return render_template("administration.html", statistics=statistics, job=job, sizes=SIZES)


@administration.get("/rerender")
@signed_in
@admin_only
def progress() -> Response:
    """Return the job as JSON, null if it was never started, and the sizes of this version."""
    job = rerendering.latest(current_backends())
    return jsonify(job=rerendering.to_json(job) if job else None, sizes=SIZES)


@administration.post("/rerender")
@signed_in
@admin_only
def start() -> AnyResponse:
    rerendering.start(current_backends(), current_caller().handle)
    return redirect("/admin", 303)


@administration.post("/rerender/cancel")
@signed_in
@admin_only
def cancel() -> AnyResponse:
    rerendering.cancel(current_backends())
    return redirect("/admin", 303)
