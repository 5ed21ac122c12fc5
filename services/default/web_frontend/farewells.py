"""Deleting one's account: asked for twice, and answered with a receipt."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from timeline.erasures import erase_account
from timeline.serving import current_backends, current_caller, public, signed_in
from timeline.serving.logs import current_trace
from web_frontend import visitors

UNPROCESSABLE = 422

farewells = Blueprint("farewells", __name__)


@farewells.get("")
@public
@visitors.sign_in_first
def page() -> str:
    return render_template("farewell.html", handle=current_caller().handle, typed="")


@farewells.post("")
@signed_in
def delete() -> Response:
    caller = current_caller()
    typed = request.form.get("handle", "")
    if typed.strip().lower() != caller.handle:
        again = render_template("farewell.html", handle=caller.handle, typed=typed, is_wrong=True)
        return make_response(again, UNPROCESSABLE)
    receipt_id = erase_account(current_backends(), caller, current_trace())
    visitors.forget()
    return redirect(f"/deleted/{receipt_id}", 303)
