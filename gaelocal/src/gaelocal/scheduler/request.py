"""The request that a cron job is."""

import re
from datetime import UTC, datetime

from gaelocal.delivery import Delivery
from gaelocal.scheduler.job import Job

AGENT = "AppEngine-Google; (+http://code.google.com/appengine)"


def cron_delivery(job: Job, scheduled: float) -> Delivery:
    """Make the GET; a job without a target goes where dispatch.yaml sends its path."""
    return Delivery(
        path=job.url,
        service=job.target,
        headers={
            "User-Agent": AGENT,
            "X-Appengine-Cron": "true",
            "X-Cloudscheduler": "true",
            "X-Cloudscheduler-Jobname": re.sub(r"[^A-Za-z0-9_-]+", "-", job.url).strip("-") or "root",
            "X-Cloudscheduler-Scheduletime": datetime.fromtimestamp(scheduled, UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
        },
        deadline=job.attempt_deadline,
    )
