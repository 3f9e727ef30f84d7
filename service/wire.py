"""What every answer carries, below the routes: data version, ETag and 304, HEAD, OPTIONS. Plain ASGI, so that it costs next to nothing."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = {"/sparql": "GET, HEAD, POST, QUERY, OPTIONS"}
READ = "GET, HEAD, OPTIONS"
UNCACHED = ("/healthz", "/readyz")


class Wire:
    """Wraps the app. ``scope["app"].state.graph`` names the data version."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"]
        if method == "OPTIONS":
            await Response(status_code=204, headers={"Allow": METHODS.get(scope["path"], READ)})(scope, receive, send)
            return
        version = scope["app"].state.graph.version
        tag = _tag(scope, version) if method in ("GET", "HEAD") and scope["path"] not in UNCACHED else ""
        if tag and tag in Headers(scope=scope).get("if-none-match", ""):
            await Response(status_code=304, headers={"ETag": tag, "Lode-Data-Version": version})(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Lode-Data-Version"] = version
                if tag and message["status"] == 200:
                    headers.setdefault("ETag", tag)
                    headers.setdefault("Cache-Control", "no-cache")
                    headers.setdefault("Vary", "Accept, Accept-Language")
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"} if method == "HEAD" else scope, receive, send_on)


def _tag(scope: Scope, version: str) -> str:
    headers = Headers(scope=scope)
    asked = (version, scope["path"], scope["query_string"].decode("latin-1"), headers.get("accept", ""), headers.get("accept-language", ""))
    return f'W/"{hashlib.sha256(chr(10).join(asked).encode()).hexdigest()[:24]}"'
