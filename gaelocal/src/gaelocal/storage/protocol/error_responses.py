"""Errors as Cloud Storage writes them: JSON for the JSON API, XML for the XML API."""

from xml.sax.saxutils import escape

from aiohttp import web

from gaelocal.storage.state.errors import RangeNotSatisfiable, StorageError
from gaelocal.storage.state.records import Fields

_XML = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{}</Code><Message>{}</Message></Error>"


def error_resource(error: StorageError) -> Fields:
    detail = {"message": error.message, "domain": "global", "reason": error.reason}
    if error.location:
        detail |= {"locationType": "parameter", "location": error.location}
    return {"error": {"code": error.status, "message": error.message, "errors": [detail]}}


def json_error(error: StorageError) -> web.Response:
    if error.status == web.HTTPNotModified.status_code:
        return web.Response(status=error.status)
    return web.json_response(error_resource(error), status=error.status, headers=_headers(error))


def xml_error(error: StorageError) -> web.Response:
    if error.status == web.HTTPNotModified.status_code:
        return web.Response(status=error.status)
    text = _XML.format(escape(error.code), escape(error.message))
    return web.Response(
        text=text, status=error.status, headers=_headers(error), content_type="application/xml"
    )


def _headers(error: StorageError) -> dict[str, str]:
    return {"Content-Range": f"bytes */{error.size}"} if isinstance(error, RangeNotSatisfiable) else {}
