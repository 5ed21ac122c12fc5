"""The form with the settings of a queue."""

import math
from typing import Any, NamedTuple

from gaelocal.console.problems import ConsoleError
from gaelocal.retry import UNLIMITED
from gaelocal.tasks import QueueConfig
from gaelocal.tasks.queue_config import MAX_BURST, MAX_CONCURRENT, MAX_RATE

MOST_SECONDS = 315_576_000_000.0
"""The limit of Google's durations."""


class Setting(NamedTuple):
    title: str
    least: float
    most: float
    is_whole: bool
    of_retry: bool


SETTINGS = {
    "rate": Setting("Tasks per second", 0, MAX_RATE, is_whole=False, of_retry=False),
    "bucket_size": Setting("Burst size", 1, MAX_BURST, is_whole=True, of_retry=False),
    "max_concurrent": Setting("Concurrent tasks", 1, MAX_CONCURRENT, is_whole=True, of_retry=False),
    "max_attempts": Setting("Attempts, -1 for no limit", UNLIMITED, 1_000_000, is_whole=True, of_retry=True),
    "max_retry_duration": Setting(
        "Retry for seconds, 0 for no limit", 0, MOST_SECONDS, is_whole=False, of_retry=True
    ),
    "min_backoff": Setting("First wait in seconds", 0, MOST_SECONDS, is_whole=False, of_retry=True),
    "max_backoff": Setting("Longest wait in seconds", 0, MOST_SECONDS, is_whole=False, of_retry=True),
    "max_doublings": Setting("Doublings of the wait", 0, 1_000_000, is_whole=True, of_retry=True),
}


def settings_of(config: QueueConfig) -> dict[str, str]:
    return {
        name: f"{getattr(config.retry if setting.of_retry else config, name):.15g}"
        for name, setting in SETTINGS.items()
    }


def parse_settings(form: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of the queue and those of its retries.

    Raises:
        ConsoleError: a value is not a number or out of its bounds.
    """
    values = {name: _parsed(setting, str(form[name])) for name, setting in SETTINGS.items() if name in form}
    retry = {name: value for name, value in values.items() if SETTINGS[name].of_retry}
    if retry.get("max_attempts") == 0:
        raise ConsoleError(
            400, "invalid_setting", "A task needs at least one attempt; -1 stands for no limit."
        )
    if retry.get("min_backoff", 0) > retry.get("max_backoff", math.inf):
        raise ConsoleError(400, "invalid_setting", "The first wait must not be longer than the longest wait.")
    return {name: value for name, value in values.items() if name not in retry}, retry


def _parsed(setting: Setting, text: str) -> float:
    try:
        value = int(text) if setting.is_whole else float(text)
    except ValueError:
        value = math.nan
    if not setting.least <= value <= setting.most:
        kind = "whole number" if setting.is_whole else "number"
        message = f"{setting.title}: expected a {kind} from {setting.least:g} to {setting.most:g}."
        raise ConsoleError(400, "invalid_setting", message)
    return value
