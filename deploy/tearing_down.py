"""Delete dispatch rules, cron jobs, queues and services; user data is kept."""

from collections.abc import Callable, Iterator, Sequence

from deploy.errors import DeploymentError
from deploy.gcloud import Gcloud
from deploy.release import FIRST

EMPTY = ("deploy/empty/dispatch.yaml", "deploy/empty/cron.yaml")


def teardown(gcloud: Gcloud, services: Sequence[str], location: str, read: Callable[[str], str]) -> None:
    """`read` shows a question and returns the answer.

    Raise DeploymentError if the answer is not the project ID, or if something could not be deleted.
    """
    if not gcloud.is_dry and read(_question(gcloud.project)).strip() != gcloud.project:
        raise DeploymentError("not confirmed; nothing was deleted.")
    stayed = [why for words in _removals(gcloud, services, location) if (why := _error_of(gcloud, words))]
    if stayed:
        raise DeploymentError(
            "everything else was deleted, but:\n" + "\n".join(f"  - {why}" for why in stayed)
        )


def remaining_resources(project: str) -> str:
    return (
        f"App Engine keeps the service {FIRST} and its last version as long as the application exists;\n"
        "with automatic scaling it costs nothing without traffic. To stop it too, disable the\n"
        f"application (console: App Engine, Settings) or `gcloud projects delete {project}`.\n"
        "Photos, rows and backups are kept: delete them with the project, or one by one."
    )


def _question(project: str) -> str:
    return (
        f"This deletes dispatch rules, cron jobs, queues with all their tasks, and all services except\n"
        f"{FIRST} from {project}. Type the project ID to continue: "
    )


def _removals(gcloud: Gcloud, services: Sequence[str], location: str) -> Iterator[tuple[str, ...]]:
    """Yield the gcloud commands; the callers of the services are deleted first."""
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


def _error_of(gcloud: Gcloud, words: tuple[str, ...]) -> DeploymentError | None:
    try:
        gcloud.do(*words)
    except DeploymentError as error:
        return error
    return None
