"""Move the traffic of every service back to a previous version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deploy.errors import DeploymentError
from deploy.gcloud import Gcloud
from deploy.release import FIRST

SOME_VERSION = "THE-VERSION-BEFORE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    service: str
    version: str
    created: str
    traffic: float
    is_serving: bool


def rollback(gcloud: Gcloud, services: Sequence[str], version: str | None) -> str:
    """Move all traffic and return the version.

    The website moves first, so that new code sends no tasks to old code.

    Raise DeploymentError if there is no such version.
    """
    there = _deployed(gcloud)
    if gcloud.is_dry:
        version = version or SOME_VERSION
    else:
        version = _checked(there, services, version) if version else _version_before(there, services)
    for row in there:
        if row.version == version and not row.is_serving:
            gcloud.do("app", "versions", "start", version, f"--service={row.service}")
    for service in services:
        gcloud.do("app", "services", "set-traffic", service, f"--splits={version}=1")
    return version


def _deployed(gcloud: Gcloud) -> list[Deployed]:
    return [_read(row) for row in gcloud.ask("app", "versions", "list") or []]


def _read(row: dict[str, Any]) -> Deployed:
    version = row["version"]
    return Deployed(
        service=row["service"],
        version=row["id"],
        created=version.get("createTime", ""),
        traffic=float(row.get("traffic_split") or 0.0),
        is_serving=version.get("servingStatus", "SERVING") == "SERVING",
    )


def _checked(there: list[Deployed], services: Sequence[str], version: str) -> str:
    lacking = [name for name in services if version not in _versions(there, name)]
    if lacking:
        raise DeploymentError(f"version {version} does not exist in {', '.join(lacking)}.\n{_listed(there)}")
    return version


def _version_before(there: list[Deployed], services: Sequence[str]) -> str:
    """Return the newest version that exists in every service and is older than the website's current one."""
    website = [row for row in there if row.service == FIRST]
    live = max(website, key=lambda row: row.traffic, default=None)
    if live is None or not live.traffic:
        raise DeploymentError(f"no version of {FIRST} has traffic.\n{_listed(there)}")
    older = [row for row in website if row.created < live.created]
    everywhere = [row for row in older if all(row.version in _versions(there, name) for name in services)]
    if not everywhere:
        raise DeploymentError(f"no version before {live.version} exists in every service.\n{_listed(there)}")
    return max(everywhere, key=lambda row: row.created).version


def _versions(there: list[Deployed], service: str) -> set[str]:
    return {row.version for row in there if row.service == service}


def _listed(there: list[Deployed]) -> str:
    rows = sorted(there, key=lambda row: (row.service, row.created))
    return "\n".join(f"  {row.service:16} {row.version:24} {row.traffic:4.0%}  {row.created}" for row in rows)
