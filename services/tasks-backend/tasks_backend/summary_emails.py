"""/tasks/summary_email/: cron starts a run, and each of its batches creates the tasks that send emails."""

from typing import cast

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import REASON, is_last_failure
from tasks_backend.bodies import read_body
from timeline.digests.batches import batch_of, enqueue_batch, move_batch_to_dead_letters, start_summaries
from timeline.digests.periods import Kind
from timeline.digests.retention import in_state
from timeline.serving import current_backends, platform_only
from timeline.serving.logs import current_trace

LISTED = 100

summary_emails = Blueprint("summary_emails", __name__)


@summary_emails.get("/<any(daily, weekly):kind>")
@platform_only
def start(kind: str) -> Response:
    """Start a run. The response lists the emails that earlier runs may not have delivered."""
    backends = current_backends()
    batch = start_summaries(backends, cast("Kind", kind), current_trace())
    uncertain, failed = (in_state(backends, state, LISTED) for state in ("uncertain", "failed"))
    return jsonify(period=batch.period.name, uncertain=uncertain, failed=failed)


@summary_emails.post("/")
@platform_only
def enqueue() -> Response:
    batch = batch_of(read_body())
    return jsonify(users=enqueue_batch(current_backends(), batch, current_trace()))


@summary_emails.after_request
def give_up_after_last_attempt(response: Response) -> Response:
    if is_last_failure(response):
        move_batch_to_dead_letters(current_backends(), batch_of(read_body()), REASON)
    return response
