"""Finding the services of a project; every mistake in a yaml file is told with its file and line."""

from pathlib import Path

import pytest

from gaelocal.appengine.project import read_project
from gaelocal.yaml_files import ConfigError

APP = "runtime: python313\nentrypoint: gunicorn main:app\n"


def write(app: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(text)


def test_services_are_found_at_the_top_one_below_and_in_services(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app.yaml": APP,
            "worker.yaml": "service: worker\n" + APP,
            "docker-compose.yml": "services: {}\n",
            "mobile/app.yaml": "service: mobile\n" + APP,
            "services/api/app.yaml": "service: api\n" + APP,
            ".hidden/app.yaml": "service: hidden\n" + APP,
        },
    )

    project = read_project(tmp_path)

    assert list(project.services) == ["api", "default", "mobile", "worker"]
    assert project.services["api"].folder == tmp_path / "services" / "api"


def test_app_yaml_is_read_in_full(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app.yaml": APP
            + "instance_class: B4\nmanual_scaling: {instances: 3}\ninbound_services: [warmup]\n"
            + "env_variables: {A: one, B: 2}\nservice_account: x@y\nvpc_access_connector: {name: z}\n"
        },
    )

    service = read_project(tmp_path).services["default"]

    assert service.env_variables == {"A": "one", "B": "2"}
    assert (service.scaling.kind, service.scaling.instances, service.scaling.memory_mb) == ("manual", 3, 1536)
    assert service.wants_warmup
    assert service.scaling.shutdown_seconds == 30


@pytest.mark.parametrize(
    ("written", "seconds"), [("4d 5h", 363_600), ("30M", 1_800), ("600", 600), ("1h 5s", 3_605), ("0s", 0)]
)
def test_an_expiration_is_read_as_gcloud_does(tmp_path: Path, written: str, seconds: int) -> None:
    handler = "handlers:\n  - {url: /x, static_files: x, upload: x}\n"
    write(tmp_path, {"app.yaml": f"{APP}default_expiration: {written}\n{handler}"})

    assert read_project(tmp_path).services["default"].handlers[0].max_age == seconds


def test_numbers_of_automatic_scaling_are_kept(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"app.yaml": APP + "automatic_scaling:\n  max_instances: 5\n  target_cpu_utilization: 0.6\n"},
    )

    scaling = read_project(tmp_path).services["default"].scaling

    assert scaling.settings == {"max_instances": "5", "target_cpu_utilization": "0.6"}
    assert (scaling.instances, scaling.deadline) == (1, 600)


def test_without_an_entrypoint_gunicorn_serves_main_app(tmp_path: Path) -> None:
    write(tmp_path, {"app.yaml": "runtime: python312\n", "main.py": ""})

    assert read_project(tmp_path).services["default"].entrypoint == "gunicorn -b :$PORT main:app"


MISTAKES = {
    "no folder": ("there is no such folder", None),
    "nothing there": ("no app.yaml here", {}),
    "an unknown key": (r"app\.yaml:3: `runtme` is not known", {"app.yaml": APP + "runtme: python313\n"}),
    "no runtime": (r"app\.yaml:1: `runtime` is missing", {"app.yaml": "entrypoint: x\n"}),
    "another language": (r"app\.yaml:1: `nodejs20` cannot run here", {"app.yaml": "runtime: nodejs20\n"}),
    "flexible": (r"app\.yaml:3: only the standard", {"app.yaml": APP + "env: flex\n"}),
    "no program": (
        r"app\.yaml:1: there is neither an `entrypoint` nor",
        {"app.yaml": "runtime: python313\n"},
    ),
    "a bad name": (r"app\.yaml:3: `My_API` is no service name", {"app.yaml": APP + "service: My_API\n"}),
    "a name twice": (
        r"b/app\.yaml:1: the service `x` stands already in .*a/app\.yaml",
        {"a/app.yaml": "service: x\n" + APP, "b/app.yaml": "service: x\n" + APP},
    ),
    "two scalings": (
        r"app\.yaml:4: a service has one kind of scaling",
        {"app.yaml": APP + "automatic_scaling: {}\nmanual_scaling: {instances: 1}\n"},
    ),
    "no instance": (r"app\.yaml:3: `instances`", {"app.yaml": APP + "manual_scaling: {instances: 0}\n"}),
    "no class": (r"app\.yaml:3: `F9` is no instance class", {"app.yaml": APP + "instance_class: F9\n"}),
    "the wrong class": (
        r"app\.yaml:3: `B2` does not go with automatic",
        {"app.yaml": APP + "instance_class: B2\n"},
    ),
    "no static folder": (
        r"app\.yaml:5: the folder .*/static is missing",
        {"app.yaml": APP + "handlers:\n  - url: /static\n    static_dir: static\n"},
    ),
    "a handler of two kinds": (
        r"app\.yaml:4: a handler has one of",
        {"app.yaml": APP + "handlers:\n  - url: /x\n    script: auto\n    static_dir: x\n"},
    ),
    "an unknown handler key": (
        r"app\.yaml:4: `scrpt` is not known",
        {"app.yaml": APP + "handlers:\n  - {url: /x, scrpt: auto}\n"},
    ),
    "a Python 2 script": (
        r"app\.yaml:4: Python 3 knows only",
        {"app.yaml": APP + "handlers:\n  - {url: /x, script: main.app}\n"},
    ),
    "a login that Python 3 ignores": (
        r"app\.yaml:4: `login: admin` closes nothing in Python 3",
        {"app.yaml": APP + "handlers:\n  - {url: /x, script: auto, login: admin}\n"},
    ),
    "a broken pattern": (
        r"app\.yaml:4: `/\(x` is no regular expression",
        {"app.yaml": APP + "handlers:\n  - {url: /(x, script: auto}\n"},
    ),
    "a group that is not there": (
        r"app\.yaml:4: `\\2` is not a group",
        {"app.yaml": APP + "handlers:\n  - {url: /(x), static_files: 'a/\\2', upload: a/.*}\n"},
    ),
    "a bad expiration": (
        r"app\.yaml:3: `soon` is no duration",
        {"app.yaml": APP + "default_expiration: soon\n"},
    ),
    "a dispatch rule to nobody": (
        r"dispatch\.yaml:2: there is no service `api`; there are: default",
        {"app.yaml": APP, "dispatch.yaml": "dispatch:\n  - {url: '*/api/*', service: api}\n"},
    ),
    "a queue to nobody": (
        r"queue\.yaml:4: there is no service `mailer`",
        {"app.yaml": APP, "queue.yaml": "queue:\n  - name: mail\n    rate: 1/s\n    target: mailer\n"},
    ),
    "a job to nobody": (
        r"cron\.yaml:2: there is no service `v1\.mailer`",
        {
            "app.yaml": APP,
            "cron.yaml": "cron:\n  - {url: /x, target: v1.mailer, schedule: every 5 minutes}\n",
        },
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, mistake: str) -> None:
    message, files = MISTAKES[mistake]
    write(tmp_path / "app", files or {})
    if files is not None:
        (tmp_path / "app").mkdir(exist_ok=True)

    with pytest.raises(ConfigError, match=message) as told:
        read_project(tmp_path / "app")

    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("indexes: [", "not valid yaml"),
        ("indexes: 3", r":1: `indexes` must be a list"),
        ("indexs: []", r":1: `indexs` is not known"),
        ("indexes:\n- properties:\n  - name: a\n", r":2: `kind` is missing"),
        ("indexes:\n- kind: Photo\n", r":2: an index has at least one"),
        ("indexes:\n- kind: Photo\n  ancestor: perhaps\n", r":3: `ancestor` must be"),
        ("indexes:\n- kind: Photo\n  properties:\n  - direction: desc\n", r":4: `name` is missing"),
        (
            "indexes:\n- kind: Photo\n  properties:\n  - name: a\n    direction: down\n",
            r":5: `down` is no direction",
        ),
    ],
)
def test_a_broken_index_yaml_is_told_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    write(tmp_path, {"app.yaml": APP, "index.yaml": text})

    with pytest.raises(ConfigError, match=rf"index\.yaml.*{complaint}"):
        read_project(tmp_path)


def test_a_right_index_yaml_is_taken(tmp_path: Path) -> None:
    index = "kind: Photo\n  ancestor: yes\n  properties:\n  - name: a\n    direction: desc\n  - {name: b}\n"
    write(tmp_path, {"app.yaml": APP, "index.yaml": f"indexes:\n- {index}"})

    assert read_project(tmp_path).services
