"""Request an export, and redirect to a temporary link to Cloud Storage to download it."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from timeline.exports.archives import download_link, request_export
from timeline.rate_limits.limits import EXPORTS
from timeline.serving import current_backends, current_caller, limited, signed_in
from timeline.serving.logs import current_trace
from web_frontend.storage_links import redirect_to_storage

exports = Blueprint("exports", __name__)


@exports.post("")
@signed_in
@limited(EXPORTS)
def request() -> Response:
    request_export(current_backends(), current_caller().handle, current_trace())
    return redirect("/settings#export", 303)


@exports.get("/<export_id>")
@signed_in
def download(export_id: str) -> Response:
    return redirect_to_storage(download_link(current_backends(), current_caller().handle, export_id))
