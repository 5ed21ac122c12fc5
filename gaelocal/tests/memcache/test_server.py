"""The cache with pymemcache, and with invalid clients."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheClientError, MemcacheServerError
from tests.memcache.conftest import SECONDS, Clock, port_of, talk

from gaelocal.memcache import MemcacheServer
from tests.waiting import eventually


@contextmanager
def connected(server: MemcacheServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port_of(server)), SECONDS) as sock:
        yield sock


def test_what_was_set_is_read(client: Client) -> None:
    client.set("photo", b"sea", noreply=False)

    assert client.get("photo") == b"sea"
    assert client.get_many(["photo", "other"]) == {"photo": b"sea"}


def test_a_slow_reader_cannot_put_back_what_a_writer_removed(client: Client) -> None:
    client.set("page", b"old", noreply=False)
    _, unique = client.gets("page")
    client.delete("page", noreply=False)

    assert client.cas("page", b"stale", unique) is None
    assert client.get("page") is None


def test_cas_loses_against_a_later_write(client: Client) -> None:
    client.set("page", b"old", noreply=False)
    _, unique = client.gets("page")
    client.set("page", b"new", noreply=False)

    assert client.cas("page", b"stale", unique) is False
    assert client.get("page") == b"new"


def test_a_value_lives_as_long_as_it_was_given(client: Client, clock: Clock) -> None:
    client.set("a", b"1", expire=10, noreply=False)
    clock.now += 9.9
    before = client.get("a")
    clock.now += 0.1

    assert (before, client.get("a")) == (b"1", None)


def test_an_expiry_beyond_a_month_is_a_date(client: Client, clock: Clock) -> None:
    client.set("a", b"1", expire=int(clock.now) + 5, noreply=False)
    before = client.get("a")
    clock.now += 5

    assert (before, client.get("a")) == (b"1", None)


def test_a_touch_gives_more_time(client: Client, clock: Clock) -> None:
    client.set("a", b"1", expire=10, noreply=False)
    client.touch("a", 100, noreply=False)
    clock.now += 50

    assert client.get("a") == b"1"


def test_a_delayed_flush_takes_everything_when_its_time_comes(client: Client, clock: Clock) -> None:
    client.set("a", b"1", noreply=False)
    client.flush_all(delay=10, noreply=False)
    client.set("b", b"2", noreply=False)
    before = client.get_many(["a", "b"])
    clock.now += 10

    assert before == {"a": b"1", "b": b"2"}
    assert client.get_many(["a", "b"]) == {}


def test_the_least_recently_used_goes_first(client: Client, server: MemcacheServer) -> None:
    for number in range(4):
        client.set(f"k{number}", b"x" * 1_000_000, noreply=False)
    client.get("k0")
    client.set("k4", b"x" * 1_000_000, noreply=False)

    kept = [key for key in ("k0", "k1", "k2", "k3", "k4") if client.get(key)]
    assert kept == ["k0", "k2", "k3", "k4"]
    assert server.stats()["bytes"] <= server.stats()["limit_maxbytes"]
    assert server.stats()["evictions"] == 1


def test_bytes_are_counted_back_to_nothing(client: Client, server: MemcacheServer) -> None:
    client.set("a", b"12345", noreply=False, flags=3)
    client.append("a", b"678", noreply=False)
    client.incr("a", 99_999_999, noreply=False)
    client.replace("a", b"1", noreply=False)
    client.set("b", b"x", expire=-1, noreply=False)
    client.get("b")
    client.delete("a", noreply=False)

    assert server.stats()["bytes"] == 0


def test_too_large_a_value_is_refused_and_the_connection_stays_usable(client: Client) -> None:
    client.set("a", b"old", noreply=False)

    with pytest.raises(MemcacheServerError, match="too large"):
        client.set("a", b"x" * (1 << 20), noreply=False)

    assert client.get("a") is None


def test_hits_and_misses_are_counted(client: Client) -> None:
    client.set("a", b"1", noreply=False)
    client.get("a")
    client.get("b")

    stats = client.stats()
    assert (stats[b"cmd_get"], stats[b"get_hits"], stats[b"get_misses"]) == (2, 1, 1)


@pytest.mark.parametrize("key", [b"a\x01b", b"a\tb", b"a\x00b", b"a\x7fb"])
def test_control_characters_in_a_key_are_refused(server: MemcacheServer, key: bytes) -> None:
    said = b"set " + key + b" 0 0 1\r\nx\r\nget " + key + b"\r\n"

    assert talk(port_of(server), said) == b"CLIENT_ERROR bad command line format\r\n" * 2


@pytest.mark.parametrize(
    "line", [b"set " + b"k" * 251 + b" 0 0 7", b"set a 0 x 7", b"set a -1 0 7", b"cas a 0 0 7 x"]
)
def test_the_block_of_a_refused_line_never_becomes_a_command(server: MemcacheServer, line: bytes) -> None:
    said = line + b"\r\nversion\r\nget a\r\n"

    assert talk(port_of(server), said) == b"CLIENT_ERROR bad command line format\r\nEND\r\n"


def test_commands_are_understood_however_they_are_cut(server: MemcacheServer) -> None:
    with connected(server) as sock:
        for byte in b"set a 0 0 3\r\na\r\n\r\nget a\r\nquit\r\n":
            sock.sendall(bytes([byte]))
        answered = b"".join(iter(lambda: sock.recv(100), b""))

    assert answered == b"STORED\r\nVALUE a 0 3\r\na\r\n\r\nEND\r\n"


def test_a_line_without_end_is_cut_off(server: MemcacheServer) -> None:
    with connected(server) as sock:
        sock.sendall(b"x" * 65536)
        answered = b"".join(iter(lambda: sock.recv(100), b""))

    assert answered == b"CLIENT_ERROR line too long\r\n"


def test_who_does_not_read_his_answers_is_not_read_any_further(
    server: MemcacheServer, client: Client
) -> None:
    client.set("big", b"x" * 1_000_000, noreply=False)
    with connected(server) as sock:
        sock.setblocking(False)
        sent = _send_until_blocked(sock, b"get big\r\n" * 1000)
        assert client.get("big") is not None
        assert sent < 100_000_000
        assert server.stats()["cmd_get"] < 1000


def _send_until_blocked(sock: socket.socket, said: bytes) -> int:
    sent = 0
    try:
        while sent < 100_000_000:
            sent += sock.send(said)
    except BlockingIOError:
        return sent
    return sent


def test_who_leaves_in_the_middle_of_a_block_leaves_nothing(server: MemcacheServer, client: Client) -> None:
    with connected(server) as sock:
        sock.sendall(b"set a 0 0 10\r\nhalf")

    eventually(lambda: server.stats()["curr_connections"] <= 1)
    assert client.get("a") is None


def test_a_bad_key_does_not_reach_the_server(client: Client) -> None:
    with pytest.raises(MemcacheClientError):
        client.get("k" * 251)


@pytest.mark.parametrize("method", [b"POST", b"patch", b"set", b"gets", b"mg"])
def test_the_request_of_a_web_page_runs_no_commands(
    server: MemcacheServer, client: Client, method: bytes
) -> None:
    body = b"set page 0 0 4\r\nevil\r\n"
    head = b" /x HTTP/1.1\r\nHost: 127.0.0.1:11311\r\nContent-Type: text/plain\r\n\r\n"

    with connected(server) as sock:
        sock.sendall(method + head + body)
        answer = b"".join(iter(lambda: sock.recv(4096), b""))

    assert answer.endswith(b"\r\n")
    assert client.get("page") is None


def test_items_and_slabs_are_shown_by_size_class(client: Client) -> None:
    client.set("small", b"x", noreply=False)
    client.set("large", b"x" * 5000, noreply=False)

    items, slabs = client.stats("items"), client.stats("slabs")
    assert [items[key] for key in (b"items:1:number", b"items:19:number")] == [1, 1]
    assert slabs[b"1:chunk_size"] == 96
    assert slabs[b"active_slabs"] == 2


def test_a_lower_memory_limit_evicts_at_once(client: Client, server: MemcacheServer) -> None:
    client.cache_memlimit(16)
    for number in range(12):
        client.set(f"k{number}", b"x" * 1_000_000, noreply=False)
    client.cache_memlimit(8)

    assert server.stats()["limit_maxbytes"] == 8 << 20
    assert client.get("k0") is None
    assert client.get("k11") is not None


def test_one_client_wins_the_right_to_cache_a_missing_item(client: Client) -> None:
    first = client.raw_command(b"mg page N30 t")
    second = client.raw_command(b"mg page N30 t")

    assert (first, second) == (b"HD t30 W", b"HD t30 Z")
