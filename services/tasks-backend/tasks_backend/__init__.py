"""The service tasks-backend: handlers of the queues and of cron."""

from flask import Flask

from tasks_backend.avatars import avatars
from tasks_backend.emails import emails
from tasks_backend.erase import erase
from tasks_backend.exports import exports
from tasks_backend.renditions import large_renditions, renditions
from tasks_backend.rerendering import rerendering
from tasks_backend.responses import show
from tasks_backend.summary_emails import summary_emails
from tasks_backend.sweeps import sweeps
from tasks_backend.webp import webp
from timeline.interfaces import Backends
from timeline.serving import ServiceOptions, make_app

SITE_MAP = (
    ("/tasks/renditions", renditions),
    ("/tasks/renditions/avatar", avatars),
    ("/tasks/large_renditions", large_renditions),
    ("/tasks/webp", webp),
    ("/tasks/rerender", rerendering),
    ("/tasks/erase", erase),
    ("/tasks/export", exports),
    ("/tasks/summary_email", summary_emails),
    ("/tasks/email", emails),
    ("/tasks/sweep", sweeps),
)


def create_app(backends: Backends | None = None) -> Flask:
    options = ServiceOptions(credentials=(), show=show, platform_folders=("tasks", "whoami"))
    return make_app(__name__, backends, SITE_MAP, options)
