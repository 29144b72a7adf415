"""Who may use the server: ASGI middleware before everything that it serves.

- The browser is told to load nothing from anywhere but this server.
- With a password, nothing is served without it (HTTP Basic, RFC 7617; any user name will do).
- Nothing that changes something is taken from a page of another site.
- The documents are open without a password only to this computer, asked for by its own name: a site
  elsewhere whose name is made to point here (DNS rebinding) and a proxy bring another name along.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DOCUMENTS: Final = "/documents"
"""Where everything about the documents is served."""

_HEADERS: Final = {
    # gradio's own page has inline scripts and compiles templates, so these two must be allowed.
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_CHANGES_NOTHING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_UPLOADS_OF_GRADIO: Final = ("/gradio_api/upload", "/upload")  # files come in through ui/documents.py alone
_WAIT: Final = 1.0  # seconds after a wrong password


class Guard:
    """Stands before an application and answers in its place what is not allowed."""

    def __init__(self, app: ASGIApp, password: str | None = None) -> None:
        """Let in who knows the password; everyone if there is none."""
        self.app = app
        self.password = password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; add the policy to every response."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refused = None
        if scope["type"] == "websocket":  # the page uses none
            refused = PlainTextResponse("no such address", 404)
        elif scope["type"] == "http":
            refused = await self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        await (refused or self.app)(scope, receive, send_with_policy)

    async def _refusal(self, method: str, path: str, headers: Headers) -> PlainTextResponse | None:
        if self.password is not None and not _knows(self.password, headers):
            if "authorization" in headers:
                await asyncio.sleep(_WAIT)  # guessing takes its time
            challenge = {"WWW-Authenticate": 'Basic realm="zhengwen", charset="UTF-8"'}
            return PlainTextResponse("需要密码 / password required", 401, challenge)
        if path.startswith(_UPLOADS_OF_GRADIO):
            return PlainTextResponse("no such address", 404)
        if method not in _CHANGES_NOTHING and _is_foreign(headers):
            return PlainTextResponse("来自其他网站的请求 / a request from another site", 403)
        if self.password is None and path.startswith(DOCUMENTS) and not is_this_computer(_host(headers)):
            return PlainTextResponse("只有本机可用，或设密码 / this computer only, or set a password", 403)
        return None


def is_this_computer(host: str) -> bool:
    """Whether a name or address means the computer itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # another name
        return False


def _host(headers: Headers) -> str:
    """The name by which the server was asked, without the port."""
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that a page of another site makes the request."""
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() != headers.get("host", "").lower()
    return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def _knows(password: str, headers: Headers) -> bool:
    """Whether the request brings the password, compared in a time that tells nothing."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        _, _, given = base64.b64decode(token, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, password.encode())
