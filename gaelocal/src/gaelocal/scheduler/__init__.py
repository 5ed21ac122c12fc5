"""The Cloud Scheduler emulator: it runs cron.yaml and serves `google.cloud.scheduler.v1` and v1beta1."""

from gaelocal.scheduler.cron_yaml import read_jobs
from gaelocal.scheduler.job import Job, next_runs
from gaelocal.scheduler.job_list import deployed_jobs
from gaelocal.scheduler.scheduler import Scheduler

__all__ = ["Job", "Scheduler", "deployed_jobs", "next_runs", "read_jobs"]
