"""Delete the account after a confirmation, and redirect to the receipt."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from timeline.account_deletion.deletion import delete_account
from timeline.serving import current_backends, current_caller, public, signed_in
from timeline.serving.logs import current_trace
from web_frontend import browser_sessions

UNPROCESSABLE = 422

account_deletion = Blueprint("account_deletion", __name__)


@account_deletion.get("")
@public
@browser_sessions.sign_in_first
def page() -> str:
    return render_template("account_deletion.html", handle=current_caller().handle, typed="")


@account_deletion.post("")
@signed_in
def delete() -> Response:
    caller = current_caller()
    confirmation = request.form.get("handle", "")
    if confirmation.strip().lower() != caller.handle:
        form = render_template(
            "account_deletion.html", handle=caller.handle, typed=confirmation, is_wrong=True
        )
        return make_response(form, UNPROCESSABLE)
    receipt_id = delete_account(current_backends(), caller, current_trace())
    browser_sessions.forget()
    return redirect(f"/deleted/{receipt_id}", 303)
