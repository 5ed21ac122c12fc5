"""The Mail panel: mails as HTML at several widths and in dark mode, text, headers, source, attachments."""

import base64
from typing import Any
from urllib.parse import quote

from aiohttp import web

from gaelocal.console.json_views import known
from gaelocal.console.pages import Pages, address_of, attachment_disposition
from gaelocal.console.parts import ConsoleParts, Row
from gaelocal.console.problems import ConsoleError

PANEL = "mail"
SHOWN = 50
VIEWS = {
    "html": "HTML",
    "text": "Text",
    "headers": "Headers",
    "source": "Source",
    "attachments": "Attachments",
}
WIDTHS = {"full": "Full width", "600": "600 px", "375": "375 px"}
SCHEMES = {"light": "Light", "dark": "Dark"}

# A mail may use styles and load pictures from this machine. Scripts do not run; links open a new tab.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data: http://localhost:* http://127.0.0.1:* http://*.localhost:*; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
LINKS_OPEN_ELSEWHERE = '<!doctype html><base target="_blank">'
ATTACHMENT_POLICY = "default-src 'none'; sandbox"


class MailPanel:
    def __init__(self, parts: ConsoleParts, pages: Pages) -> None:
        self._mail = parts.mail
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/mail", self._list),
            web.post("/mail/clear", self._clear),
            web.get("/mail/{id:[0-9]{1,15}}", self._read),
            web.post("/mail/{id:[0-9]{1,15}}/delete", self._delete),
            web.get("/mail/{id:[0-9]{1,15}}/attachments/{number:[0-9]{1,4}}", self._attachment),
            web.get("/api/mail/{id:[0-9]{1,15}}/html", self._as_html),
            web.get("/api/mail/{id:[0-9]{1,15}}/source", self._as_source),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return self._render(request, None)

    async def _read(self, request: web.Request) -> web.Response:
        return self._render(request, self._one(request))

    def _render(self, request: web.Request, mail: Row | None) -> web.Response:
        to, before = request.query.get("to", ""), _number(request.query.get("before", ""))
        rows = [
            row
            for row in self._mail.messages(None if before else SHOWN + 1, to)
            if not before or row["id"] < before
        ]
        view = _choice(request, "view", VIEWS)
        if mail and view == "html" and not mail["html"]:
            view = "text"
        return self._pages.render(
            request,
            PANEL,
            "mail.html",
            to=to,
            rows=rows[:SHOWN],
            before=rows[SHOWN - 1]["id"] if len(rows) > SHOWN else None,
            mail=mail,
            view=view,
            views=VIEWS,
            width=_choice(request, "width", WIDTHS),
            widths=WIDTHS,
            scheme=_choice(request, "scheme", SCHEMES),
            schemes=SCHEMES,
        )

    async def _clear(self, _request: web.Request) -> web.Response:
        self._mail.clear()
        return self._pages.done("/mail", "All mail was deleted.")

    async def _delete(self, request: web.Request) -> web.Response:
        mail = self._one(request)
        self._mail.delete(mail["id"])
        return self._pages.done(
            address_of("/mail", {"to": request.query.get("to")}), f"“{mail['subject']}” was deleted."
        )

    async def _attachment(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        name, content = known(
            lambda mail_id: self._mail.attachment(mail_id, number), int(request.match_info["id"])
        )
        headers = {
            "Content-Security-Policy": ATTACHMENT_POLICY,
            "Content-Disposition": attachment_disposition(name or "attachment"),
        }
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)

    async def _as_html(self, request: web.Request) -> web.Response:
        text = LINKS_OPEN_ELSEWHERE + self._with_own_pictures(self._one(request))
        headers = {"Content-Security-Policy": MAIL_POLICY}
        body = text.encode("utf-8", "replace")
        return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)

    def _with_own_pictures(self, mail: Row) -> str:
        """Return the HTML with the attached pictures that it names by `cid:`, as mail programs show it."""
        html = str(mail["html"])
        named = [
            (one["content_id"], number)
            for number, one in enumerate(mail["attachments"])
            if "content_id" in one
        ]
        for content_id, number in sorted(named, key=lambda pair: -len(pair[0])):
            kind = mail["attachments"][number]["type"]
            addresses = [f"cid:{content_id}", f"cid:{quote(content_id)}"]
            if kind.startswith("image/") and any(address in html for address in addresses):
                content = base64.b64encode(self._mail.attachment(mail["id"], number)[1]).decode()
                for address in addresses:
                    html = html.replace(address, f"data:{kind};base64,{content}")
        return html

    async def _as_source(self, request: web.Request) -> web.Response:
        return web.Response(text=str(self._one(request)["source"]))

    def _one(self, request: web.Request) -> dict[str, Any]:
        return known(self._mail.message, int(request.match_info["id"]))


def _choice(request: web.Request, name: str, choices: dict[str, str]) -> str:
    chosen = request.query.get(name) or next(iter(choices))
    if chosen not in choices:
        raise ConsoleError(400, f"invalid_{name}", f"{name} must be one of {', '.join(choices)}")
    return chosen


def _number(text: str) -> int:
    return int(text[:15]) if text.isascii() and text.isdigit() else 0
