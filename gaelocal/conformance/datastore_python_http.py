"""The system tests of google-cloud-datastore over HTTP."""

from conformance.datastore_python import run_with
from conformance.report import Report, Settings

NAME = "python-datastore system tests, HTTP"


def run(settings: Settings) -> Report:
    return run_with(settings, NAME, {"GOOGLE_CLOUD_DISABLE_GRPC": "true"})
