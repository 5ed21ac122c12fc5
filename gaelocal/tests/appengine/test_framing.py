"""The framing of requests, which must never be ambiguous."""

import socket
import tempfile
from pathlib import Path

import pytest
from tests.appengine.running import Running, read_reply

HOST = b"Host: localhost\r\n"
POST = b"POST /echo HTTP/1.1\r\n" + HOST
GET = b"GET / HTTP/1.1\r\n" + HOST
REFUSED = {
    "both framings": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a list of lengths": POST + b"Content-Length: 3, 3\r\n\r\nabc",
    "a signed length": POST + b"Content-Length: +3\r\n\r\nabc",
    "a negative length": POST + b"Content-Length: -3\r\n\r\nabc",
    "a hexadecimal length": POST + b"Content-Length: 0x3\r\n\r\nabc",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
    "a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded header": GET + b"X-Fold: a\r\n b\r\n\r\n",
    "bare line feeds": b"GET / HTTP/1.1\nHost: localhost\n\n",
    "a bare carriage return": GET + b"X: a\rX-Appengine-Cron: true\r\n\r\n",
    "a zero byte": GET + b"X: a\x00b\r\n\r\n",
    "chunked in HTTP/1.0": b"POST /echo HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bad chunk size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no real host": b"GET / HTTP/1.1\r\nHost: a/b?c\r\n\r\n",
    "another host in the target": b"GET http://other/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no path": b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a fragment": b"GET /_ah/start#x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a fragment after a query": b"GET /text/1?a#x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no http": b"\x16\x03\x01\x02\x00hello\r\n\r\n",
}


@pytest.mark.parametrize("shape", REFUSED)
def test_a_request_that_reads_two_ways_is_refused_and_its_connection_closed(
    front_door: Running, shape: str
) -> None:
    sock = front_door.open()

    sock.sendall(REFUSED[shape] + b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n")
    received = b"".join(iter(lambda: sock.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.count(b"HTTP/1.1") == 1
    assert not any("smuggled" in entry["message"] for entry in front_door.engine.logs.entries())


def test_a_chunked_upload_arrives_whole(front_door: Running) -> None:
    raw = b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"

    reply = front_door.send(raw + b"3\r\nabc\r\n4;note=x\r\ndefg\r\n0\r\n\r\n")

    assert (reply.status, reply.body) == (200, b"abcdefg")


@pytest.mark.parametrize("trailer", [b"X-Long: " + b"a" * 1_000_000, b"X: y\r\n" * 150_000])
def test_long_trailers_are_refused(front_door: Running, trailer: bytes) -> None:
    sock = front_door.open()
    sock.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n" + trailer)

    received = b"".join(iter(lambda: sock.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 431 ")


def test_three_megabytes_go_there_and_back_unchanged(front_door: Running) -> None:
    content = bytes(range(256)) * 12_000

    reply = front_door.ask("/echo", "POST", content)

    assert reply.body == content


def test_a_client_that_expects_100_continue_receives_it(front_door: Running) -> None:
    sock = front_door.open()
    sock.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")

    assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    sock.sendall(b"abc")

    assert read_reply(sock).body == b"abc"


def test_a_declared_body_over_32_mb_is_refused_before_it_is_sent(front_door: Running) -> None:
    raw = b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 33554433\r\nExpect: 100-continue\r\n\r\n"

    reply = front_door.send(raw)

    assert reply.status == 413
    assert reply.headers["Connection"] == "close"


def test_a_client_that_sends_33_mb_in_full_still_reads_the_413(front_door: Running) -> None:
    reply = front_door.ask("/echo", "POST", bytes(33 * 1024 * 1024))

    assert reply.status == 413
    assert reply.json["code"] == "request_too_large"


def test_chunks_that_add_up_to_more_than_32_mb_are_refused(front_door: Running) -> None:
    sock = front_door.open()
    sock.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n")

    for _ in range(33):
        sock.sendall(b"100000\r\n" + bytes(1024 * 1024) + b"\r\n")

    assert read_reply(sock).status == 413


def test_an_answer_over_32_mb_is_a_500_and_one_of_32_mb_passes(front_door: Running) -> None:
    assert front_door.ask("/chunked/33600").status == 500
    assert front_door.ask("/binary/33554433").status == 500
    assert len(front_door.ask("/binary/33554432").body) == 33554432


@pytest.mark.parametrize("target", [b"POST /echo", b"GET /text/3000000"])
def test_a_full_folder_for_temporary_files_is_a_503_without_internal_names(
    front_door: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, target: bytes
) -> None:
    body = b"a" * 3_000_000 if target.startswith(b"POST") else b""
    head = target + b" HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(body)

    with monkeypatch.context() as context:
        context.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
        refused = front_door.send(head + body)
    served = front_door.send(head + body)

    assert (refused.status, served.status) == (503, 200)
    assert b"folder for temporary files" in refused.body
    assert b"missing" not in refused.body


def test_an_answer_without_a_length_gets_one(front_door: Running) -> None:
    reply = front_door.ask("/chunked/20")

    assert reply.headers["Content-Length"] == "20000"
    assert "Transfer-Encoding" not in reply.headers
    assert reply.body == b"b" * 20_000


def test_headers_over_32_kb_are_refused(front_door: Running) -> None:
    reply = front_door.send(b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 40_000 + b"\r\n\r\n")

    assert reply.status == 431


def test_an_address_of_8_000_bytes_passes_and_a_longer_one_is_too_long(front_door: Running) -> None:
    longest = b"/text/1?" + b"a" * 7992

    passed = front_door.send(b"GET " + longest + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    refused = front_door.send(b"GET " + longest + b"a HTTP/1.1\r\n" + HOST + b"\r\n")
    endless = front_door.send(b"GET /" + b"a" * 40_000)

    assert (passed.status, refused.status, endless.status) == (200, 414, 414)
    assert refused.json["code"] == "address_too_long"


def test_a_hundred_headers_or_a_large_one_pass_and_more_are_refused_as_a_page_for_people(
    front_door: Running,
) -> None:
    headers = HOST + b"Accept: text/html\r\n" + b"X: 1\r\n" * 98

    passed = front_door.send(b"GET /text/1 HTTP/1.1\r\n" + headers + b"\r\n")
    large = front_door.send(b"GET /text/1 HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 32_000 + b"\r\n\r\n")
    refused = front_door.send(b"GET /text/1 HTTP/1.1\r\n" + headers + b"X: 1\r\n\r\n")

    assert (passed.status, large.status, refused.status) == (200, 200, 431)
    assert refused.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"at most 100 headers" in refused.body


def test_one_connection_carries_many_requests(front_door: Running) -> None:
    sock = front_door.open()

    for number in range(3):
        sock.sendall(b"GET /text/%d HTTP/1.1\r\n" % number + HOST + b"\r\n")
        assert read_reply(sock).body == b"a" * number


def test_requests_sent_ahead_are_answered_in_their_order(front_door: Running) -> None:
    sock = front_door.open()

    sock.sendall(b"".join(b"GET /text/%d HTTP/1.1\r\n" % size + HOST + b"\r\n" for size in (3, 2)))
    sock.sendall(b"GET /text/1 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    received = b"".join(iter(lambda: sock.recv(65536), b""))

    responds = received.split(b"HTTP/1.1 200 ")[1:]
    assert [response.rpartition(b"\r\n\r\n")[2] for response in responds] == [b"aaa", b"aa", b"a"]


def test_a_client_that_closed_its_half_still_gets_its_answer(front_door: Running) -> None:
    sock = front_door.open()

    sock.sendall(b"GET /text/5 HTTP/1.1\r\n" + HOST + b"\r\n")
    sock.shutdown(socket.SHUT_WR)

    assert read_reply(sock).body == b"aaaaa"


def test_http_1_0_is_answered_and_closed(front_door: Running) -> None:
    sock = front_door.open()

    sock.sendall(b"GET /text/5 HTTP/1.0\r\n\r\n")
    received = b"".join(iter(lambda: sock.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"\r\n\r\naaaaa")


def test_an_answer_to_head_has_a_length_and_no_body(front_door: Running) -> None:
    reply = front_door.ask("/text/5000", "HEAD")

    assert (reply.headers["Content-Length"], reply.body) == ("5000", b"")
    assert front_door.ask("/text/5", "HEAD").status == 200


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_keeps_the_connection_in_step(front_door: Running, status: int) -> None:
    sock = front_door.open()

    sock.sendall(b"GET /status/%d HTTP/1.1\r\n" % status + HOST + b"\r\n")
    first = read_reply(sock)
    sock.sendall(b"GET /text/3 HTTP/1.1\r\n" + HOST + b"\r\n")

    assert (first.status, first.body) == (status, b"")
    assert read_reply(sock).body == b"aaa"


@pytest.mark.parametrize("method", ["CONNECT localhost:80", "TRACE /", "PROPFIND /"])
def test_methods_of_other_trades_are_refused(front_door: Running, method: str) -> None:
    assert front_door.send(method.encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n").status == 405


def test_an_offered_upgrade_is_ignored(front_door: Running) -> None:
    raw = b"GET /text/3 HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    assert front_door.send(raw).body == b"aaa"


def test_a_client_that_vanishes_mid_upload_reaches_no_service(front_door: Running) -> None:
    sock = front_door.open()
    sock.sendall(b"POST /echo?vanished HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc")
    sock.close()

    assert front_door.ask("/text/1").status == 200
    assert not any("vanished" in entry["message"] for entry in front_door.engine.logs.entries())
