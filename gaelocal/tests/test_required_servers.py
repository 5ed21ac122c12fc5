"""Google's emulators and Redis start when a service first connects to them, without an option."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gaelocal.appengine.project import read_service
from gaelocal.google_emulator import is_installed
from gaelocal.on_demand import OnDemandServer
from gaelocal.options import parse_options
from gaelocal.ports import HOST, free_port
from gaelocal.required_servers import RequiredServers, names_a_redis
from gaelocal.supervision import Health
from gaelocal.yaml_files import ConfigError

needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")


class Echo:
    """A server that returns what it gets, in capitals."""

    def __init__(self, error: Exception | None = None) -> None:
        self.address = f"{HOST}:{free_port(0, '--port')}"
        self.starts = 0
        self._error = error
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self.starts += 1
        if self._error:
            raise self._error
        self._server = await asyncio.start_server(self._answer, HOST, int(self.address.rpartition(":")[2]))

    async def stop(self) -> None:
        if self._server:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read()).upper())
        writer.close()


async def send(port: int, text: bytes, *, and_end: bool = True) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(text)
    if and_end:
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(100), 60)
    writer.close()
    return answer


def test_the_first_connection_starts_the_server_and_all_reach_it() -> None:
    async def connect() -> tuple[int, list[bytes], int]:
        echo, told = Echo(), list[str]()
        on_demand = OnDemandServer(echo, lambda: told.append("started"), told.append)
        on_demand.open()
        before = echo.starts
        port = on_demand.address.port
        answers = await asyncio.gather(*(send(port, text) for text in (b"bread", b"roll")))
        await on_demand.stop()
        assert told == ["started"]
        return before, answers, echo.starts

    assert asyncio.run(connect()) == (0, [b"BREAD", b"ROLL"], 1)


@pytest.mark.parametrize("error", [ConfigError("no oven"), OSError(28, "No space left on device")])
def test_a_server_that_does_not_start_is_said_once_and_the_fallback_answers(error: Exception) -> None:
    async def connect() -> tuple[list[bytes], list[str]]:
        refused: list[str] = []
        fallback = Echo()
        await fallback.start()
        on_demand = OnDemandServer(Echo(error), lambda: None, refused.append, fallback.address)
        on_demand.open()
        answers = [await send(on_demand.address.port, b"bread") for _ in range(2)]
        await on_demand.stop()
        await fallback.stop()
        return answers, refused

    assert asyncio.run(connect()) == ([b"BREAD", b"BREAD"], [str(error)])


def test_a_server_that_nobody_calls_is_never_started() -> None:
    async def open_and_stop() -> int:
        echo = Echo()
        on_demand = OnDemandServer(echo, lambda: None, lambda _: None)
        on_demand.open()
        await on_demand.stop()
        return echo.starts

    assert asyncio.run(open_and_stop()) == 0


@contextmanager
def required(folder: Path, *words: str) -> Iterator[tuple[RequiredServers, list[str]]]:
    told: list[str] = []
    options = parse_options(["--data", str(folder / ".gaelocal"), *words])
    yield (
        RequiredServers(options, Health(), "", lambda severity, line: told.append(f"{severity} {line}")),
        told,
    )


def variables(folder: Path, requirements: str, more: str = "", *words: str) -> dict[str, str]:
    """Return the variables that a service with these requirements gets."""
    (folder / "app.yaml").write_text(f"runtime: python313\n{more}")
    (folder / "main.py").touch()
    (folder / "requirements.txt").write_text(requirements)

    async def ask() -> dict[str, str]:
        with required(folder, *words) as (servers, _):
            found = dict(servers.variables_for(read_service(folder / "app.yaml")))
            await servers.stop()
            return found

    return asyncio.run(ask())


def test_a_project_that_names_no_client_gets_no_variables(tmp_path: Path) -> None:
    assert variables(tmp_path, "flask\ngoogle-cloud-datastore\nredis-sentinel-url\n") == {}


@pytest.mark.skipif(not is_installed("pubsub"), reason="gcloud has no emulator of Pub/Sub")
@pytest.mark.parametrize(
    "line", ["google-cloud-pubsub", "Google_Cloud.PubSub == 2.16.0  # topics", "-r more.txt"]
)
def test_a_client_in_requirements_gets_the_address_of_its_emulator(tmp_path: Path, line: str) -> None:
    (tmp_path / "more.txt").write_text("google-cloud-pubsub[libcst]>=2\n")

    found = variables(tmp_path, f"flask\n{line}\n")

    assert list(found) == ["PUBSUB_EMULATOR_HOST"]


@pytest.mark.parametrize("option", ["--emulator=none", "--emulator=pubsub", "--env=PUBSUB_EMULATOR_HOST=a:1"])
def test_options_replace_the_emulator_that_starts_by_itself(tmp_path: Path, option: str) -> None:
    assert variables(tmp_path, "google-cloud-pubsub", "", option) == {}


def test_redis_replaces_placeholders_and_its_password(tmp_path: Path) -> None:
    given = "env_variables:\n  REDIS_HOST: your-redis-host\n  REDIS_PASSWORD: your-redis-password\n"

    found = variables(tmp_path, "redis==4.5.4", given)

    assert found["REDIS_HOST"] == found["REDISHOST"] == HOST
    assert found["REDIS_PORT"] == found["REDISPORT"]
    assert found["REDIS_PASSWORD"] == ""
    assert found["REDIS_URL"] == f"redis://{HOST}:{found['REDIS_PORT']}/0"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", False),
        ("<REDIS_IP>", False),
        ("your-redis-host", False),
        ("redis.example.com", False),
        ("10.0.0.3", False),
        ("memorystore", False),
        ("localhost", True),
        ("127.0.0.1", True),
        ("34.90.1.2", True),
        ("cache.baker.net", True),
    ],
)
def test_an_address_that_this_machine_cannot_reach_is_replaced(value: str, expected: bool) -> None:
    assert names_a_redis({"REDISHOST": value}) is expected
    assert names_a_redis({"REDIS_URL": f"redis://:secret@{value}:6379/0"}) is (expected and bool(value))


def test_without_variables_no_redis_is_named() -> None:
    assert not names_a_redis({"MEMCACHE_HOST": "localhost"})


@needs_redis
def test_redis_answers_the_first_command_and_ends_with_the_platform(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    (tmp_path / "main.py").touch()
    (tmp_path / "requirements.txt").write_text("redis\n")

    async def ask() -> tuple[bytes, list[str], int]:
        with required(tmp_path) as (servers, told):
            found = servers.variables_for(read_service(tmp_path / "app.yaml"))
            port = int(found["REDIS_PORT"])
            answer = await send(port, b"PING\r\n", and_end=False)
            await servers.stop()
            return answer, told, port

    answer, told, port = asyncio.run(ask())

    assert answer == b"+PONG\r\n"
    assert [line for line in told if line.startswith("NOTICE starting a private redis-server")]
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(send(port, b"PING\r\n"))


def test_without_redis_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    (tmp_path / "main.py").touch()
    (tmp_path / "requirements.txt").write_text("redis\n")

    async def ask() -> list[str]:
        with required(tmp_path) as (servers, told):
            found = servers.variables_for(read_service(tmp_path / "app.yaml"))
            assert await send(int(found["REDIS_PORT"]), b"PING\r\n", and_end=False) == b""
            await servers.stop()
            return told

    assert asyncio.run(ask())[-1].startswith("WARNING redis-server is not installed")
