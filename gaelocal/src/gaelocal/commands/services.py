"""`gaelocal services`: list, start, stop, restart and scale the services of the running platform."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from gaelocal.commands.admin_client import AdminClient
from gaelocal.commands.platform_client import add_platform_arguments, addresses_of, ask_json
from gaelocal.yaml_files import ConfigError

HELP = "list, start, stop, restart and scale services, versions and instances"
EXAMPLES = """
  gaelocal services                                      list the instances
  gaelocal services stop worker                          stop the version that has the traffic
  gaelocal services start worker --version two           start another version
  gaelocal services restart worker --instance 1          replace one instance by a new one
  gaelocal services scale worker 5                       run five instances (manual scaling)
  gaelocal services ingress worker internal-only         refuse requests from outside the project
"""
COLUMNS = ("SERVICE", "VERSION", "INSTANCE", "STATE", "UPTIME", "PID", "MEMORY", "REQUESTS", "ADDRESS")
INGRESS = {
    "all": "INGRESS_TRAFFIC_ALLOWED_ALL",
    "internal-only": "INGRESS_TRAFFIC_ALLOWED_INTERNAL_ONLY",
    "internal-and-cloud-load-balancing": "INGRESS_TRAFFIC_ALLOWED_INTERNAL_AND_LB",
}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action", nargs="?", choices=["list", *ACTIONS], default="list", help="what to do (default: list)"
    )
    parser.add_argument("service", nargs="?", help="the service")
    parser.add_argument(
        "value", nargs="?", metavar="VALUE", help=f"scale: number of instances; ingress: {', '.join(INGRESS)}"
    )
    parser.add_argument("--version", metavar="ID", help="the version (default: the one with the traffic)")
    parser.add_argument(
        "--instance", metavar="ID", help="start, stop, restart: only this instance, by its ID or number"
    )
    add_platform_arguments(parser)


def run(arguments: Namespace) -> int:
    if arguments.action == "list":
        _print_instances(arguments)
        return 0
    if not arguments.service:
        raise ConfigError(f"name the service: gaelocal services {arguments.action} SERVICE")
    print(ACTIONS[arguments.action](AdminClient(arguments), arguments))
    return 0


def _start(admin: AdminClient, arguments: Namespace) -> str:
    return _operate(admin, arguments, "start", "started")


def _stop(admin: AdminClient, arguments: Namespace) -> str:
    return _operate(admin, arguments, "stop", "stopped")


def _restart(admin: AdminClient, arguments: Namespace) -> str:
    return _operate(admin, arguments, "restart", "restarted")


def _operate(admin: AdminClient, arguments: Namespace, verb: str, done: str) -> str:
    version = _version(admin, arguments)
    path = _path(admin, arguments, version)
    name = f"{arguments.service} {version}"
    if arguments.instance:
        admin.change("POST", f"{path}/instances/{arguments.instance}:{verb}")
        return f"instance {arguments.instance} of {name} is {done}"
    if verb == "restart":
        admin.change("POST", f"{path}:restart")
    else:
        status = {"servingStatus": "SERVING" if verb == "start" else "STOPPED"}
        admin.change("PATCH", f"{path}?updateMask=servingStatus", status)
    return f"{name} is {done}"


def _scale(admin: AdminClient, arguments: Namespace) -> str:
    if not (arguments.value or "").isdecimal():
        raise ConfigError(f"say how many instances: gaelocal services scale {arguments.service} 3")
    version = _version(admin, arguments)
    count = int(arguments.value)
    admin.change(
        "PATCH",
        f"{_path(admin, arguments, version)}?updateMask=manualScaling.instances",
        {"manualScaling": {"instances": count}},
    )
    return f"{arguments.service} {version} has {count} instance{'' if count == 1 else 's'}"


def _ingress(admin: AdminClient, arguments: Namespace) -> str:
    if arguments.value not in INGRESS:
        raise ConfigError(f"say from where requests are accepted: {', '.join(INGRESS)}")
    admin.change(
        "PATCH",
        f"{admin.services}/{arguments.service}?updateMask=networkSettings",
        {"networkSettings": {"ingressTrafficAllowed": INGRESS[arguments.value]}},
    )
    return f"the ingress setting of {arguments.service} is {arguments.value}"


ACTIONS: Mapping[str, Callable[[AdminClient, Namespace], str]] = {
    "start": _start,
    "stop": _stop,
    "restart": _restart,
    "scale": _scale,
    "ingress": _ingress,
}


def _path(admin: AdminClient, arguments: Namespace, version: str) -> str:
    return f"{admin.services}/{arguments.service}/versions/{version}"


def _version(admin: AdminClient, arguments: Namespace) -> str:
    """Return the chosen version, else the one that has all the traffic."""
    if arguments.version:
        return str(arguments.version)
    shares = admin.get(f"{admin.services}/{arguments.service}")["split"]["allocations"]
    if len(shares) != 1:
        versions = ", ".join(shares)
        raise ConfigError(
            f"{arguments.service} has several versions with traffic ({versions}): add --version"
        )
    return str(next(iter(shares)))


def _print_instances(arguments: Namespace) -> None:
    instances = ask_json(f"{addresses_of(arguments)['console']}/api/services")
    _print_table([COLUMNS, *(_row(instance) for instance in instances)])


def _row(instance: dict[str, Any]) -> tuple[str, ...]:
    megabytes = round(instance["memory"] / 1024 / 1024)
    return (
        instance["service"],
        instance["version"],
        str(instance["index"]),
        instance["state"],
        str(timedelta(seconds=round(instance["uptime"]))) if instance["uptime"] else "-",
        str(instance["pid"] or "-"),
        f"{megabytes} MB" if megabytes else "-",
        str(instance["requests"]),
        instance["instance_address"],
    )


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
