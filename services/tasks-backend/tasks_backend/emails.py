"""POST /tasks/email/: send one summary to one user."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import REASON, is_last_failure
from tasks_backend.bodies import read_body
from timeline.digests.sending import give_up, mailing_of, send_summary
from timeline.serving import current_backends, platform_only

emails = Blueprint("emails", __name__)


@emails.post("/")
@platform_only
def send() -> Response:
    state = send_summary(current_backends(), mailing_of(read_body()))
    return jsonify(mail=state or "not needed")


@emails.after_request
def give_up_after_last_attempt(response: Response) -> Response:
    if is_last_failure(response):
        mailing = mailing_of(read_body())
        give_up(current_backends(), mailing.user, mailing.period, REASON)
    return response
