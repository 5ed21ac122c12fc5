"""Cron on a laptop: obeys cron.yaml."""

from localcloud.scheduler.cron_yaml import read_jobs
from localcloud.scheduler.job import Job, next_runs
from localcloud.scheduler.listing import deployed_jobs
from localcloud.scheduler.scheduler import Scheduler

__all__ = ["Job", "Scheduler", "deployed_jobs", "next_runs", "read_jobs"]
