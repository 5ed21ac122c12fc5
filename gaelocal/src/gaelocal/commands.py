"""The short words of the command line: `token USER`, `cron`, `cron run URL`, `gcloud-env`."""

import argparse
import json
import shlex
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from gaelocal.data_folder import read_ready
from gaelocal.yaml_files import ConfigError

ANSWER_SECONDS = 660.0  # a cron job may take ten minutes


def run(words: list[str]) -> int:
    """Carry out one of the words; give the exit status.

    Raises:
        ConfigError: no platform runs on the data folder, or it refused.
    """
    parser = _parser()
    given = parser.parse_args(words)
    if given.word == "cron" and given.action == "run" and given.url is None:
        parser.error("`cron run` needs the URL of a job; `cron` lists them")
    if given.word == "gcloud-env":
        return _print_gcloud_environment(given.data)
    if given.word == "token":
        print(_ask(f"{read_ready(given.data)['oidc']}/token?{urllib.parse.urlencode({'user': given.user})}"))
        return 0
    if given.action == "run":
        return _run_job(given.data, given.url)
    return _list_jobs(given.app, given.data)


def _run_job(folder: Path, url: str) -> int:
    asked = f"{read_ready(folder)['console']}/api/cron/run?{urllib.parse.urlencode({'url': url})}"
    answer = json.loads(_ask(asked, method="POST"))
    last = answer.get("last_run") or answer
    print(f"{url} answered {last.get('status')}")
    return 0 if str(last.get("status", "")).startswith("2") else 1


def _print_gcloud_environment(folder: Path) -> int:
    """Where no platform runs, print a word that fails: what is `eval`ed must not pass for a success.

    Else the next `gcloud app deploy` would go to production.
    """
    from gaelocal.gcloud_environment import gcloud_environment  # noqa: PLC0415 - keeps `token` quick

    try:
        where = read_ready(folder)
    except ConfigError:
        print("false")
        raise
    for name, value in gcloud_environment(where, folder).items():
        print(f"export {name}={shlex.quote(value)};")
    return 0


def _list_jobs(app: Path, folder: Path) -> int:
    from gaelocal.scheduler import deployed_jobs, next_runs, read_jobs  # noqa: PLC0415 - keeps `token` quick

    jobs = deployed_jobs(folder / "scheduler")
    jobs = read_jobs(app / "cron.yaml") if jobs is None else jobs
    for job in jobs:
        print(f"{job.url}  {job.schedule}  {job.timezone}  -> {job.target or 'default'}")
        for at in next_runs(job, datetime.now(UTC), 3):
            print(f"    {at.isoformat(sep=' ', timespec='minutes')}")
    if not jobs:
        print(f"{app / 'cron.yaml'} names no job")
    return 0


def _ask(url: str, method: str = "GET") -> str:
    request = urllib.request.Request(url, method=method)  # noqa: S310 - an address of the platform's own
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - the same
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise ConfigError(_reason(error)) from error
    except OSError as error:
        raise ConfigError(f"the local cloud does not answer at {url.partition('?')[0]}: {error}") from error


def _reason(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        problem = json.loads(text)
    except ValueError:
        return text.strip() or str(error)
    return str(problem.get("detail") or problem.get("title") or text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gaelocal")
    words = parser.add_subparsers(dest="word", required=True)
    token = words.add_parser("token", help="print an ID token for USER")
    token.add_argument("user")
    cron = words.add_parser("cron", help="list the jobs with their next three run times, or run one now")
    cron.add_argument("action", nargs="?", choices=["list", "run"], default="list")
    cron.add_argument("url", nargs="?")
    cron.add_argument("--app", type=Path, default=Path(), metavar="DIR")
    gcloud = words.add_parser("gcloud-env", help="print what points gcloud here: `eval $(… gcloud-env)`")
    for word in (token, cron, gcloud):
        word.add_argument("--data", type=Path, default=Path(".gaelocal"), metavar="DIR")
    return parser
