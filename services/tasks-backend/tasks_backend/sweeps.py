"""GET /tasks/sweep: periodic cleanup of expired rows, overdue outbox entries and orphaned blobs."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from timeline import sweep
from timeline.digests import retention
from timeline.serving import current_backends, platform_only

sweeps = Blueprint("sweeps", __name__)


@sweeps.get("")
@platform_only
def run() -> Response:
    backends = current_backends()
    return jsonify(asdict(sweep.sweep(backends)) | asdict(retention.sweep(backends)))
