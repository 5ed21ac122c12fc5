"""The settings page of the signed-in user."""

from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from timeline.accounts import sessions, users
from timeline.accounts.users import AccountChanges
from timeline.exports import archives
from timeline.photos import avatars
from timeline.rate_limits.limits import POSTS
from timeline.serving import current_backends, current_caller, limited, public, signed_in
from timeline.serving.logs import current_trace
from timeline.serving.photo_forms import read_upload
from web_frontend import browser_sessions
from web_frontend.timezones import zones_by_region

settings = Blueprint("settings", __name__)


@settings.get("")
@public
@browser_sessions.sign_in_first
def page() -> str:
    backends, handle = current_backends(), current_caller().handle
    user = users.get_user(backends, handle)
    return render_template(
        "settings.html",
        user=user,
        regions=zones_by_region(user.timezone, backends.clock.now()),
        sessions=sessions.list_sessions(backends, handle),
        export=archives.latest_export(backends, handle),
        name_length=users.MAX_DISPLAY_NAME,
        bio_length=users.MAX_BIO,
    )


@settings.post("")
@signed_in
def change() -> Response:
    changes = AccountChanges(
        **{name: request.form.get(name) for name in ("display_name", "timezone", "summary", "bio")}
    )
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
