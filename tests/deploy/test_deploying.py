"""`make deploy`: what is refused, in which order it goes, and that traffic moves last."""

import stat

import pytest

from tests.deploy.conftest import KEY, SERVICES, Desk, Versions, git


def version_of(desk: Desk) -> str:
    return "g" + git(desk.project, "rev-parse", "--short=8", "HEAD").strip()


def healthy(desk: Desk, versions: Versions) -> str:
    """Let every version answer as it should."""
    version = version_of(desk)
    for service in SERVICES:
        versions.who[service] = {"service": service, "version": version}
        described = f"app versions describe {version} --service={service}"
        desk.questions[described] = {"versionUrl": versions.url(service)}
    desk.questions["app versions list"] = []
    return version


def test_a_release_goes_out_in_order_and_gets_its_traffic_after_the_smoke_test(
    desk: Desk, versions: Versions
) -> None:
    version = healthy(desk, versions)

    ran = desk.run("deploy", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert desk.changes() == [
        "app deploy index.yaml",
        *(
            f"app deploy .deploy/my-photos/{service}/app.yaml --version={version} --no-promote"
            for service in SERVICES
        ),
        "app deploy queue.yaml",
        *(f"app services set-traffic {service} --splits={version}=1" for service in reversed(SERVICES)),
        "app deploy cron.yaml",
        "app deploy dispatch.yaml",
    ]


def test_every_command_is_printed_before_it_runs(desk: Desk, versions: Versions) -> None:
    healthy(desk, versions)

    ran = desk.run("deploy", "my-photos")

    printed = [line for line in ran.stdout.splitlines() if line.startswith("$ gcloud ")]
    assert [line.removeprefix("$ gcloud ") for line in printed] == desk.commands()


def test_what_is_uploaded_is_the_service_with_the_values_of_the_project(
    desk: Desk, versions: Versions
) -> None:
    healthy(desk, versions)

    desk.run("deploy", "my-photos")

    for service in SERVICES:
        staged = desk.project / ".deploy" / "my-photos" / service
        assert f'\n  SECRET_KEY: "{KEY}"\n' in (staged / "app.yaml").read_text()
        assert (staged / "timeline" / "settings.py").is_file()
        assert not (staged / "timeline").is_symlink()
    assert stat.S_IMODE((desk.project / ".deploy").stat().st_mode) == 0o700
    assert not git(desk.project, "status", "--porcelain")


@pytest.mark.parametrize("sick", SERVICES)
def test_a_version_that_is_not_ready_gets_no_traffic(desk: Desk, versions: Versions, sick: str) -> None:
    healthy(desk, versions)
    versions.sick.add(sick)

    ran = desk.run("deploy", "my-photos", "--patience=0")

    assert ran.returncode == 1
    assert "/healthz answered 503" in ran.stderr
    assert "The traffic stays where it is" in ran.stderr
    assert not [line for line in desk.changes() if "set-traffic" in line or "dispatch" in line]


def test_an_address_that_shows_another_version_gets_no_traffic(desk: Desk, versions: Versions) -> None:
    healthy(desk, versions)
    versions.who["api-backend"]["version"] = "of-last-week"

    ran = desk.run("deploy", "my-photos", "--patience=0")

    assert ran.returncode == 1
    assert "of-last-week" in ran.stderr
    assert not [line for line in desk.changes() if "set-traffic" in line]


def test_a_failing_upload_ends_it_there(desk: Desk, versions: Versions) -> None:
    healthy(desk, versions)
    desk.fails.append("api-backend/app.yaml")

    ran = desk.run("deploy", "my-photos")

    assert ran.returncode == 1
    assert desk.changes()[-1].startswith("app deploy .deploy/my-photos/api-backend/app.yaml")
    assert "this test wants it so" in ran.stderr
    assert "The traffic stays where it is" in ran.stderr


def test_half_moved_traffic_is_told_with_the_way_back(desk: Desk, versions: Versions) -> None:
    healthy(desk, versions)
    desk.fails.append("set-traffic api-backend")

    ran = desk.run("deploy", "my-photos")

    assert ran.returncode == 1
    assert "tasks-backend gave its traffic" in ran.stderr
    assert "make rollback PROJECT=my-photos" in ran.stderr


def test_a_version_that_is_there_is_never_uploaded_again(desk: Desk, versions: Versions) -> None:
    version = healthy(desk, versions)
    desk.questions["app versions list"] = [{"service": "default", "id": version, "version": {}}]

    ran = desk.run("deploy", "my-photos")

    assert ran.returncode == 1
    assert "VERSION=" in ran.stderr
    assert desk.changes() == []


def test_a_dry_run_prints_and_calls_nothing(desk: Desk) -> None:
    ran = desk.run("deploy", "my-photos", "--dry-run", "--version=v2")

    assert ran.returncode == 0, ran.stderr
    assert "$ gcloud app services set-traffic default --splits=v2=1" in ran.stdout
    assert desk.commands() == []
    assert not (desk.project / ".deploy").exists()


def refused(desk: Desk, *words: str) -> str:
    ran = desk.run("deploy", "my-photos", *words)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert desk.commands() == []
    return ran.stderr


def test_a_changed_tree_is_refused(desk: Desk) -> None:
    desk.write("services/default/app.yaml", "service: default\n")

    assert "the tree is not clean" in refused(desk)


def test_a_new_file_is_refused_too(desk: Desk) -> None:
    desk.write("services/default/new.py", "\n")

    assert "the tree is not clean" in refused(desk)


@pytest.mark.parametrize("key", ["", "for-development-only", "short"])
def test_a_weak_key_is_refused_by_name(desk: Desk, key: str) -> None:
    desk.write("deploy/my-photos.env", f"SECRET_KEY={key}\n")

    line = refused(desk)

    assert "SECRET_KEY" in line
    assert "deploy/my-photos.env" in line


def test_no_values_at_all_are_refused(desk: Desk) -> None:
    (desk.project / "deploy" / "my-photos.env").unlink()

    assert "SECRET_KEY of default, api-backend, tasks-backend" in refused(desk)


def test_services_with_different_keys_are_refused(desk: Desk) -> None:
    desk.write("deploy/my-photos.env", "")
    for service in SERVICES:
        app_yaml = f'service: {service}\nenv_variables:\n  SECRET_KEY: "{service * 8}"\n'
        desk.write(f"services/{service}/app.yaml", app_yaml)
    desk.commit()

    assert "different SECRET_KEYs" in refused(desk)


def test_an_emulator_in_the_environment_is_refused(desk: Desk) -> None:
    desk.environment["DATASTORE_EMULATOR_HOST"] = "127.0.0.1:8081"

    assert "unset DATASTORE_EMULATOR_HOST" in refused(desk)


def test_an_emulator_in_an_app_yaml_is_refused(desk: Desk) -> None:
    file = desk.project / "services" / "default" / "app.yaml"
    file.write_text(f"{file.read_text()}  STORAGE_EMULATOR_HOST: http://127.0.0.1:9023\n")
    desk.commit()

    assert "default/app.yaml sets STORAGE_EMULATOR_HOST" in refused(desk)


def test_a_value_that_no_service_reads_is_refused(desk: Desk) -> None:
    desk.write("deploy/my-photos.env", f"SECRET_KEY={KEY}\nSECRET_KYE=typo\n")

    assert "SECRET_KYE" in refused(desk)


def test_a_line_without_a_name_is_refused_with_its_number(desk: Desk) -> None:
    desk.write("deploy/my-photos.env", f"SECRET_KEY={KEY}\nand so on\n")

    assert "my-photos.env:2" in refused(desk)


@pytest.mark.parametrize("version", ["Version-1", "-v1", "ah-v1", "v" * 64])
def test_a_version_that_app_engine_does_not_take_is_refused(desk: Desk, version: str) -> None:
    assert "no version name" in refused(desk, f"--version={version}")


def test_an_address_without_a_certificate_is_refused(desk: Desk) -> None:
    assert "shorten VERSION" in refused(desk, "--version=" + "v" * 45)


def test_it_says_where_gcloud_is_pointed(desk: Desk) -> None:
    desk.environment["CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE"] = "http://127.0.0.1:8086/"

    ran = desk.run("deploy", "my-photos", "--dry-run")

    assert "pointed at http://127.0.0.1:8086/, not at Google" in ran.stdout
