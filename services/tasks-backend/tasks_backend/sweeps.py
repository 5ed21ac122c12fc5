"""GET /tasks/sweep: what was promised and not done, what nobody owns, and old summaries."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from timeline import expiries
from timeline.serving import current_backends, platform_only
from timeline.summaries import upkeep

sweeps = Blueprint("sweeps", __name__)


@sweeps.get("")
@platform_only
def sweep() -> Response:
    backends = current_backends()
    return jsonify(asdict(expiries.sweep(backends)) | asdict(upkeep.sweep(backends)))
