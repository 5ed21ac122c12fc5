"""Cron on a laptop: obeys cron.yaml."""

from gaelocal.scheduler.cron_yaml import read_jobs
from gaelocal.scheduler.job import Job, next_runs
from gaelocal.scheduler.listing import deployed_jobs
from gaelocal.scheduler.scheduler import Scheduler

__all__ = ["Job", "Scheduler", "deployed_jobs", "next_runs", "read_jobs"]
