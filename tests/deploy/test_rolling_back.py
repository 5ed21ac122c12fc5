"""`make rollback` selects the previous version and moves all services to it."""

from typing import Any

from tests.deploy.conftest import SERVICES, Checkout


def row(service: str, version: str, *, day: int, traffic: float = 0.0, serving: bool = True) -> Any:
    created = f"2026-11-{day:02}T10:00:00Z"
    status = "SERVING" if serving else "STOPPED"
    details = {"createTime": created, "servingStatus": status}
    return {"service": service, "id": version, "traffic_split": traffic, "version": details}


def releases(*versions: str, live: str) -> list[Any]:
    return [
        row(service, version, day=day, traffic=float(version == live))
        for service in SERVICES
        for day, version in enumerate(versions, 1)
    ]


def moved_to(version: str) -> list[str]:
    return [f"app services set-traffic {service} --splits={version}=1" for service in SERVICES]


def test_all_services_go_back_to_the_version_before(checkout: Checkout) -> None:
    checkout.questions["app versions list"] = releases("v1", "v2", "v3", live="v3")

    ran = checkout.run("rollback", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert checkout.changes() == moved_to("v2")


def test_going_back_twice_goes_two_versions_back(checkout: Checkout) -> None:
    checkout.questions["app versions list"] = releases("v1", "v2", "v3", live="v2")

    checkout.run("rollback", "my-photos")

    assert checkout.changes() == moved_to("v1")


def test_a_version_that_only_one_service_has_is_left_out(checkout: Checkout) -> None:
    lone = row("default", "hotfix", day=9)
    checkout.questions["app versions list"] = [*releases("v1", live=""), lone] + [
        row(service, "v9", day=10, traffic=1.0) for service in SERVICES
    ]

    checkout.run("rollback", "my-photos")

    assert checkout.changes() == moved_to("v1")


def test_a_stopped_version_is_started_first(checkout: Checkout) -> None:
    rows = releases("v1", "v2", live="v2")
    rows[-2]["version"]["servingStatus"] = "STOPPED"
    checkout.questions["app versions list"] = rows

    checkout.run("rollback", "my-photos")

    assert checkout.changes() == ["app versions start v1 --service=tasks-backend", *moved_to("v1")]


def test_any_version_can_be_named(checkout: Checkout) -> None:
    checkout.questions["app versions list"] = releases("v1", "v2", "v3", live="v1")

    checkout.run("rollback", "my-photos", "--version=v3")

    assert checkout.changes() == moved_to("v3")


def test_a_missing_version_is_refused_with_a_list_of_versions(checkout: Checkout) -> None:
    checkout.questions["app versions list"] = releases("v1", "v2", live="v2")

    ran = checkout.run("rollback", "my-photos", "--version=v7")

    assert ran.returncode == 1
    assert "v7" in ran.stderr
    assert "v1" in ran.stderr
    assert checkout.changes() == []


def test_the_first_version_cannot_be_rolled_back(checkout: Checkout) -> None:
    checkout.questions["app versions list"] = releases("v1", live="v1")

    ran = checkout.run("rollback", "my-photos")

    assert ran.returncode == 1
    assert "no version before v1" in ran.stderr


def test_a_dry_run_runs_no_command(checkout: Checkout) -> None:
    ran = checkout.run("rollback", "my-photos", "--dry-run")

    assert ran.returncode == 0, ran.stderr
    assert checkout.commands() == []
