"""`deploy`: indexes, services without traffic, a smoke test of each, and only then the traffic."""

from deploy.gcloud import Gcloud
from deploy.refusal import Refused
from deploy.release import Release, Service, stage
from deploy.smoke import PATIENCE_SECONDS, Expected, failure_of


def deploy(gcloud: Gcloud, release: Release, patience: float = PATIENCE_SECONDS) -> None:
    """Raises Refused, which tells where the traffic is then."""
    _refuse_a_taken_version(gcloud, release)
    moved: list[str] = []
    try:
        _upload(gcloud, release, patience)
        _promote(gcloud, release, moved)
    except Refused as refused:
        raise Refused(f"{refused}\n{_traffic(release, moved)}") from refused


def _upload(gcloud: Gcloud, release: Release, patience: float) -> None:
    gcloud.do("app", "deploy", "index.yaml")
    if not gcloud.is_dry:
        stage(release)
    for service in release.services:
        staged = str(release.staged(service))
        gcloud.do("app", "deploy", staged, f"--version={release.version}", "--no-promote")
    for service in release.services:
        _smoke(gcloud, release, service, patience)


def _promote(gcloud: Gcloud, release: Release, moved: list[str]) -> None:
    # The new code puts tasks into its queues from its first request on; old code misses none of them.
    gcloud.do("app", "deploy", "queue.yaml")
    for service in reversed(release.services):
        gcloud.do("app", "services", "set-traffic", service.name, f"--splits={release.version}=1")
        moved.append(service.name)
    # Jobs and rules may name routes that only the new code has.
    gcloud.do("app", "deploy", "cron.yaml")
    gcloud.do("app", "deploy", "dispatch.yaml")


def _refuse_a_taken_version(gcloud: Gcloud, release: Release) -> None:
    """A second upload would change a version in place, under the feet of whoever it serves."""
    there = gcloud.ask("app", "versions", "list") or []
    taken = sorted({str(row["service"]) for row in there if row["id"] == release.version})
    if taken:
        raise Refused(
            f"{release.version} is there already, in {', '.join(taken)}: commit a change, or name another "
            "with VERSION=…, or remove it with `gcloud app versions delete`."
        )


def _smoke(gcloud: Gcloud, release: Release, service: Service, patience: float) -> None:
    version = gcloud.ask("app", "versions", "describe", release.version, f"--service={service.name}")
    if version is None:
        print("  ask its versionUrl for /healthz, /readyz and /whoami")
        return
    url = str(version["versionUrl"]).rstrip("/")
    wrong = failure_of(url, Expected(service=service.name, version=release.version), patience)
    if wrong:
        raise Refused(
            f"smoke test: {wrong}\n"
            f"Its log: gcloud app logs read --service={service.name} --version={release.version}"
        )
    print(f"  {url} answers: {service.name} {release.version} is ready")


def _traffic(release: Release, moved: list[str]) -> str:
    if not moved:
        return f"The traffic stays where it is; {release.version} gets none."
    back = f"make rollback PROJECT={release.project}"
    return f"{', '.join(moved)} gave its traffic to {release.version} already; {back} takes it back."
