"""Finding the services of a project; each error in a yaml file names its file and line."""

import re
from pathlib import Path

import pytest

from gaelocal.appengine.project import config_file, read_project, read_service
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


def test_an_instance_class_may_be_written_in_small_letters(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("runtime: python313\nentrypoint: x\ninstance_class: f4_1g\n")

    assert read_service(tmp_path / "app.yaml").scaling.instance_class == "F4_1G"


def test_without_an_entrypoint_gunicorn_serves_main_app(tmp_path: Path) -> None:
    write(tmp_path, {"app.yaml": "runtime: python312\n", "main.py": ""})

    assert read_project(tmp_path).services["default"].entrypoint == "gunicorn -b :$PORT main:app"


MISTAKES = {
    "no folder": ("no such folder", None),
    "nothing there": ("there is no app.yaml in this folder or below it", {}),
    "an unknown key": (r"app\.yaml:3: `runtme` is not known", {"app.yaml": APP + "runtme: python313\n"}),
    "a misspelt key": (
        r"app\.yaml:3: `env_vars` is not known here; did you mean `env_variables`",
        {"app.yaml": APP + "env_vars:\n  A: b\n"},
    ),
    "a key one level too high": (
        r"app\.yaml:3: `max_instances` is not known here; it belongs in `automatic_scaling`",
        {"app.yaml": APP + "max_instances: 1\n"},
    ),
    "no runtime": (r"app\.yaml:1: `runtime` is missing", {"app.yaml": "entrypoint: x\n"}),
    "a bad name": (r"app\.yaml:3: `My_API` is not a service name", {"app.yaml": APP + "service: My_API\n"}),
    "a name twice": (
        r"b/app\.yaml: the service `x` is also in .*a/app\.yaml; name the file to run",
        {"a/app.yaml": "service: x\n" + APP, "b/app.yaml": "service: x\n" + APP},
    ),
    "two scalings": (
        r"app\.yaml:4: a service can have only one kind of scaling",
        {"app.yaml": APP + "automatic_scaling: {}\nmanual_scaling: {instances: 1}\n"},
    ),
    "no instance": (r"app\.yaml:3: `instances`", {"app.yaml": APP + "manual_scaling: {instances: 0}\n"}),
    "no class": (r"app\.yaml:3: `F9` is not an instance class", {"app.yaml": APP + "instance_class: F9\n"}),
    "the wrong class": (
        r"app\.yaml:3: `B2` is not allowed with automatic",
        {"app.yaml": APP + "instance_class: B2\n"},
    ),
    "a handler of two kinds": (
        r"app\.yaml:4: a handler has one of",
        {"app.yaml": APP + "handlers:\n  - url: /x\n    script: auto\n    static_dir: x\n"},
    ),
    "an unknown handler key": (
        r"app\.yaml:4: `scrpt` is not known",
        {"app.yaml": APP + "handlers:\n  - {url: /x, scrpt: auto}\n"},
    ),
    "a broken pattern": (
        r"app\.yaml:4: `/\(x` is not a regular expression",
        {"app.yaml": APP + "handlers:\n  - {url: /(x, script: auto}\n"},
    ),
    "a group that is not there": (
        r"app\.yaml:4: `\\2` is not a group",
        {"app.yaml": APP + "handlers:\n  - {url: /(x), static_files: 'a/\\2', upload: a/.*}\n"},
    ),
    "a bad expiration": (
        r"app\.yaml:3: `soon` is not a duration",
        {"app.yaml": APP + "default_expiration: soon\n"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_error_is_one_line(tmp_path: Path, mistake: str) -> None:
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
            r":5: `down` is not a direction",
        ),
    ],
)
def test_an_error_in_index_yaml_names_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    write(tmp_path, {"app.yaml": APP, "index.yaml": text})

    with pytest.raises(ConfigError, match=rf"index\.yaml.*{complaint}"):
        read_project(tmp_path)


def test_a_right_index_yaml_is_taken(tmp_path: Path) -> None:
    index = "kind: Photo\n  ancestor: yes\n  properties:\n  - name: a\n    direction: desc\n  - {name: b}\n"
    write(tmp_path, {"app.yaml": APP, "index.yaml": f"indexes:\n- {index}"})

    assert read_project(tmp_path).services


WARNINGS = {
    "another language": (r"app\.yaml:1: the runtime `nodejs20` is not supported", "runtime: nodejs20\n"),
    "flexible": (r"app\.yaml:1: gaelocal runs only App Engine's standard environment", APP + "env: flex\n"),
    "no program": (r"app\.yaml:1: there is neither an `entrypoint` nor", "runtime: python313\n"),
    "no static folder": (
        r"app\.yaml:5: the folder .*/static is missing",
        APP + "handlers:\n  - url: /static\n    static_dir: static\n",
    ),
    "no static file": (
        r"app\.yaml:5: the file .*/static/nope\.ico is missing",
        APP + "handlers:\n  - url: /x.ico\n    static_files: static/nope.ico\n    upload: static/nope.ico\n",
    ),
    "no error page": (
        r"app\.yaml:4: the file .*err\.html is missing",
        APP + "error_handlers:\n  - file: err.html\n",
    ),
    "a Python 2 script": (
        r"app\.yaml:4: Python 3 ignores the value of `script`",
        APP + "handlers:\n  - {url: /x, script: main.app}\n",
    ),
    "a login without bundled services": (
        r"app\.yaml:4: App Engine ignores `login: admin`",
        APP + "handlers:\n  - {url: /x, script: auto, login: admin}\n",
    ),
    "a key of another runtime": (r"app\.yaml:3: `threadsafe` has no effect", APP + "threadsafe: true\n"),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_what_has_no_effect_is_a_warning_with_its_line(tmp_path: Path, case: str) -> None:
    message, text = WARNINGS[case]
    write(tmp_path, {"app.yaml": text})

    (warning,) = read_project(tmp_path).warnings

    assert re.search(message, warning), warning


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "dispatch.yaml",
            "dispatch:\n  - {url: '*/api/*', service: api}\n",
            r"dispatch\.yaml:2: there is no service `api` in this project; there are: default",
        ),
        (
            "queue.yaml",
            "queue:\n  - name: mail\n    rate: 1/s\n    target: mailer\n",
            r"queue\.yaml:4: `mailer` is not a service",
        ),
        (
            "cron.yaml",
            "cron:\n  - {url: /x, target: beta, schedule: every 5 minutes}\n",
            r"cron\.yaml:2: `beta` is not a service",
        ),
    ],
)
def test_a_target_outside_the_project_is_a_warning(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    write(tmp_path, {"app.yaml": APP, name: text})

    (warning,) = read_project(tmp_path).warnings

    assert re.search(message, warning), warning


def test_services_are_found_in_any_folder_and_under_any_file_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "apps/web/app.yaml": APP,
            "apps/backend/api/app.yaml": APP + "service: api\n",
            "worker.yaml": APP + "service: worker\n",
            "venv/pyvenv.cfg": "",
            "venv/lib/app.yaml": APP + "service: never\n",
            "node_modules/x/app.yaml": APP + "service: never\n",
            "k8s.yaml": "kind: Deployment\nruntime: x\n",
            "docker-compose.yaml": "services: {}\n",
        },
    )

    assert sorted(read_project(tmp_path).services) == ["api", "default", "worker"]


def test_a_staging_file_and_an_older_runtime_are_ignored(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app.yaml": "runtime: python27\nthreadsafe: true\n",
            "app37.yaml": APP,
            "worker.yaml": APP + "service: worker\n",
            "worker.staging.yaml": APP + "service: worker\n",
        },
    )

    services = read_project(tmp_path).services

    assert {name: service.file.name for name, service in services.items()} == {
        "default": "app37.yaml",
        "worker": "worker.yaml",
    }


def test_excluded_folders_are_not_searched(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": '[tool.gaelocal]\nexclude = ["labs", "docs/samples/"]\n',
            "services/web/app.yaml": APP,
            "labs/one/app.yaml": APP + "service: one\n",
            "docs/samples/app.yaml": APP + "service: two\n",
        },
    )

    project = read_project(tmp_path)

    assert list(project.services) == ["default"]
    assert project.warnings == []


def test_app_yaml_wins_over_other_files_of_its_service_and_the_others_are_listed(tmp_path: Path) -> None:
    staging = APP + "service: default\nenv_variables: {STAGE: staging}\n"
    write(tmp_path, {"app.staging.yaml": staging, "app.yaml": APP, "samples/one/app.yaml": APP})

    project = read_project(tmp_path)

    assert project.services["default"].file == tmp_path / "app.yaml"
    assert [line.split(" is ignored")[0] for line in project.warnings] == [
        str(tmp_path / "app.staging.yaml"),
        str(tmp_path / "samples" / "one" / "app.yaml"),
    ]


def test_a_file_without_a_service_name_is_the_default_service(tmp_path: Path) -> None:
    write(tmp_path, {"web.yaml": APP, "api.yaml": APP + "service: api\n"})

    assert sorted(read_project(tmp_path).services) == ["api", "default"]


def test_only_the_chosen_files_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"app.yaml": APP, "api.yaml": APP + "service: api\n", "x.yaml": APP + "service: x\n"})
    chosen = [tmp_path / "app.yaml", tmp_path / "api.yaml", tmp_path / "dispatch.yaml"]
    write(tmp_path, {"dispatch.yaml": "dispatch:\n  - {url: '*/api/*', service: api}\n"})

    project = read_project(tmp_path, chosen=chosen)

    assert sorted(project.services) == ["api", "default"]
    assert project.dispatch.service_for("localhost", "/api/x") == "api"


def test_included_handlers_come_first_and_included_variables_win(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app.yaml": APP
            + "includes: [more.yaml, lib]\nenv_variables: {A: own, B: own}\n"
            + "handlers:\n  - {url: /own, script: auto}\n",
            "more.yaml": "env_variables: {B: included, C: 007}\n"
            "handlers:\n  - {url: /head, script: auto}\n  - {url: /tail, script: auto, position: tail}\n",
            "lib/include.yaml": "handlers:\n  - {url: /lib, script: auto}\n",
        },
    )

    service = read_project(tmp_path).services["default"]

    assert service.env_variables == {"A": "own", "B": "included", "C": "7"}
    assert [handler.pattern.pattern for handler in service.handlers] == ["/lib", "/head", "/own", "/tail"]


def test_a_missing_include_is_a_warning_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"app.yaml": APP + "includes: [gone.yaml]\n"})

    (warning,) = read_project(tmp_path).warnings

    assert re.search(r"app\.yaml:3: the file .*gone\.yaml is missing", warning)


def test_an_endless_include_is_refused_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"app.yaml": APP + "includes: [gone.yaml]\n", "gone.yaml": "includes: [gone.yaml]\n"})
    with pytest.raises(ConfigError, match=r"gone\.yaml:1: `gone\.yaml` includes itself"):
        read_project(tmp_path)


def test_a_mistake_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    write(tmp_path, {"app.yaml": APP + "includes: [more.yaml]\n", "more.yaml": "\nhandlers:\n- {url: /x}\n"})

    with pytest.raises(ConfigError, match=r"more\.yaml:3: a handler has one of"):
        read_project(tmp_path)


@pytest.mark.parametrize(
    ("written", "deployed"),
    [
        ("YES", "True"),
        ("off", "False"),
        ("1.10", "1.1"),
        ("007", "7"),
        ('"007"', "007"),
        ("0x1F", "31"),
        ("1_000", "1000"),
        ("1e3", "1000.0"),
        ("12:30", "750"),
        ("2020-01-01", "2020-01-01"),
        ("null", "None"),
        ("", "None"),
        ("09", "09"),
        ("plain text", "plain text"),
        ("[a, 1]", "['a', 1]"),
    ],
)
def test_a_variable_arrives_as_gcloud_would_send_it(tmp_path: Path, written: str, deployed: str) -> None:
    write(tmp_path, {"app.yaml": APP + f"env_variables:\n  A: {written}\n"})

    assert read_project(tmp_path).services["default"].env_variables == {"A": deployed}


def test_the_only_service_takes_the_place_of_the_default_one(tmp_path: Path) -> None:
    write(tmp_path, {"app.yaml": APP + "service: api\n"})

    project = read_project(tmp_path)

    assert project.default_service == "api"
    assert "`api` takes its place" in project.warnings[0]


def test_cron_and_queue_files_may_lie_beside_the_only_app_yaml(tmp_path: Path) -> None:
    write(tmp_path, {"backend/app.yaml": APP, "backend/cron.yaml": "cron: []\n"})

    assert config_file(tmp_path, "cron.yaml") == tmp_path / "backend" / "cron.yaml"
    assert config_file(tmp_path, "queue.yaml") == tmp_path / "queue.yaml"
