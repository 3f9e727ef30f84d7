"""What every answer carries: security headers, the data version; and bodies sent in chunks.

Plain ASGI. It stands outside of everything else, so that errors, redirects, files and preflights
have these headers too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

RawHeader = tuple[bytes, bytes]

CHUNK = 65_536  # bytes; a client's progress is counted by these
POLICY = b"content-security-policy"
# A browser that opens an answer which is no page of ours: as data, without scripts or requests.
DATA_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
NOSNIFF: RawHeader = (b"x-content-type-options", b"nosniff")
REFERRER: RawHeader = (b"referrer-policy", b"same-origin")
VERSION = b"lode-data-version"
IS_COMPLETE = "lode.complete"  # in a message whose headers are complete, so that nobody looks again

METHODS = {
    "/sparql": "GET, HEAD, POST, QUERY, OPTIONS",
    "/scenarios": "POST, OPTIONS",
    "/mcp": "POST, OPTIONS",
}
READ = "GET, HEAD, OPTIONS"


def allowed(path: str) -> str:
    """The methods of a path, as the header Allow names them."""
    return METHODS.get(path.rstrip("/"), READ)


def data_version(scope: Scope) -> str:
    """The data version of the app that answers; empty before it has opened its graph."""
    graph: Any = getattr(scope["app"].state, "graph", None) if "app" in scope else None
    return graph.version if graph is not None else ""


def secured(headers: Iterable[RawHeader]) -> list[RawHeader]:
    """Raw headers, with the security headers that are missing; a policy that is set stays."""
    found = list(headers)
    if NOSNIFF in found:
        return found
    names = {name for name, _ in found}
    found.append(NOSNIFF)
    if REFERRER[0] not in names:
        found.append(REFERRER)
    if POLICY not in names:
        found.append((POLICY, DATA_POLICY))
    return found


def completed(headers: Iterable[RawHeader], version: str) -> list[RawHeader]:
    """Raw headers, with security headers and data version."""
    found = secured(headers)
    if version and not any(name == VERSION for name, _ in found):
        found.append((VERSION, version.encode("latin-1")))
    return found


class ResponseHeaders:
    """Middleware that completes the headers of every answer and sends large bodies in chunks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message if IS_COMPLETE in message else _begun(message, scope))
            elif len(message.get("body", b"")) > CHUNK:
                await _in_chunks(message, send)
            else:
                await send(message)

        await self.app(scope, receive, send_on)


def _begun(message: Message, scope: Scope) -> Message:
    headers = completed(message.get("headers", ()), data_version(scope))
    if message["status"] == 405:
        headers = [header for header in headers if header[0] != b"allow"]
        headers.append((b"allow", allowed(scope["path"]).encode("latin-1")))
    if message["status"] >= 400 and not any(name == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", b"no-store"))
    return {**message, "headers": headers}


async def _in_chunks(message: Message, send: Send) -> None:
    """Send a body piece by piece: each waits until the client has taken what went before."""
    body, more = message["body"], message.get("more_body", False)
    for start in range(0, len(body), CHUNK):
        is_last = start + CHUNK >= len(body)
        piece = {"body": body[start : start + CHUNK], "more_body": more or not is_last}
        await send({"type": "http.response.body", **piece})
