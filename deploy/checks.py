"""What must be so before anything is uploaded."""

from collections.abc import Iterable, Mapping

from deploy.refusal import Refused
from deploy.release import Release, git, values_file

EMULATOR = "_EMULATOR_HOST"
"""Google's clients talk to whatever such a variable names, in production too."""
KNOWN_KEYS = ("", "for-development-only")
SHORTEST_KEY = 32
"""Characters; `secrets.token_urlsafe(48)` gives 64."""
LONGEST_HOST = 63
"""VERSION-dot-SERVICE-dot-PROJECT is one label of a host name, and the certificate covers no longer one."""


def check(release: Release, environment: Mapping[str, str]) -> None:
    """Raises Refused with everything that is wrong, not only the first of it."""
    wrong = [*_dirt(release), *_emulators(release, environment), *_keys(release), *_hosts(release)]
    if wrong:
        raise Refused("not deployed:\n" + "\n".join(f"  - {line}" for line in wrong))


def notes(release: Release, environment: Mapping[str, str]) -> Iterable[str]:
    """What may be meant so, and is worth a look before it is live."""
    where = environment.get("CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE")
    if where:
        yield f"gcloud is pointed at {where}, not at Google."
    values: dict[str, str] = {}
    for service in release.services:
        values |= service.variables
    if values.get("PUBLIC_URL", "").startswith("http://localhost"):
        yield "PUBLIC_URL is still localhost: the links in mails lead nowhere for anybody else."
    for name, lack in (("OIDC_AUDIENCE", "the API takes no token at all"), ("SMTP_HOST", "no mail is sent")):
        if values.get(name) == "":
            yield f"{name} is empty: {lack}."


def _dirt(release: Release) -> Iterable[str]:
    changed = git(release.root, "status", "--porcelain").splitlines()
    if changed:
        yield f"the tree is not clean, so no commit says what goes out: {changed[0].strip()}" + (
            f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        )


def _emulators(release: Release, environment: Mapping[str, str]) -> Iterable[str]:
    for name in sorted(environment):
        if name.endswith(EMULATOR) and environment[name]:
            yield f"{name} is set in your environment: unset {name}"
    for service in release.services:
        for name in service.variables:
            if name.endswith(EMULATOR):
                yield f"{service.name}/app.yaml sets {name}: in production that would be its only storage"


def _keys(release: Release) -> Iterable[str]:
    keys = {service.name: service.variables.get("SECRET_KEY", "") for service in release.services}
    advice = f"put SECRET_KEY=… into {values_file(release.project)} (see deploy/example.env)"
    known = [name for name, key in keys.items() if key in KNOWN_KEYS]
    short = [name for name, key in keys.items() if len(key) < SHORTEST_KEY and name not in known]
    if known:
        yield f"the SECRET_KEY of {', '.join(known)} is empty or known to everyone: {advice}"
    if short:
        yield f"the SECRET_KEY of {', '.join(short)} is shorter than {SHORTEST_KEY} characters: {advice}"
    if len(set(keys.values())) > 1:
        yield "the services have different SECRET_KEYs: what one signs, another refuses"


def _hosts(release: Release) -> Iterable[str]:
    for service in release.services:
        label = f"{release.version}-dot-{service.name}-dot-{release.project}"
        if len(label) > LONGEST_HOST:
            yield f"{label} is longer than {LONGEST_HOST} characters, so has no certificate: shorten VERSION"
