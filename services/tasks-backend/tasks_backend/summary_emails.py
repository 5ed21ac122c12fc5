"""/tasks/summary_email/: start a run, create the groups of a batch, and send the emails of a group."""

from collections import Counter
from typing import cast

from flask import Blueprint, Response, jsonify, request

from tasks_backend.attempts import REASON, is_last_failure, retries
from tasks_backend.bodies import read_body
from timeline.digests.batches import (
    batch_of,
    enqueue_batch,
    move_batch_to_dead_letters,
    split_group,
    start_summaries,
)
from timeline.digests.periods import Kind
from timeline.digests.retention import in_state
from timeline.digests.sending import give_up, mailing_of, send_summaries
from timeline.serving import current_backends, platform_only
from timeline.serving.logs import current_trace

LISTED = 100
GROUP_RETRIES = 2
"""After this many, each user of the group gets an own task."""

summary_emails = Blueprint("summary_emails", __name__)


@summary_emails.get("/<any(daily, weekly):kind>")
@platform_only
def start(kind: str) -> Response:
    """Start a run. The response lists the emails that earlier runs may not have delivered."""
    backends = current_backends()
    period = start_summaries(backends, cast("Kind", kind), current_trace())
    uncertain, failed = (in_state(backends, state, LISTED) for state in ("uncertain", "failed"))
    return jsonify(period=period.name, uncertain=uncertain, failed=failed)


@summary_emails.post("/")
@platform_only
def enqueue() -> Response:
    batch = batch_of(read_body())
    return jsonify(users=enqueue_batch(current_backends(), batch, current_trace()))


@summary_emails.post("/send")
@platform_only
def send() -> Response:
    backends, mailing = current_backends(), mailing_of(read_body())
    if retries() >= GROUP_RETRIES:
        return jsonify(split=split_group(backends, mailing, current_trace()))
    return jsonify(mails=Counter(send_summaries(backends, mailing).values()))


@summary_emails.after_request
def give_up_after_last_attempt(response: Response) -> Response:
    if is_last_failure(response):
        _give_up(request.endpoint == f"{summary_emails.name}.{send.__name__}")
    return response


def _give_up(is_group: bool) -> None:
    backends = current_backends()
    if not is_group:
        move_batch_to_dead_letters(backends, batch_of(read_body()), REASON)
        return
    mailing = mailing_of(read_body())
    for user in mailing.users:
        give_up(backends, user, mailing.period, REASON)
