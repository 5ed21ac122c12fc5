"""Scaling of a service: the number and size of its instances."""

import re
from dataclasses import dataclass, field

from gaelocal.yaml_files import Section

MEMORY_MB = {
    "F1": 384, "F2": 768, "F4": 1536, "F4_1G": 3072,
    "B1": 384, "B2": 768, "B4": 1536, "B4_1G": 3072, "B8": 3072,
}  # fmt: skip
KINDS = ("automatic", "basic", "manual")
DEFAULT_CLASS = {"automatic": "F1", "basic": "B2", "manual": "B2"}
UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "": 1.0}
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms]|)")
IDLE_SECONDS = {"automatic": 120.0, "basic": 300.0, "manual": 0.0}
"""App Engine's default for basic scaling; for automatic scaling there is no published number."""
DEADLINES = {"automatic": 600.0, "basic": 86_400.0, "manual": 86_400.0}
SHUTDOWN_SECONDS = {"automatic": 5.0, "basic": 30.0, "manual": 30.0}
"""Between the start of a shutdown and SIGKILL: long work of a backend has the time to note where it was."""
AUTOMATIC = "automatic"
"""The value of a setting that is the same as its absence."""
WHOLE_NUMBERS = (
    *("min_instances", "max_instances", "min_idle_instances", "max_idle_instances"),
    "max_concurrent_requests",
)
DURATIONS = ("idle_timeout", "min_pending_latency", "max_pending_latency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """`settings` keeps each number of app.yaml as it is written, also those that have no effect here."""

    kind: str = "automatic"
    instances: int = 1
    instance_class: str = "F1"
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def memory_mb(self) -> int:
        return MEMORY_MB[self.instance_class]

    @property
    def idle_timeout(self) -> float:
        """Return the seconds without a request after which an instance may be stopped."""
        return duration(self.settings.get("idle_timeout", "")) or IDLE_SECONDS[self.kind]

    @property
    def deadline(self) -> float:
        """Return the deadline of a request in seconds."""
        return DEADLINES[self.kind]

    @property
    def shutdown_seconds(self) -> float:
        return SHUTDOWN_SECONDS[self.kind]

    def number(self, name: str, default: int) -> int:
        """Return a number of app.yaml; the default if it is missing or `automatic`."""
        written = self.settings.get(name, AUTOMATIC)
        return default if written == AUTOMATIC else int(written)

    def seconds(self, name: str) -> float | None:
        """Return a duration of app.yaml; None if it is missing or `automatic`."""
        written = self.settings.get(name, AUTOMATIC)
        return None if written == AUTOMATIC else duration(written)

    @property
    def must_start(self) -> bool:
        """Return whether `/_ah/start` must be answered with 2xx or 404 before any other request is sent."""
        return self.kind != "automatic"


def duration(written: str) -> float:
    """Read `10m`, `600s` or `30ms`; return 0 for anything else."""
    match = DURATION.fullmatch(written.strip())
    return float(match[1]) * UNITS[match[2]] if match else 0.0


def read_scaling(app: Section) -> Scaling:
    named = [kind for kind in KINDS if f"{kind}_scaling" in app]
    if len(named) > 1:
        raise app.fail(f"{named[1]}_scaling", "a service can have only one kind of scaling")
    kind = named[0] if named else "automatic"
    numbers = app.section(f"{kind}_scaling")
    if numbers:
        _check(numbers)
    return Scaling(
        kind=kind,
        instances=_instances(kind, numbers),
        instance_class=_instance_class(app, kind),
        settings=_scalars(numbers),
    )


def _check(numbers: Section) -> None:
    for name in WHOLE_NUMBERS:
        if name in numbers and numbers.text(name) != AUTOMATIC and numbers.integer(name, 0) < 0:
            raise numbers.fail(name, f"`{name}` must not be negative")
    for name in DURATIONS:
        written = numbers.text(name, AUTOMATIC)
        if written != AUTOMATIC and not DURATION.fullmatch(written.strip()):
            raise numbers.fail(name, f"`{name}` must be a duration such as 30ms, 5s or 10m, not `{written}`")
    least, most = numbers.text("min_instances", ""), numbers.text("max_instances", "")
    if least.isdigit() and most.isdigit() and 0 < int(most) < int(least):
        raise numbers.fail("min_instances", f"`min_instances` is {least}, but `max_instances` is {most}")
    if numbers.text("max_concurrent_requests", "") == "0":
        raise numbers.fail("max_concurrent_requests", "`max_concurrent_requests` must be 1 or more")


def _instances(kind: str, numbers: Section | None) -> int:
    if kind != "manual" or numbers is None:
        return 1
    count = numbers.integer("instances", 1)
    if count < 1:
        raise numbers.fail("instances", "`instances` must be at least 1")
    return count


def _instance_class(app: Section, kind: str) -> str:
    written = app.text("instance_class", DEFAULT_CLASS[kind])
    name = written.upper()
    if name not in MEMORY_MB:
        raise app.fail(
            "instance_class", f"`{written}` is not an instance class; the classes are: {', '.join(MEMORY_MB)}"
        )
    if name.startswith("F") != (kind == "automatic"):
        raise app.fail("instance_class", f"`{name}` is not allowed with {kind} scaling")
    return name


def _scalars(numbers: Section | None) -> dict[str, str]:
    if numbers is None:
        return {}
    return {key: numbers.text(key) for key in numbers if not _is_nested(numbers, key)}


def _is_nested(numbers: Section, key: str) -> bool:
    return key in ("custom_metrics", "standard_scheduler_settings", "cpu_utilization") and bool(numbers)
