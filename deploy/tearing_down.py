"""`teardown`: no more rules, jobs, queues, services; what people posted is left alone."""

from collections.abc import Callable, Iterator, Sequence

from deploy.gcloud import Gcloud
from deploy.refusal import Refused
from deploy.release import FIRST

EMPTY = ("deploy/nothing/dispatch.yaml", "deploy/nothing/cron.yaml")


def teardown(gcloud: Gcloud, services: Sequence[str], location: str, read: Callable[[str], str]) -> None:
    """`read` shows a question and gives what is typed.

    Raises Refused unless that is the project's id; and in the end, where something could not be removed.
    """
    if not gcloud.is_dry and read(_question(gcloud.project)).strip() != gcloud.project:
        raise Refused("not confirmed; nothing was removed.")
    stayed = [why for words in _removals(gcloud, services, location) if (why := _refusal_of(gcloud, words))]
    if stayed:
        raise Refused("the rest is removed, but:\n" + "\n".join(f"  - {why}" for why in stayed))


def farewell(project: str) -> str:
    return (
        f"App Engine keeps the service {FIRST} and its last version for as long as the application is\n"
        "there; with automatic scaling it costs nothing while nobody comes. To end that too, disable the\n"
        f"application (console: App Engine, Settings) or `gcloud projects delete {project}`.\n"
        "Photos, rows and backups are where they were: remove them with the project, or one by one."
    )


def _question(project: str) -> str:
    return (
        f"This removes dispatch rules, cron jobs, queues with every task in them, and all services but\n"
        f"{FIRST} from {project}. Type the project's id to go on: "
    )


def _removals(gcloud: Gcloud, services: Sequence[str], location: str) -> Iterator[tuple[str, ...]]:
    """What calls the services goes first."""
    for file in EMPTY:
        yield ("app", "deploy", file)
    for queue in gcloud.ask("tasks", "queues", "list", f"--location={location}") or []:
        yield ("tasks", "queues", "delete", queue["name"].rpartition("/")[2], f"--location={location}")
    rows = gcloud.ask("app", "versions", "list") or []
    found = services if gcloud.is_dry else {row["service"] for row in rows}
    for service in services:
        if service != FIRST and service in found:
            yield ("app", "services", "delete", service)
    idle = [row["id"] for row in rows if row["service"] == FIRST and not row.get("traffic_split")]
    if idle:
        yield ("app", "versions", "delete", *idle, f"--service={FIRST}")


def _refusal_of(gcloud: Gcloud, words: tuple[str, ...]) -> Refused | None:
    try:
        gcloud.do(*words)
    except Refused as refused:
        return refused
    return None
