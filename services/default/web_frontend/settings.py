"""The settings page of the signed-in user."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import Blueprint, Flask, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from timeline.accounts import sessions, users
from timeline.accounts.users import AccountChanges
from timeline.errors import (
    ImageBroken,
    ImageMissing,
    ImageTooLarge,
    ImageTooManyPixels,
    ImageUnsupported,
    InvalidAccount,
    TimelineError,
)
from timeline.exports import archives
from timeline.photos import avatars
from timeline.rate_limits.limits import POSTS
from timeline.serving import current_backends, current_caller, limited, public, signed_in
from timeline.serving.logs import current_trace
from timeline.serving.photo_forms import read_upload
from timeline.serving.problems import problem_of
from web_frontend import browser_sessions
from web_frontend.error_texts import text_of
from web_frontend.service_options import show_problem, wants_page
from web_frontend.timezones import zones_by_region

FIELDS = ("display_name", "timezone", "summary", "bio")
NOTHING: Mapping[str, str] = {}

settings = Blueprint("settings", __name__)


@settings.get("")
@public
@browser_sessions.sign_in_first
def page() -> str:
    return _page()


@settings.post("")
@signed_in
def change() -> Response:
    changes = AccountChanges(**{name: request.form.get(name) for name in FIELDS})
    users.change_account(current_backends(), current_caller().handle, changes)
    flash("Settings saved.")
    return redirect("/settings", 303)


@settings.post("/picture")
@signed_in
@limited(POSTS)
def change_picture() -> Response:
    image = read_upload().image
    avatars.set_avatar(current_backends(), current_caller().handle, cast("BinaryIO", image), current_trace())
    flash("Your picture is being prepared. It appears on your page in a moment.")
    return redirect("/settings", 303)


@settings.post("/picture/remove")
@signed_in
def remove_picture() -> Response:
    avatars.remove_avatar(current_backends(), current_caller().handle)
    flash("Picture removed.")
    return redirect("/settings", 303)


@settings.errorhandler(InvalidAccount)
def show_account_error(error: InvalidAccount) -> Response:
    """Show the error next to its field, and in the others what was typed."""
    problem = problem_of(error)
    if not wants_page():
        return show_problem(problem)
    field, _, _ = problem.detail.partition(" ")
    return Flask.response_class(_page(request.form, {field: text_of(problem)}), problem.status)


@settings.errorhandler(ImageMissing)
@settings.errorhandler(ImageTooLarge)
@settings.errorhandler(ImageUnsupported)
@settings.errorhandler(ImageTooManyPixels)
@settings.errorhandler(ImageBroken)
def show_picture_error(error: TimelineError) -> Response:
    problem = problem_of(error)
    if not wants_page():
        return show_problem(problem)
    return Flask.response_class(_page({}, {"image": text_of(problem)}), problem.status)


def _page(typed: Mapping[str, str] = NOTHING, errors: Mapping[str, str] = NOTHING) -> str:
    """Render the page; `typed` and `errors` are texts by the name of a field."""
    backends, handle = current_backends(), current_caller().handle
    user = users.get_user(backends, handle)
    shown: dict[str, Any] = {name: typed[name] for name in FIELDS if name in typed}
    return render_template(
        "settings.html",
        user=user,
        form=replace(user, **shown),
        errors=errors,
        regions=zones_by_region(user.timezone, backends.clock.now()),
        sessions=sessions.list_sessions(backends, handle),
        export=archives.latest_export(backends, handle),
        name_length=users.MAX_DISPLAY_NAME,
        bio_length=users.MAX_BIO,
    )
