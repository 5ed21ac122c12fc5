"""`teardown`: no more rules, jobs, queues, services; what people posted is left alone."""

from collections.abc import Callable, Sequence

from deploy.gcloud import Gcloud
from deploy.refusal import Refused
from deploy.release import FIRST

EMPTY = ("deploy/nothing/dispatch.yaml", "deploy/nothing/cron.yaml")


def teardown(gcloud: Gcloud, services: Sequence[str], location: str, read: Callable[[str], str]) -> None:
    """`read` shows a question and gives what is typed. Raises Refused unless that is the project's id."""
    if not gcloud.is_dry and read(_question(gcloud.project)).strip() != gcloud.project:
        raise Refused("not confirmed; nothing was removed.")
    for file in EMPTY:
        gcloud.do("app", "deploy", file)
    for queue in gcloud.ask("tasks", "queues", "list", f"--location={location}") or []:
        gcloud.do("tasks", "queues", "delete", queue["name"].rpartition("/")[2], f"--location={location}")
    others = [service for service in services if service != FIRST]
    found = {row["service"] for row in gcloud.ask("app", "versions", "list") or []}
    present = others if gcloud.is_dry else [name for name in others if name in found]
    if present:
        gcloud.do("app", "services", "delete", *present)
    _remove_old_versions(gcloud)


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


def _remove_old_versions(gcloud: Gcloud) -> None:
    rows = gcloud.ask("app", "versions", "list", f"--service={FIRST}") or []
    idle = [row["id"] for row in rows if not row.get("traffic_split")]
    if idle:
        gcloud.do("app", "versions", "delete", *idle, f"--service={FIRST}")
