"""Deploy indexes and services without traffic, run smoke tests, then move the traffic."""

from deploy.errors import DeploymentError
from deploy.gcloud import Gcloud
from deploy.release import Release, Service, stage
from deploy.smoke import TIMEOUT_SECONDS, Expected, failure_of


def deploy(gcloud: Gcloud, release: Release, timeout: float = TIMEOUT_SECONDS) -> None:
    """Raise DeploymentError on failure; its message says which services have moved their traffic."""
    _check_version_is_new(gcloud, release)
    moved: list[str] = []
    try:
        _upload(gcloud, release, timeout)
        _promote(gcloud, release, moved)
    except DeploymentError as error:
        raise DeploymentError(f"{error}\n{_traffic(release, moved)}") from error


def _upload(gcloud: Gcloud, release: Release, timeout: float) -> None:
    gcloud.do("app", "deploy", "index.yaml")
    if not gcloud.is_dry:
        stage(release)
    for service in release.services:
        staged = str(release.staged(service))
        gcloud.do("app", "deploy", staged, f"--version={release.version}", "--no-promote")
    for service in release.services:
        _smoke(gcloud, release, service, timeout)


def _promote(gcloud: Gcloud, release: Release, moved: list[str]) -> None:
    # The new code needs its queues from its first request; the old code does not use new queues.
    gcloud.do("app", "deploy", "queue.yaml")
    for service in reversed(release.services):
        gcloud.do("app", "services", "set-traffic", service.name, f"--splits={release.version}=1")
        moved.append(service.name)
    # Jobs and rules may name routes that only the new code has.
    gcloud.do("app", "deploy", "cron.yaml")
    gcloud.do("app", "deploy", str(release.dispatch))


def _check_version_is_new(gcloud: Gcloud, release: Release) -> None:
    """Raise DeploymentError if the version exists; uploading it again would change code that is in use."""
    there = gcloud.ask("app", "versions", "list") or []
    taken = sorted({str(row["service"]) for row in there if row["id"] == release.version})
    if taken:
        raise DeploymentError(
            f"{release.version} already exists in {', '.join(taken)}: commit a change, choose another name "
            "with VERSION=…, or delete it with `gcloud app versions delete`."
        )


def _smoke(gcloud: Gcloud, release: Release, service: Service, timeout: float) -> None:
    version = gcloud.ask("app", "versions", "describe", release.version, f"--service={service.name}")
    if version is None:
        print("  request /healthz, /readyz and /whoami at its versionUrl")
        return
    url = str(version["versionUrl"]).rstrip("/")
    wrong = failure_of(url, Expected(service=service.name, version=release.version), timeout)
    if wrong:
        raise DeploymentError(
            f"smoke test: {wrong}\n"
            f"Show its log: gcloud app logs read --service={service.name} --version={release.version}"
        )
    print(f"  {url} answers: {service.name} {release.version} is ready")


def _traffic(release: Release, moved: list[str]) -> str:
    if not moved:
        return f"The traffic was not moved; {release.version} gets none."
    back = f"make rollback PROJECT={release.project}"
    return f"{', '.join(moved)} already moved to {release.version}; `{back}` moves the traffic back."
