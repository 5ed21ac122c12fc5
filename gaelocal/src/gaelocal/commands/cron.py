"""`gaelocal cron`: list the cron jobs with their next run times, or run one of them now."""

import urllib.parse
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from gaelocal.commands.platform_client import add_platform_arguments, addresses_of, ask_json, data_of
from gaelocal.data_folder import is_running

HELP = "list the cron jobs with their next three run times, or run one now"
EXAMPLES = """
  gaelocal cron
  gaelocal cron run /tasks/sweep
"""
SHOWN_RUNS = 3


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=["list", "run"], default="list")
    parser.add_argument("url", nargs="?", metavar="URL", help="the job to run, as in cron.yaml")
    add_platform_arguments(parser)
    parser.set_defaults(usage_error=parser.error)


def run(arguments: Namespace) -> int:
    if arguments.action == "run":
        if arguments.url is None:
            arguments.usage_error("`cron run` needs the URL of a job; `cron` lists them")
        return _run_job(arguments)
    jobs = _running_jobs(arguments) if is_running(data_of(arguments)) else _jobs_of_files(arguments)
    _print_jobs(jobs)
    if not jobs:
        print(f"{arguments.app / 'cron.yaml'} has no jobs")
    return 0


def _run_job(arguments: Namespace) -> int:
    query = urllib.parse.urlencode({"url": arguments.url})
    answer = ask_json(f"{addresses_of(arguments)['console']}/api/cron/run?{query}", "POST")
    last = answer.get("last_run") or answer
    print(f"{arguments.url} answered {last.get('status')}")
    return 0 if str(last.get("status", "")).startswith("2") else 1


def _running_jobs(arguments: Namespace) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = ask_json(f"{addresses_of(arguments)['console']}/api/cron")
    return jobs


def _jobs_of_files(arguments: Namespace) -> list[dict[str, Any]]:
    from gaelocal.scheduler import deployed_jobs, next_runs, read_jobs  # noqa: PLC0415 - keeps `token` quick

    jobs = deployed_jobs(data_of(arguments) / "scheduler")
    jobs = read_jobs(arguments.app / "cron.yaml") if jobs is None else jobs
    now = datetime.now(UTC)
    return [
        {
            "url": job.url,
            "schedule": job.schedule,
            "timezone": job.timezone,
            "target": job.target,
            "next_runs": [at.isoformat() for at in next_runs(job, now, SHOWN_RUNS)],
        }
        for job in jobs
    ]


def _print_jobs(jobs: Iterable[dict[str, Any]]) -> None:
    for job in jobs:
        print(f"{job['url']}  {job['schedule']}  {job['timezone']}  -> {job['target'] or 'default'}")
        for at in job["next_runs"]:
            print(f"    {datetime.fromisoformat(at).isoformat(sep=' ', timespec='minutes')}")
