"""The Cloud Tasks and Cloud Scheduler samples of python-docs-samples, unmodified, with their own tests.

Google's client has no variable for an emulator, so the tests run in a process that leads every channel to
`cloudtasks.googleapis.com` and `cloudscheduler.googleapis.com` here, as gaelocal does for an app's instances.
"""

import json
import os
import stat
import sys
from pathlib import Path

from conformance.platform import Platform, running
from conformance.pytest_suite import run_pytest
from conformance.report import Report, Settings

NAME = "Cloud Tasks samples of python-docs-samples"
FOLDERS = (
    "cloud_tasks/snippets",
    "cloud_tasks/http_queues",
    "appengine/flexible/tasks",
    "cloud_scheduler/snippets",
)
QUEUES = "queue:\n- name: default\n  rate: 5/s\n"
APP = """
def app(environ, start_response):
    # As in the project that the samples are tested in, nothing handles their tasks: they stay in the queue.
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"not found"]
"""
REDIRECT = '''"""Lead Google's clients to the local cloud."""

import os

import google.auth
import grpc
import requests
from google.auth.credentials import AnonymousCredentials

TASKS, ADMIN = os.environ["CLOUD_TASKS_EMULATOR_HOST"], os.environ["GAELOCAL_ADMIN"]


def _default(*args, **kwargs):
    return AnonymousCredentials(), os.environ["GOOGLE_CLOUD_PROJECT"]


def _channel(target, credentials=None, options=None, compression=None):
    return grpc.insecure_channel(TASKS, options, compression)


_request = requests.Session.request


def _local_request(self, method, url, *args, **kwargs):
    return _request(self, method, url.replace("https://cloudtasks.googleapis.com", ADMIN), *args, **kwargs)


google.auth.default = google.auth._default.default = _default
grpc.secure_channel = _channel
requests.Session.request = _local_request
'''


def run(settings: Settings) -> Report:
    repository = settings.repository("python-docs-samples")
    report = Report(NAME)
    with running({"queue.yaml": QUEUES, "main.py": APP}) as platform:
        environment = _environment(platform)
        for folder in FOLDERS:
            if not (repository / folder).is_dir():
                continue
            part = run_pytest(NAME, repository / folder, ["."], environment)
            report.passed += part.passed
            report.skipped += part.skipped
            report.failures += [f"{folder} {failure}" for failure in part.failures]
    return report


def _environment(platform: Platform) -> dict[str, str]:
    """Return the environment of the tests, with a `gcloud` that prints a token, which one sample asks for."""
    patches = platform.data / "patches"
    programs = patches / "bin"
    programs.mkdir(parents=True)
    (patches / "sitecustomize.py").write_text(REDIRECT)
    gcloud = programs / "gcloud"
    gcloud.write_text(f"#!/bin/sh\necho '{json.dumps({'token': 'local'})}'\n")
    gcloud.chmod(gcloud.stat().st_mode | stat.S_IXUSR)
    return {
        **platform.environment(),
        "GAELOCAL_ADMIN": str(platform.addresses["admin"]),
        "PYTHONPATH": os.pathsep.join([str(patches), str(Path(sys.prefix))]),
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "TEST_QUEUE_NAME": "default",
        "TEST_QUEUE_LOCATION": "us-central1",
        "PYTHONWARNINGS": "ignore",
    }
