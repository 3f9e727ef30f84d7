"""The pages /docs and /redoc over the OpenAPI document, with a policy that lets them work."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse

FILES = "/static-offline-docs"  # where fastapi_offline puts its files
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
# Both viewers set styles from their scripts; ReDoc searches in a worker.
_POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src blob:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


def install(app: FastAPI) -> None:
    """Add both pages."""
    for path, made in (("/docs", _swagger), ("/redoc", _redoc)):
        app.add_api_route(path, _page(made), include_in_schema=False)


def _page(made: Callable[[FastAPI, str], HTMLResponse]) -> Callable[[Request], HTMLResponse]:
    def page(request: Request) -> HTMLResponse:
        found = made(request.app, request.scope.get("root_path", ""))
        found.headers["Content-Security-Policy"] = policy(bytes(found.body))
        return found

    return page


def policy(body: bytes) -> str:
    """The policy of a viewer's page: our own files, and its inline scripts by their hashes."""
    digests = (hashlib.sha256(script).digest() for script in _INLINE.findall(body))
    named = (f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return _POLICY.format(scripts=" ".join(named))


def _swagger(app: FastAPI, root: str) -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url=f"{root}{app.openapi_url}",
        title=f"{app.title} - Swagger UI",
        swagger_js_url=f"{root}{FILES}/swagger-ui-bundle.js",
        swagger_css_url=f"{root}{FILES}/swagger-ui.css",
        swagger_favicon_url=f"{root}{FILES}/favicon.png",
    )


def _redoc(app: FastAPI, root: str) -> HTMLResponse:
    return get_redoc_html(
        openapi_url=f"{root}{app.openapi_url}",
        title=f"{app.title} - ReDoc",
        redoc_js_url=f"{root}{FILES}/redoc.standalone.js",
        redoc_favicon_url=f"{root}{FILES}/favicon.png",
        with_google_fonts=False,
    )
