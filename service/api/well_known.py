"""What crawlers and finders of faults look for at fixed addresses: robots.txt (RFC 9309) and security.txt (RFC 9116)."""

from __future__ import annotations

import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse

from ..http.negotiation import known_parameters

router = APIRouter(tags=["discovery"], dependencies=[Depends(known_parameters)])
VALID_DAYS = 180  # RFC 9116 recommends less than a year
# A day is a page of its own, without end; the rest is made for programs, or costs a reading of the whole graph.
DISALLOWED = (
    "/*?*as_of=",
    "/*?*format=",
    "/*?*table=",
    "/compare",
    "/dossier",
    "/graph.",
    "/graphs",
    "/mcp",
    "/metrics",
    "/paths",
    "/queries/*?",
    "/scenarios",
    "/sparql",
)


@router.get("/robots.txt", summary="What crawlers are asked to leave out", response_class=PlainTextResponse)
def robots() -> str:
    """Endless days, formats for programs, and what reads the whole graph are not for crawlers."""
    return "\n".join(["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED), "Allow: /", ""])


@router.get("/.well-known/security.txt", summary="Whom to tell of a fault of security (RFC 9116)", response_class=PlainTextResponse)
def security(request: Request) -> str:
    """Contact, by the setting `LODE_SECURITY_CONTACT`, else the page that says how to report; valid for half a year from today."""
    base = str(request.base_url)
    home = "about#security" if request.app.state.ours else "docs"
    today = datetime.datetime.now(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires = today + datetime.timedelta(days=VALID_DAYS)
    lines = {
        "Contact": request.app.state.operation.contact or f"{base}{home}",
        "Expires": expires.isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": "en, ja",
        "Canonical": f"{base}.well-known/security.txt",
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items())
