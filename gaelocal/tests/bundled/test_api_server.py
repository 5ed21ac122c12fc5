"""The API server: tickets, what it refuses, and in which words."""

from dataclasses import replace

import pytest
import requests
from tests.bundled.conftest import HEAD, Api

from gaelocal.appengine.http import Body
from gaelocal.appengine.instances import ApiTickets, InstanceRequest
from gaelocal.appengine.project.services import Service
from gaelocal.protobuf.bundled_capabilities_pb2 import IsEnabledRequest, IsEnabledResponse
from gaelocal.protobuf.bundled_memcache_pb2 import MemcacheGetRequest
from gaelocal.protobuf.bundled_remote_api_pb2 import Response, RpcError
from gaelocal.protobuf.bundled_users_pb2 import CreateLoginURLRequest, CreateLoginURLResponse


def test_a_ticket_is_a_header_and_says_who_calls(tickets: ApiTickets, service: Service) -> None:
    with tickets.issued(service, InstanceRequest(HEAD, Body(), is_safe=True)) as request:
        lines = request.head.decode().split("\r\n")
        ticket = lines[-3].removeprefix("X-Appengine-Api-Ticket: ")
        caller = tickets.caller(ticket)

    assert lines[:3] == HEAD.decode().split("\r\n")[:3]
    assert lines[-2:] == ["", ""]
    assert caller == ("default", "dev", "localhost:8080")


def test_a_ticket_ends_with_its_request(tickets: ApiTickets, service: Service) -> None:
    with tickets.issued(service, InstanceRequest(HEAD, Body(), is_safe=True)) as request:
        ticket = request.head.decode().split("\r\n")[-3].partition(": ")[2]

    assert tickets.caller(ticket) is None


def test_a_service_without_bundled_services_gets_no_ticket(tickets: ApiTickets, service: Service) -> None:
    plain = replace(service, has_bundled_services=False)

    with tickets.issued(plain, InstanceRequest(HEAD, Body(), is_safe=True)) as request:
        assert request.head == HEAD


@pytest.mark.parametrize("ticket", ["", "t", "x" * 32])
def test_a_call_without_a_valid_ticket_is_refused(api: Api, ticket: str) -> None:
    api.ticket = ticket

    response = api.send("memcache", "Get", MemcacheGetRequest(key=[b"a"]))

    assert response.rpc_error.code == RpcError.SECURITY_VIOLATION


def test_a_service_that_is_not_there_is_refused_by_its_name(api: Api) -> None:
    response = api.send("search", "IndexDocument", MemcacheGetRequest())

    assert response.rpc_error.code == RpcError.CALL_NOT_FOUND
    assert "`search`" in response.rpc_error.detail
    assert "\n" not in response.rpc_error.detail


def test_a_method_that_is_not_there_is_refused_by_its_name(api: Api) -> None:
    response = api.send("memcache", "Teleport", MemcacheGetRequest())

    assert "memcache.Teleport" in response.rpc_error.detail


def test_a_body_that_is_no_message_is_refused(api: Api) -> None:
    address = f"http://127.0.0.1:{api.port}/rpc_http"

    answer = api.session.post(address, b"\xff\xff\xff", timeout=60)

    assert Response.FromString(answer.content).rpc_error.code == RpcError.PARSE_ERROR


def test_a_page_of_another_site_cannot_call(api: Api) -> None:
    headers = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}

    answer = requests.post(f"http://127.0.0.1:{api.port}/rpc_http", b"", headers=headers, timeout=60)

    assert answer.status_code == 403


def test_the_sign_in_address_is_at_the_host_of_the_request(api: Api) -> None:
    request = CreateLoginURLRequest(destination_url="/a?b=c")

    response = api.call("user", "CreateLoginURL", request, CreateLoginURLResponse)

    assert response.login_url == "http://localhost:8080/_ah/login?continue=%2Fa%3Fb%3Dc"


@pytest.mark.parametrize(("package", "is_enabled"), [("memcache", True), ("search", False)])
def test_capabilities_say_what_is_implemented(api: Api, package: str, is_enabled: bool) -> None:
    request = IsEnabledRequest(package=package, capability=["*"])

    response = api.call("capability_service", "IsEnabled", request, IsEnabledResponse)

    assert (response.summary_status == IsEnabledResponse.ENABLED) == is_enabled
