"""Problems are the same on every Python version, and their texts can be logged."""

import json
import logging

import pytest
from flask import Flask

from timeline.serving import logs
from timeline.serving.problems import title_of
from timeline.settings import Settings


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (404, "Not Found"),
        (413, "Request Entity Too Large"),
        (416, "Requested Range Not Satisfiable"),
        (422, "Unprocessable Entity"),
        (599, "Unknown"),
    ],
)
def test_a_title_does_not_depend_on_the_python(status: int, title: str) -> None:
    assert title_of(status) == title


@pytest.mark.parametrize("text", ["\ud800", "a\nb", "é", "\x00", "\u2028"])
def test_any_text_is_one_line_of_the_log(capfd: pytest.CaptureFixture[str], text: str) -> None:
    app = Flask(__name__)
    logs.install(app, Settings())

    with app.test_request_context("/"):
        logging.getLogger("timeline").warning("said %s", text)

    [line] = capfd.readouterr().out.splitlines()
    assert json.loads(line)["message"] == f"said {text}"
