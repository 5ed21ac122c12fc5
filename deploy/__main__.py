"""`python -m deploy WORD PROJECT`: deploy, rollback, teardown; `make` has a word for each."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.checks import check, notes
from deploy.deploying import deploy
from deploy.gcloud import Gcloud
from deploy.refusal import Refused
from deploy.release import read_release, read_services
from deploy.rolling_back import rollback
from deploy.smoke import PATIENCE_SECONDS
from deploy.tearing_down import farewell, teardown


def main(words: Sequence[str], environment: Mapping[str, str]) -> int:
    given = _parser().parse_args(words)
    gcloud = Gcloud(given.project, given.dry_run)
    try:
        {"deploy": _deploy, "rollback": _rollback, "teardown": _teardown}[given.word](
            gcloud, given, environment
        )
    except Refused as refused:
        print(f"{given.word}: {refused}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print(f"\n{given.word}: stopped; what was printed last may or may not have happened", file=sys.stderr)
        return 130
    return 0


def _deploy(gcloud: Gcloud, given: argparse.Namespace, environment: Mapping[str, str]) -> None:
    release = read_release(Path(), given.project, given.version)
    if not gcloud.is_dry:
        check(release, environment)
    for note in notes(release, environment):
        print(f"note: {note}")
    deploy(gcloud, release, given.patience)
    _say(gcloud, f"{release.version} has the traffic. To take it back: make rollback PROJECT={given.project}")


def _rollback(gcloud: Gcloud, given: argparse.Namespace, _: Mapping[str, str]) -> None:
    services = [service.name for service in read_services(Path(), {})]
    version = rollback(gcloud, services, given.version)
    _say(
        gcloud,
        f"{version} has the traffic. Queues, cron jobs, rules and indexes are as the newest deploy left\n"
        "them; to move these too, check that commit out and deploy them by hand.",
    )


def _teardown(gcloud: Gcloud, given: argparse.Namespace, _: Mapping[str, str]) -> None:
    services = [service.name for service in read_services(Path(), {})]
    teardown(gcloud, services, given.location, input)
    _say(gcloud, farewell(given.project))


def _say(gcloud: Gcloud, what_happened: str) -> None:
    print("Nothing was run: these are the commands." if gcloud.is_dry else what_happened)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("word", choices=["deploy", "rollback", "teardown"])
    parser.add_argument("project", help="the id of the Google Cloud project")
    parser.add_argument("--version", help="its name (deploy: the commit; rollback: the one before)")
    parser.add_argument("--location", default="us-central1", help="of the queues (teardown)")
    parser.add_argument("--dry-run", action="store_true", help="print the commands, run none of them")
    parser.add_argument(
        "--patience", type=float, default=PATIENCE_SECONDS, metavar="SECONDS", help="of the smoke test"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
