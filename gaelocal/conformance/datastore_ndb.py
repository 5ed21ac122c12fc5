"""The system tests of google-cloud-ndb."""

from conformance.datastore_server import python_for, running_datastore
from conformance.pytest_suite import run_pytest
from conformance.report import Report, Settings

NAME = "python-ndb system tests"
PACKAGES = ("google-cloud-testutils", "mock", "requests", "pytz", "pymemcache", "redis")


def run(settings: Settings) -> Report:
    folder = settings.repository("python-ndb")
    python = python_for(folder, *PACKAGES)
    with running_datastore() as datastore:
        return run_pytest(NAME, folder, ["tests/system"], datastore, python=python)
