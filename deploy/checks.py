"""Checks before a deployment."""

from collections.abc import Iterable, Mapping

from deploy.errors import DeploymentError
from deploy.release import Release, git, values_file

EMULATOR = "_EMULATOR_HOST"
"""Google's clients use the address in such a variable, also in production."""
KNOWN_KEYS = ("", "for-development-only")
SHORTEST_KEY = 32
"""Characters; `secrets.token_urlsafe(48)` gives 64."""
LONGEST_HOST = 63
"""VERSION-dot-SERVICE-dot-PROJECT is one label of a host name, which has at most 63 characters."""


def check(release: Release, environment: Mapping[str, str]) -> None:
    """Raise DeploymentError with all problems, not only the first one."""
    wrong = [*_dirt(release), *_emulators(release, environment), *_keys(release), *_hosts(release)]
    if wrong:
        raise DeploymentError("not deployed:\n" + "\n".join(f"  - {line}" for line in wrong))


def notes(release: Release, environment: Mapping[str, str]) -> Iterable[str]:
    """Return warnings about settings that may be intended."""
    where = environment.get("CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE")
    if where:
        yield f"gcloud is configured for {where}, not for Google."
    values: dict[str, str] = {}
    for service in release.services:
        values |= service.variables
    if values.get("PUBLIC_URL", "").startswith("http://localhost"):
        yield "PUBLIC_URL is localhost: links in emails will not work on other machines."
    for name, lack in (("OIDC_AUDIENCE", "the API accepts no tokens"), ("SMTP_HOST", "no emails are sent")):
        if values.get(name) == "":
            yield f"{name} is empty: {lack}."


def _dirt(release: Release) -> Iterable[str]:
    changed = git(release.root, "status", "--porcelain").splitlines()
    if changed:
        yield f"there are uncommitted changes: {changed[0].strip()}" + (
            f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        )


def _emulators(release: Release, environment: Mapping[str, str]) -> Iterable[str]:
    for name in sorted(environment):
        if name.endswith(EMULATOR) and environment[name]:
            yield f"{name} is set in your environment; run: unset {name}"
    for service in release.services:
        for name in service.variables:
            if name.endswith(EMULATOR):
                yield f"{service.name}/app.yaml sets {name}: in production the service would use the emulator"


def _keys(release: Release) -> Iterable[str]:
    keys = {service.name: service.variables.get("SECRET_KEY", "") for service in release.services}
    advice = f"put SECRET_KEY=… into {values_file(release.project)} (see deploy/example.env)"
    known = [name for name, key in keys.items() if key in KNOWN_KEYS]
    short = [name for name, key in keys.items() if len(key) < SHORTEST_KEY and name not in known]
    if known:
        yield f"the SECRET_KEY of {', '.join(known)} is empty or publicly known: {advice}"
    if short:
        yield f"the SECRET_KEY of {', '.join(short)} is shorter than {SHORTEST_KEY} characters: {advice}"
    if len(set(keys.values())) > 1:
        yield "the services have different SECRET_KEYs, so they refuse each other's signatures"


def _hosts(release: Release) -> Iterable[str]:
    for service in release.services:
        label = f"{release.version}-dot-{service.name}-dot-{release.project}"
        if len(label) > LONGEST_HOST:
            yield f"{label} is longer than {LONGEST_HOST} characters: shorten VERSION"
