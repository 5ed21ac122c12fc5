"""The headers that reach a service: the client's, and those that the front door adds."""

import pytest
from tests.appengine.running import Running

FORGED = [
    "X-Appengine-Cron",
    "X-AppEngine-QueueName",
    "x-appengine-queuename",
    "X_AppEngine_QueueName",
    "X-Appengine_QueueName",
    "X_APPENGINE-TASKNAME",
    "X-Google-Internal",
    "X_GOOGLE_INTERNAL",
    "X-CloudTasks-QueueName",
    "X_CloudTasks_QueueName",
    "X-CloudScheduler",
    "X-CloudScheduler-JobName",
    "x_cloudscheduler_jobname",
    "SCRIPT_NAME",
    "PATH_INFO",
    "Proxy",
]


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_platform_header_never_reaches_a_service(front_door: Running, name: str) -> None:
    raw = f"GET /headers HTTP/1.1\r\nHost: localhost\r\n{name}: forged\r\nX-Mine: kept\r\n\r\n"

    seen = front_door.send(raw.encode()).json

    assert "forged" not in seen.values()
    assert seen["HTTP_X_MINE"] == "kept"


def test_trailers_of_a_chunked_body_are_dropped(front_door: Running) -> None:
    raw = (
        b"POST /headers HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n0\r\nX-Appengine-Cron: forged\r\nX-Late: forged\r\n\r\n"
    )

    seen = front_door.send(raw).json

    assert "forged" not in seen.values()
    assert seen["CONTENT_LENGTH"] == "3"


def test_a_forged_header_beside_one_named_by_connection_is_dropped_with_it(front_door: Running) -> None:
    raw = (
        b"GET /headers HTTP/1.1\r\nHost: localhost\r\nConnection: close, X-Hop, X-Appengine-Country\r\n"
        b"X-Hop: gone\r\nKeep-Alive: gone\r\nTE: gone\r\n\r\n"
    )

    seen = front_door.send(raw).json

    assert "gone" not in seen.values()
    assert seen["HTTP_X_APPENGINE_COUNTRY"] == "ZZ"


def test_the_front_door_adds_what_app_engine_adds(front_door: Running) -> None:
    seen = front_door.ask("/headers").json

    assert seen["HTTP_X_APPENGINE_COUNTRY"] == "ZZ"
    assert seen["HTTP_X_APPENGINE_USER_IP"] == "127.0.0.1"
    assert seen["HTTP_X_APPENGINE_HTTPS"] == "off"
    assert seen["HTTP_X_APPENGINE_DEFAULT_VERSION_HOSTNAME"] == f"localhost:{front_door.port}"
    assert len(seen["HTTP_X_APPENGINE_REQUEST_LOG_ID"]) == 32
    assert seen["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert seen["HTTP_X_FORWARDED_PROTO"] == "http"


def test_a_clients_forwarded_for_comes_before_the_address_that_was_seen(front_door: Running) -> None:
    seen = front_door.ask("/headers", X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https").json

    assert seen["HTTP_X_FORWARDED_FOR"] == "203.0.113.9, 127.0.0.1"
    assert seen["HTTP_X_FORWARDED_PROTO"] == "http"


def test_a_well_formed_trace_is_passed_on_in_both_headers(front_door: Running) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"

    reply = front_door.ask("/headers", X_Cloud_Trace_Context=f"{trace}/255;o=1")

    assert reply.json["HTTP_X_CLOUD_TRACE_CONTEXT"] == f"{trace}/255;o=1"
    assert reply.json["HTTP_TRACEPARENT"] == f"00-{trace}-00000000000000ff-01"
    assert reply.headers["X-Cloud-Trace-Context"] == trace


def test_a_w3c_trace_becomes_a_cloud_trace(front_door: Running) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-00000000000000ff-01"

    seen = front_door.ask("/headers", traceparent=parent).json

    assert seen["HTTP_X_CLOUD_TRACE_CONTEXT"] == "0af7651916cd43dd8448eb211c80319c/255;o=1"
    assert seen["HTTP_TRACEPARENT"] == parent


@pytest.mark.parametrize("trace", ["abc", "0" * 32, "g" * 32, "a" * 32 + "/x", "a" * 32 + "/1;o=1\tX: y"])
def test_a_malformed_trace_is_replaced(front_door: Running, trace: str) -> None:
    seen = front_door.ask("/headers", X_Cloud_Trace_Context=trace).json

    trace_id = seen["HTTP_X_CLOUD_TRACE_CONTEXT"].partition("/")[0]
    assert trace_id != trace.partition("/")[0]
    assert len(trace_id) == 32


def test_an_answer_loses_platform_headers_and_keeps_every_cookie(front_door: Running) -> None:
    reply = front_door.ask("/inner")

    assert "X-Appengine-Inner" not in reply.headers
    assert reply.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert reply.headers["Server"] == "gaelocal"


def test_answer_headers_over_8_kb_are_a_502(front_door: Running) -> None:
    assert front_door.ask("/large-headers/7000").status == 200
    assert front_door.ask("/large-headers/8200").status == 502
