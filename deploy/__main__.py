"""`python -m deploy deploy|rollback|teardown PROJECT`; `make` has a target for each."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.checks import check, notes
from deploy.deploying import deploy
from deploy.errors import DeploymentError
from deploy.gcloud import Gcloud
from deploy.release import read_release, read_services
from deploy.rolling_back import rollback
from deploy.smoke import TIMEOUT_SECONDS
from deploy.tearing_down import remaining_resources, teardown


def main(words: Sequence[str], environment: Mapping[str, str]) -> int:
    given = _parser().parse_args(words)
    gcloud = Gcloud(given.project, given.dry_run)
    try:
        {"deploy": _deploy, "rollback": _rollback, "teardown": _teardown}[given.word](
            gcloud, given, environment
        )
    except DeploymentError as error:
        print(f"{given.word}: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print(
            f"\n{given.word}: stopped; the last printed command may have completed",
            file=sys.stderr,
        )
        return 130
    return 0


def _deploy(gcloud: Gcloud, given: argparse.Namespace, environment: Mapping[str, str]) -> None:
    release = read_release(Path(), given.project, given.version)
    if not gcloud.is_dry:
        check(release, environment)
    for note in notes(release, environment):
        print(f"note: {note}")
    deploy(gcloud, release, given.timeout)
    _print_result(
        gcloud, f"{release.version} now gets all traffic. To roll back: make rollback PROJECT={given.project}"
    )


def _rollback(gcloud: Gcloud, given: argparse.Namespace, _: Mapping[str, str]) -> None:
    services = [service.name for service in read_services(Path(), {})]
    version = rollback(gcloud, services, given.version)
    _print_result(
        gcloud,
        f"{version} now gets all traffic. Queues, cron jobs, dispatch rules and indexes are unchanged;\n"
        "to restore these too, check out that commit and deploy them by hand.",
    )


def _teardown(gcloud: Gcloud, given: argparse.Namespace, _: Mapping[str, str]) -> None:
    services = [service.name for service in read_services(Path(), {})]
    teardown(gcloud, services, given.location, input)
    _print_result(gcloud, remaining_resources(given.project))


def _print_result(gcloud: Gcloud, result: str) -> None:
    print("Dry run: no command was run." if gcloud.is_dry else result)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("word", choices=["deploy", "rollback", "teardown"])
    parser.add_argument("project", help="ID of the Google Cloud project")
    parser.add_argument(
        "--version", help="version name (default: the commit; for rollback, the previous version)"
    )
    parser.add_argument("--location", default="us-central1", help="location of the queues (teardown only)")
    parser.add_argument("--dry-run", action="store_true", help="print the commands without running them")
    parser.add_argument(
        "--timeout",
        type=float,
        default=TIMEOUT_SECONDS,
        metavar="SECONDS",
        help="time limit of the smoke test",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
