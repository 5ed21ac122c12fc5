"""The settings page of the signed-in user."""

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from timeline.accounts import sessions, users
from timeline.accounts.users import AccountChanges
from timeline.exports import archives
from timeline.serving import current_backends, current_caller, public, signed_in
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
    )


@settings.post("")
@signed_in
def change() -> Response:
    changes = AccountChanges(
        **{name: request.form.get(name) for name in ("display_name", "timezone", "summary")}
    )
    users.change_account(current_backends(), current_caller().handle, changes)
    flash("Settings saved.")
    return redirect("/settings", 303)
