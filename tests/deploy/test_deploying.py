"""`make deploy`: what is refused, the order of the steps, and that traffic moves last."""

import stat

import pytest

from tests.deploy.conftest import KEY, SERVICES, Checkout, Versions, git


def version_of(checkout: Checkout) -> str:
    return "g" + git(checkout.project, "rev-parse", "--short=8", "HEAD").strip()


def healthy(checkout: Checkout, versions: Versions) -> str:
    """Make every version answer correctly."""
    version = version_of(checkout)
    for service in SERVICES:
        versions.who[service] = {"service": service, "version": version}
        described = f"app versions describe {version} --service={service}"
        checkout.questions[described] = {"versionUrl": versions.url(service)}
    checkout.questions["app versions list"] = []
    return version


def test_a_release_is_deployed_in_order_and_gets_its_traffic_after_the_smoke_test(
    checkout: Checkout, versions: Versions
) -> None:
    version = healthy(checkout, versions)

    ran = checkout.run("deploy", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert checkout.changes() == [
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


def test_every_command_is_printed_before_it_runs(checkout: Checkout, versions: Versions) -> None:
    healthy(checkout, versions)

    ran = checkout.run("deploy", "my-photos")

    printed = [line for line in ran.stdout.splitlines() if line.startswith("$ gcloud ")]
    assert [line.removeprefix("$ gcloud ") for line in printed] == checkout.commands()


def test_what_is_uploaded_is_the_service_with_the_values_of_the_project(
    checkout: Checkout, versions: Versions
) -> None:
    healthy(checkout, versions)

    checkout.run("deploy", "my-photos")

    for service in SERVICES:
        staged = checkout.project / ".deploy" / "my-photos" / service
        assert f'\n  SECRET_KEY: "{KEY}"\n' in (staged / "app.yaml").read_text()
        assert (staged / "timeline" / "settings.py").is_file()
        assert not (staged / "timeline").is_symlink()
    assert stat.S_IMODE((checkout.project / ".deploy").stat().st_mode) == 0o700
    assert not git(checkout.project, "status", "--porcelain")


@pytest.mark.parametrize("sick", SERVICES)
def test_a_version_that_is_not_ready_gets_no_traffic(
    checkout: Checkout, versions: Versions, sick: str
) -> None:
    healthy(checkout, versions)
    versions.sick.add(sick)

    ran = checkout.run("deploy", "my-photos", "--timeout=0")

    assert ran.returncode == 1
    assert "/healthz answered 503" in ran.stderr
    assert "The traffic was not moved" in ran.stderr
    assert not [line for line in checkout.changes() if "set-traffic" in line or "dispatch" in line]


def test_an_address_that_shows_another_version_gets_no_traffic(
    checkout: Checkout, versions: Versions
) -> None:
    healthy(checkout, versions)
    versions.who["api-backend"]["version"] = "of-last-week"

    ran = checkout.run("deploy", "my-photos", "--timeout=0")

    assert ran.returncode == 1
    assert "of-last-week" in ran.stderr
    assert not [line for line in checkout.changes() if "set-traffic" in line]


def test_a_failing_upload_stops_the_deployment(checkout: Checkout, versions: Versions) -> None:
    healthy(checkout, versions)
    checkout.fails.append("api-backend/app.yaml")

    ran = checkout.run("deploy", "my-photos")

    assert ran.returncode == 1
    assert checkout.changes()[-1].startswith("app deploy .deploy/my-photos/api-backend/app.yaml")
    assert "this test wants it so" in ran.stderr
    assert "The traffic was not moved" in ran.stderr


def test_an_interrupted_promotion_reports_how_to_roll_back(checkout: Checkout, versions: Versions) -> None:
    healthy(checkout, versions)
    checkout.fails.append("set-traffic api-backend")

    ran = checkout.run("deploy", "my-photos")

    assert ran.returncode == 1
    assert "tasks-backend already moved" in ran.stderr
    assert "make rollback PROJECT=my-photos" in ran.stderr


def test_an_existing_version_is_never_uploaded_again(checkout: Checkout, versions: Versions) -> None:
    version = healthy(checkout, versions)
    checkout.questions["app versions list"] = [{"service": "default", "id": version, "version": {}}]

    ran = checkout.run("deploy", "my-photos")

    assert ran.returncode == 1
    assert "VERSION=" in ran.stderr
    assert checkout.changes() == []


def test_a_dry_run_prints_and_calls_nothing(checkout: Checkout) -> None:
    ran = checkout.run("deploy", "my-photos", "--dry-run", "--version=v2")

    assert ran.returncode == 0, ran.stderr
    assert "$ gcloud app services set-traffic default --splits=v2=1" in ran.stdout
    assert checkout.commands() == []
    assert not (checkout.project / ".deploy").exists()


def refused(checkout: Checkout, *words: str) -> str:
    ran = checkout.run("deploy", "my-photos", *words)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert checkout.commands() == []
    return ran.stderr


def test_uncommitted_changes_are_refused(checkout: Checkout) -> None:
    checkout.write("services/default/app.yaml", "service: default\n")

    assert "there are uncommitted changes" in refused(checkout)


def test_an_untracked_file_is_refused(checkout: Checkout) -> None:
    checkout.write("services/default/new.py", "\n")

    assert "there are uncommitted changes" in refused(checkout)


@pytest.mark.parametrize("key", ["", "for-development-only", "short"])
def test_a_weak_key_is_refused_by_name(checkout: Checkout, key: str) -> None:
    checkout.write("deploy/my-photos.env", f"SECRET_KEY={key}\n")

    line = refused(checkout)

    assert "SECRET_KEY" in line
    assert "deploy/my-photos.env" in line


def test_missing_values_are_refused(checkout: Checkout) -> None:
    (checkout.project / "deploy" / "my-photos.env").unlink()

    assert "SECRET_KEY of default, api-backend, tasks-backend" in refused(checkout)


def test_services_with_different_keys_are_refused(checkout: Checkout) -> None:
    checkout.write("deploy/my-photos.env", "")
    for service in SERVICES:
        app_yaml = f'service: {service}\nenv_variables:\n  SECRET_KEY: "{service * 8}"\n'
        checkout.write(f"services/{service}/app.yaml", app_yaml)
    checkout.commit()

    assert "different SECRET_KEYs" in refused(checkout)


def test_an_emulator_in_the_environment_is_refused(checkout: Checkout) -> None:
    checkout.environment["DATASTORE_EMULATOR_HOST"] = "127.0.0.1:8081"

    assert "unset DATASTORE_EMULATOR_HOST" in refused(checkout)


def test_an_emulator_in_an_app_yaml_is_refused(checkout: Checkout) -> None:
    file = checkout.project / "services" / "default" / "app.yaml"
    file.write_text(f"{file.read_text()}  STORAGE_EMULATOR_HOST: http://127.0.0.1:9023\n")
    checkout.commit()

    assert "default/app.yaml sets STORAGE_EMULATOR_HOST" in refused(checkout)


def test_a_value_that_no_service_reads_is_refused(checkout: Checkout) -> None:
    checkout.write("deploy/my-photos.env", f"SECRET_KEY={KEY}\nSECRET_KYE=typo\n")

    assert "SECRET_KYE" in refused(checkout)


def test_a_line_without_a_name_is_refused_with_its_number(checkout: Checkout) -> None:
    checkout.write("deploy/my-photos.env", f"SECRET_KEY={KEY}\nand so on\n")

    assert "my-photos.env:2" in refused(checkout)


@pytest.mark.parametrize("version", ["Version-1", "-v1", "ah-v1", "v" * 64])
def test_an_invalid_version_name_is_refused(checkout: Checkout, version: str) -> None:
    assert "not a valid version name" in refused(checkout, f"--version={version}")


def test_an_address_without_a_certificate_is_refused(checkout: Checkout) -> None:
    assert "shorten VERSION" in refused(checkout, "--version=" + "v" * 45)


def test_a_note_names_the_configured_address_of_gcloud(checkout: Checkout) -> None:
    checkout.environment["CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE"] = "http://127.0.0.1:8086/"

    ran = checkout.run("deploy", "my-photos", "--dry-run")

    assert "configured for http://127.0.0.1:8086/, not for Google" in ran.stdout
