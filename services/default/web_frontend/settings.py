"""The account page of whoever is signed in."""

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from timeline import accounts, sessions
from timeline.accounts import Changes
from timeline.exports import archives
from timeline.serving import current_backends, current_caller, public, signed_in
from web_frontend import visitors
from web_frontend.timezones import zones_by_region

settings = Blueprint("settings", __name__)


@settings.get("")
@public
@visitors.sign_in_first
def page() -> str:
    backends, handle = current_backends(), current_caller().handle
    user = accounts.get_user(backends, handle)
    return render_template(
        "settings.html",
        user=user,
        regions=zones_by_region(user.timezone, backends.clock.now()),
        sessions=sessions.list_sessions(backends, handle),
        export=archives.latest_export(backends, handle),
        name_length=accounts.MAX_DISPLAY_NAME,
    )


@settings.post("")
@signed_in
def change() -> Response:
    wanted = Changes(**{name: request.form.get(name) for name in ("display_name", "timezone", "summary")})
    accounts.change_account(current_backends(), current_caller().handle, wanted)
    flash("Your settings are saved.")
    return redirect("/settings", 303)
