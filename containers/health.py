"""Ends with 0 when `http://127.0.0.1:PORT/PATH` answers 200: `python -I -S health.py PORT PATH`.

By hand, because it runs every few seconds in every container: a web client would take ten times as long to
import as the whole question takes.
"""

import socket
import sys

ANSWER_SECONDS = 4.0


def is_well(port: int, path: str) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        return connection.recv(64).split(b" ")[1:2] == [b"200"]


if __name__ == "__main__":
    sys.exit(0 if is_well(int(sys.argv[1]), sys.argv[2]) else 1)
