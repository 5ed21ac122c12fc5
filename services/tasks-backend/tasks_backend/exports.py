"""POST /tasks/export/: take the next step of an export."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import REASON, is_last_failure
from tasks_backend.bodies import read_body, text
from timeline.exports.packing import Job, give_up, take_step
from timeline.serving import current_backends, platform_only
from timeline.serving.logs import current_trace

exports = Blueprint("exports", __name__)


@exports.post("/")
@platform_only
def pack() -> Response:
    export = take_step(current_backends(), _job())
    return jsonify(export=export.state if export else "cancelled")


@exports.after_request
def give_up_after_last_attempt(response: Response) -> Response:
    if is_last_failure(response):
        give_up(current_backends(), _job(), REASON)
    return response


def _job() -> Job:
    body = read_body()
    return Job(
        user=text(body, "user"),
        export_id=text(body, "export"),
        outbox_id=text(body, "outbox_id"),
        trace=current_trace(),
    )
