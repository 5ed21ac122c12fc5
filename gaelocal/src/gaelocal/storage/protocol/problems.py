"""Refusals in the words of Cloud Storage: JSON for the JSON API, XML for the paths of the XML API."""

from xml.sax.saxutils import escape

from aiohttp import web

from gaelocal.storage.state.records import Fields
from gaelocal.storage.state.refusals import RangeNotSatisfiable, Refusal

_XML = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{}</Code><Message>{}</Message></Error>"


def problem(refusal: Refusal) -> Fields:
    detail = {"message": refusal.message, "domain": "global", "reason": refusal.reason}
    return {"error": {"code": refusal.status, "message": refusal.message, "errors": [detail]}}


def json_refusal(refusal: Refusal) -> web.Response:
    if refusal.status == web.HTTPNotModified.status_code:
        return web.Response(status=refusal.status)
    return web.json_response(problem(refusal), status=refusal.status, headers=_headers(refusal))


def xml_refusal(refusal: Refusal) -> web.Response:
    if refusal.status == web.HTTPNotModified.status_code:
        return web.Response(status=refusal.status)
    text = _XML.format(escape(refusal.code), escape(refusal.message))
    return web.Response(
        text=text, status=refusal.status, headers=_headers(refusal), content_type="application/xml"
    )


def _headers(refusal: Refusal) -> dict[str, str]:
    return {"Content-Range": f"bytes */{refusal.size}"} if isinstance(refusal, RangeNotSatisfiable) else {}
