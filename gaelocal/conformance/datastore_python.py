"""The system tests of google-cloud-datastore over gRPC."""

from conformance.datastore_server import python_for, run_step, running_datastore
from conformance.pytest_suite import run_pytest
from conformance.report import Report, Settings

NAME = "python-datastore system tests, gRPC"
ERASED = "a fixture of the suite has erased all entities before this test"
REASONS = {
    "test_query_w_paginate_simple_uuid_keys[system-tests-named-db]": ERASED,
    "test_query_paginate_simple_timestamp_keys[system-tests-named-db]": ERASED,
    "test_query_w_offset_w_timestamp_keys[system-tests-named-db]": ERASED,
}
PACKAGES = ("google-cloud-testutils", "mock", "requests")


def run(settings: Settings) -> Report:
    return run_with(settings, NAME, {})


def run_with(settings: Settings, name: str, environment: dict[str, str]) -> Report:
    """Fill a Datastore with the suite's data and run its tests; they expect pessimistic locking."""
    folder = settings.repository("python-datastore")
    python = python_for(folder, *PACKAGES)
    with running_datastore("--locking", "pessimistic") as datastore:
        run_step([python, "-m", "tests.system.utils.populate_datastore"], folder, datastore)
        return run_pytest(
            name,
            folder,
            ["tests/system"],
            {**datastore, **environment},
            expected_failures=REASONS,
            python=python,
        )
