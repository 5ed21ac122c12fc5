"""Malformed replies: each is a miss, and its key is deleted."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.gcp.memcache import Memcache
from timeline.gcp.memcache_client import LARGEST_REPLY, LARGEST_VALUE, TIMEOUT_SECONDS, BoundedSocket
from timeline.interfaces import Increment

KEY = "k"
MALFORMED = (
    *(
        b"VALUE\r\n",
        b"VALUE x y z\r\n",
        b"VALUE k 0\r\n",
        b"VALUE k 0 3 4 5 6\r\n",
        b"VALUE  k 0 3\r\nabc\r\nEND\r\n",
    ),
    *(b"VALUE k 0 99999999999\r\n", b"VALUE k 0 -5\r\nxx\r\nEND\r\n", b"VALUE k 0 x\r\nabc\r\nEND\r\n"),
    *(b"VALUE k 0 " + b"9" * 5_000 + b"\r\n", b"VALUE k 0 1_0\r\n", b"VALUE k x 3\r\nabc\r\nEND\r\n"),
    *(b"VALUE k 0 %d\r\n" % (LARGEST_VALUE + 1), b"VALUE k 0 3\r\nabcdefghi\r\nEND\r\n"),
    *(
        b"VALUE other 0 3\r\nabc\r\nEND\r\n",
        b"VALUE k 0 3 7 8\r\nabc\r\nEND\r\n",
        b"VALUES k 0 3\r\nabc\r\nEND\r\n",
    ),
    *(b"\r\n\r\n\r\n", b"abc\r\n", b"-1\r\n", b"\x00\xff\xfe\r\n", b"END \r\n", b"end\r\n", b"STAT a b\r\n"),
    *(b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x81\x00\x00\x00\r\n", b"-ERR unknown command\r\n", b"$-1\r\n"),
)
FAILING = (
    *(b"ERROR\r\n", b"SERVER_ERROR out of memory\r\n", b"CLIENT_ERROR bad data\r\n", b"SERVER_ERROR\r\n"),
    *(b"", b"VALUE k 0 3", b"VALUE k 0 3\r\nab", b"\r", b"x" * (LARGEST_REPLY + 1)),
)
OF_OTHER_COMMANDS = (
    b"STORED\r\n",
    b"END\r\n",
    b"DELETED\r\n",
    b"12\r\n",
    b"OK\r\n",
    b"EXISTS\r\n",
    b"TOUCHED\r\n",
)
CALLS: dict[str, Callable[[Memcache], object]] = {
    "get": lambda cache: cache.get(KEY),
    "gets": lambda cache: cache.gets(KEY),
    "add": lambda cache: cache.add(KEY, b"1", 60),
    "cas": lambda cache: cache.cas(KEY, b"1", b"7", 60),
    "incr": lambda cache: cache.incr(Increment(key=KEY, seconds=60, is_new=False))[0],
    "incr new": lambda cache: cache.incr(Increment(key=KEY, seconds=60))[0],
    "add_and_gets": lambda cache: cache.add_and_gets(KEY, b"1", 60),
    "delete_and_set": lambda cache: cache.delete_and_set([KEY], "other", b"1", 60),
    "cas_and_gets": lambda cache: cache.cas_and_gets(KEY, b"1", b"7", 60),
}
NOTHING = {"get": None, "gets": (None, None), "add": False, "cas": False, "incr": None} | {
    "incr new": None,
    "add_and_gets": (None, None, None),
    "delete_and_set": False,
    "cas_and_gets": None,
}


class Server:
    """A server that sends the same reply to every connection, and records what it receives."""

    def __init__(self, listener: socket.socket, reply: bytes) -> None:
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self.reply = reply
        self.told: list[bytes] = []
        self._listener = listener

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self.told.append(connection.recv(65_536))
            connection.sendall(self.reply)


@contextmanager
def server_that_says(reply: bytes) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener, reply)
        Thread(target=server.serve, daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def cache_at(server: Server) -> Iterator[Memcache]:
    cache = Memcache(server.address, "")
    yield cache
    cache.close()


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("reply", [*MALFORMED, *FAILING], ids=lambda reply: ascii(reply[:30]))
def test_a_malformed_reply_is_a_miss(call: str, reply: bytes) -> None:
    with server_that_says(reply) as server, cache_at(server) as cache:
        assert CALLS[call](cache) == NOTHING[call]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("reply", OF_OTHER_COMMANDS, ids=ascii)
def test_a_reply_to_another_command_is_a_miss(call: str, reply: bytes) -> None:
    with server_that_says(reply) as server, cache_at(server) as cache:
        assert CALLS[call](cache) in (NOTHING[call], True, 12)


@pytest.mark.parametrize("reply", MALFORMED, ids=lambda reply: ascii(reply[:30]))
def test_a_key_with_a_malformed_reply_is_deleted_before_anything_else(reply: bytes) -> None:
    with server_that_says(reply) as server, cache_at(server) as cache:
        cache.get(KEY)
        server.told.clear()
        server.reply = b"DELETED\r\n"
        cache._paused_until = 0.0

        cache.get("other")

        assert server.told[0] == b"delete k\r\n"


@pytest.mark.parametrize("reply", [b"", b"OK\r\n", b"12\r\n", b"STORED\r\n", b"\xff\r\n"], ids=ascii)
def test_a_deletion_counts_only_when_memcached_confirms_it(reply: bytes) -> None:
    with server_that_says(reply) as server, cache_at(server) as cache:
        cache.delete(KEY)
        server.told.clear()
        server.reply = b"NOT_FOUND\r\n"
        cache._paused_until = 0.0

        cache.get("other")

        assert server.told[0] == b"delete k\r\n"


def test_an_unexpected_reply_is_not_used_for_the_next_command(server_says_twice: Server) -> None:
    with cache_at(server_says_twice) as cache:
        assert cache.get(KEY) == b"abc"
        wait_until_more_is_there(cache)

        assert cache.get(KEY) is None


@pytest.fixture
def server_says_twice() -> Iterator[Server]:
    with server_that_says(
        b"VALUE k 0 3\r\nabc\r\nEND\r\n" + b"VALUE k 0 3\r\nold\r\nEND\r\n" * 500
    ) as server:
        yield server


def wait_until_more_is_there(cache: Memcache) -> None:
    """The first 4 kB came with the first reply; the rest is still in the connection."""
    assert cache._client is not None
    (idle,) = cache._client.client_pool.free
    idle.sock._unasked.poll(5_000)


def test_a_slow_reply_has_the_deadline_of_a_whole_one() -> None:
    """A socket's own timeout would restart with each part."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        bounded = BoundedSocket(ours)
        bounded.sendall(b"get k\r\n")
        theirs.sendall(b"VAL")
        assert bounded.recv(100) == b"VAL"

        bounded._until -= TIMEOUT_SECONDS
        theirs.sendall(b"UE")

        with pytest.raises(TimeoutError):
            bounded.recv(100)


@given(
    st.lists(
        st.sampled_from([b"VALUE ", b"k", b" ", b"0", b"3", b"-", b"\r\n", b"END", b"abc", b"\xff"]),
        max_size=20,
    )
)
def test_random_replies_cause_no_error(parts: list[bytes]) -> None:
    with server_that_says(b"".join(parts) + b"\r\n") as server:
        for call in CALLS.values():
            with cache_at(server) as cache:
                call(cache)
