"""`make rollback`: which version is the one before, and that all services go there."""

from typing import Any

from tests.deploy.conftest import SERVICES, Desk


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


def test_all_services_go_back_to_the_version_before(desk: Desk) -> None:
    desk.questions["app versions list"] = releases("v1", "v2", "v3", live="v3")

    ran = desk.run("rollback", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert desk.changes() == moved_to("v2")


def test_going_back_twice_goes_two_versions_back(desk: Desk) -> None:
    desk.questions["app versions list"] = releases("v1", "v2", "v3", live="v2")

    desk.run("rollback", "my-photos")

    assert desk.changes() == moved_to("v1")


def test_a_version_that_only_one_service_has_is_left_out(desk: Desk) -> None:
    lone = row("default", "hotfix", day=9)
    desk.questions["app versions list"] = [*releases("v1", live=""), lone] + [
        row(service, "v9", day=10, traffic=1.0) for service in SERVICES
    ]

    desk.run("rollback", "my-photos")

    assert desk.changes() == moved_to("v1")


def test_a_stopped_version_is_started_first(desk: Desk) -> None:
    rows = releases("v1", "v2", live="v2")
    rows[-2]["version"]["servingStatus"] = "STOPPED"
    desk.questions["app versions list"] = rows

    desk.run("rollback", "my-photos")

    assert desk.changes() == ["app versions start v1 --service=tasks-backend", *moved_to("v1")]


def test_a_named_version_may_be_any(desk: Desk) -> None:
    desk.questions["app versions list"] = releases("v1", "v2", "v3", live="v1")

    desk.run("rollback", "my-photos", "--version=v3")

    assert desk.changes() == moved_to("v3")


def test_a_version_that_is_not_there_is_refused_with_those_that_are(desk: Desk) -> None:
    desk.questions["app versions list"] = releases("v1", "v2", live="v2")

    ran = desk.run("rollback", "my-photos", "--version=v7")

    assert ran.returncode == 1
    assert "v7" in ran.stderr
    assert "v1" in ran.stderr
    assert desk.changes() == []


def test_before_the_first_version_there_is_none(desk: Desk) -> None:
    desk.questions["app versions list"] = releases("v1", live="v1")

    ran = desk.run("rollback", "my-photos")

    assert ran.returncode == 1
    assert "no version before v1" in ran.stderr


def test_a_dry_run_asks_nobody(desk: Desk) -> None:
    ran = desk.run("rollback", "my-photos", "--dry-run")

    assert ran.returncode == 0, ran.stderr
    assert desk.commands() == []
