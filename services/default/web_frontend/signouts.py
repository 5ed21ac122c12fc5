"""Sign out one other browser, or all of them."""

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from timeline.accounts.sessions import close_all, close_session
from timeline.serving import current_backends, current_caller, signed_in
from web_frontend import browser_sessions

signouts = Blueprint("signouts", __name__)


@signouts.post("/elsewhere")
@signed_in
def sign_out_other() -> Response:
    close_session(current_backends(), current_caller().handle, request.form.get("session", ""))
    flash("That browser is signed out.")
    return redirect("/settings#sessions", 303)


@signouts.post("/everywhere")
@signed_in
def sign_out_everywhere() -> Response:
    close_all(current_backends(), current_caller().handle)
    browser_sessions.forget()
    flash("You are signed out in all browsers.")
    return redirect("/", 303)
