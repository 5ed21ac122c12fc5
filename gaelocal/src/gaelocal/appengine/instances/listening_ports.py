"""Find the port at which a process actually listens, for entrypoints that do not use $PORT."""

import contextlib

import psutil


def other_port_of(pid: int, expected: int) -> int | None:
    """Return a TCP port at which a process or its children listen, if not at the expected one.

    Returns None also where the system does not show the sockets of a process.
    """
    ports: set[int] = set()
    with contextlib.suppress(psutil.Error, OSError):
        leader = psutil.Process(pid)
        for process in (leader, *leader.children(recursive=True)):
            ports |= {
                connection.laddr.port
                for connection in process.net_connections(kind="tcp")
                if connection.status == psutil.CONN_LISTEN
            }
    return min(ports) if ports and expected not in ports else None
