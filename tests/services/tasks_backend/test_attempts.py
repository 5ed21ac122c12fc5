"""The last attempt of a task, and the log line for the alert."""

import logging
import re

import pytest
from flask import Flask, Response

from tasks_backend.attempts import RETRY_LIMITS, is_last_failure
from tests.docs.reading import ROOT


def asked(status: int, retries: int) -> bool:
    headers = {"X-Appengine-Queuename": "renditions", "X-Appengine-Taskretrycount": str(retries)}
    with Flask(__name__).test_request_context("/tasks/renditions/", headers=headers):
        return is_last_failure(Response(status=status))


@pytest.mark.parametrize(
    ("status", "retries", "is_last"),
    [
        (500, RETRY_LIMITS["renditions"], True),
        (500, RETRY_LIMITS["renditions"] - 1, False),
        (200, RETRY_LIMITS["renditions"], False),
    ],
)
def test_only_a_failure_without_another_attempt_is_the_last(status: int, retries: int, is_last: bool) -> None:
    assert asked(status, retries) is is_last


def test_the_dead_letter_line_matches_the_documented_alert(
    caplog: pytest.LogCaptureFixture,
) -> None:
    book = (ROOT / "docs" / "operations.md").read_text()
    listened_for = re.search(r'severity=(\w+) jsonPayload\.message:"([^"]+)"', book)
    assert listened_for

    with caplog.at_level(logging.INFO):
        asked(500, RETRY_LIMITS["renditions"])

    (line,) = caplog.records
    assert line.levelname == listened_for[1]
    assert listened_for[2] in line.getMessage()
