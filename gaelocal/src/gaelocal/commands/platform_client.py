"""Requests of the command line to a running platform."""

import json
import urllib.error
import urllib.request
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gaelocal.data_folder import read_ready
from gaelocal.direct_http import open_directly
from gaelocal.project_defaults import data_folder
from gaelocal.yaml_files import ConfigError

ANSWER_SECONDS = 660.0
"""A cron job may take ten minutes."""


def add_platform_arguments(parser: ArgumentParser) -> None:
    """Add the options that say which running platform is meant."""
    parser.add_argument("--app", type=Path, default=Path(), metavar="DIR", help="the project (default: .)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="its data folder (default: DIR/.gaelocal)")


def data_of(arguments: Namespace) -> Path:
    """Return the data folder that the options of `add_platform_arguments` name."""
    return arguments.data or data_folder(arguments.app)


def addresses_of(arguments: Namespace) -> dict[str, str]:
    """Return the addresses of the running platform, as in ready.json.

    Raises:
        ConfigError: no platform runs on the data folder.
    """
    return read_ready(data_of(arguments))


def ask(url: str, method: str = "GET", body: Mapping[str, Any] | None = None) -> str:
    """Return the body of the platform's answer; `body` is sent as JSON.

    Raises:
        ConfigError: it does not answer, or it refuses; the message gives its reason.
    """
    content = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if content else {}
    request = urllib.request.Request(url, content, headers, method=method)  # noqa: S310 - an address of the platform's own
    try:
        with open_directly(request, timeout=ANSWER_SECONDS) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise ConfigError(_reason(error)) from error
    except OSError as error:
        raise ConfigError(f"the platform does not answer at {url.partition('?')[0]}: {error}") from error


def ask_json(url: str, method: str = "GET", body: Mapping[str, Any] | None = None) -> Any:
    return json.loads(ask(url, method, body))


def _reason(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        problem = json.loads(text)
    except ValueError:
        return text.strip() or str(error)
    if isinstance(error_of_google := problem.get("error"), dict):
        return str(error_of_google.get("message"))
    return str(problem.get("detail") or problem.get("title") or text)
