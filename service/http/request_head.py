"""The head of a request: what is refused at once, what an answer depends on, its tidied form."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from .conditional import CONDITIONAL, Preconditions
from .headers import allowed
from .negotiation import ranked
from .problems import problem

HEADER_MOST = 16_000  # bytes of a header
PARAMETERS_MOST = 1_000
UNCACHED = ("/healthz", "/readyz")  # they tell of this moment
_JOINED = ("accept", "accept-language", "if-none-match", "if-match")
_GZIP = ("gzip", "x-gzip")
_AUTHORITY = re.compile(rb"[A-Za-z0-9._~!$&'()*+,;=%:\[\]-]*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for something that may be cached: its key, and what is wanted of the answer.

    ``size``: bytes that it takes to remember the request.
    """

    key: Hashable
    is_head: bool
    preconditions: Preconditions | None
    size: int


def answer_at_once(scope: Scope) -> Response | None:
    """The answer to OPTIONS, and to a request whose head is refused; else None."""
    refused = _refuse_host(scope) or _refuse_size(scope)
    if refused is not None:
        return refused
    if scope["method"] == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allowed(scope["path"])})
    return None


def _refuse_host(scope: Scope) -> Response | None:
    """RFC 9112, section 3.2: one header Host of a valid form, which HTTP/1.1 requires."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) > 1 or (not hosts and scope.get("http_version") == "1.1"):
        told = f"There are {len(hosts)} headers Host."
        return problem(400, "Bad request", told, advice="Send one header Host.")
    if hosts and not _AUTHORITY.fullmatch(hosts[0]):
        told = "The header Host is no host with or without a port."
        return problem(400, "Bad request", told, advice="Send for example Host: localhost:8000.")
    return None


def _refuse_size(scope: Scope) -> Response | None:
    """A head that would take long to read, or whose address is not UTF-8."""
    for name, value in scope["headers"]:
        if len(value) > HEADER_MOST:
            told = f"The header {name.decode('latin-1')[:100]} has {len(value):,} bytes."
            advice = f"At most {HEADER_MOST:,} are read."
            return problem(431, "Header too large", told, advice=advice)
    count = scope["query_string"].count(b"&") + 1
    if count > PARAMETERS_MOST:
        told = f"The address has {count:,} parameters."
        advice = f"At most {PARAMETERS_MOST:,} are read."
        return problem(400, "Bad parameter", told, advice=advice)
    try:
        scope["query_string"].decode()
    except UnicodeDecodeError:
        told = "The address has bytes that are no UTF-8."
        return problem(400, "Bad parameter", told, advice="Percent-encode UTF-8.")
    return None


def tidied(scope: Scope) -> Scope:
    """The request as the app sees it: an answer to it is always whole.

    HEAD becomes GET. Headers that came in several lines are joined; Accept-Encoding is gzip or
    absent; of a GET, preconditions and ranges are left out, which are applied to its answer.
    """
    is_read = scope["method"] in ("GET", "HEAD")
    dropped = {b"accept-encoding", *(name.encode() for name in _JOINED)}
    if is_read:
        dropped |= CONDITIONAL
    kept = [header for header in scope["headers"] if header[0] not in dropped]
    given = Headers(scope=scope)
    for name in _JOINED:
        value = ", ".join(given.getlist(name))
        if value and not (is_read and name.encode() in CONDITIONAL):
            kept.append((name.encode(), value.encode("latin-1")))
    if _accepts_gzip(", ".join(given.getlist("accept-encoding"))):
        kept.append((b"accept-encoding", b"gzip"))
    return {**scope, "headers": kept, "method": "GET" if is_read else scope["method"]}


def _accepts_gzip(header: str) -> bool:
    """Whether gzip is named with a weight above zero and not below that of no coding at all."""
    weights = dict(reversed(ranked(header)))
    weight = max((weights.get(name, 0.0) for name in _GZIP), default=0.0)
    return weight > 0 and weight >= weights.get("identity", 0.0)


def has_body(scope: Scope) -> bool:
    """Whether a body comes with the request."""
    given = Headers(scope=scope)
    return "transfer-encoding" in given or given.get("content-length", "0") != "0"


def asked_of(scope: Scope, tidy: Scope, version: str, day: int) -> Asked:
    """What a GET or HEAD asks for. Its key holds all that an answer may depend on.

    These are data version, day (UTC, of a page that is given none), address, what the client
    accepts, and what the answer may name of the server.
    """
    given = Headers(scope=tidy)
    accepts = tuple(given.get(name) for name in ("accept", "accept-language", "accept-encoding"))
    place = (given.get("host"), scope.get("scheme"), scope.get("root_path"), _server(scope))
    key = (version, day, scope["path"], scope["query_string"], *accepts, *place)
    size = sum(len(name) + len(value) for name, value in scope["headers"])
    size += len(scope["path"]) + len(scope["query_string"])
    return Asked(key, scope["method"] == "HEAD", Preconditions.read(Headers(scope=scope)), size)


def word_for_word(scope: Scope, day: int) -> Hashable:
    """A request as it came, on its day: the same words get the same answer without another look."""
    said = (scope["method"], scope["path"], scope["query_string"], tuple(scope["headers"]))
    return *said, day, scope.get("scheme"), scope.get("root_path"), _server(scope)


def _server(scope: Scope) -> tuple[object, ...] | None:
    """Host and port that answer, which an answer to a request without Host may name."""
    server = scope.get("server")
    return tuple(server) if server else None
