"""POST /tasks/email/: send one summary to one user, after the task of their group failed."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import REASON, is_last_failure
from tasks_backend.bodies import read_body
from timeline.digests.sending import give_up, mailing_of, send_summaries
from timeline.serving import current_backends, platform_only

emails = Blueprint("emails", __name__)


@emails.post("/")
@platform_only
def send() -> Response:
    mailing = mailing_of(read_body())
    states = send_summaries(current_backends(), mailing)
    return jsonify(mail=states.get(mailing.users[0], "not needed"))


@emails.after_request
def give_up_after_last_attempt(response: Response) -> Response:
    if is_last_failure(response):
        mailing = mailing_of(read_body())
        give_up(current_backends(), mailing.users[0], mailing.period, REASON)
    return response
