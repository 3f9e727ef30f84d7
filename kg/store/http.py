"""HTTP to a SPARQL endpoint or a graph store: pool, time limits, repeats, credentials, errors in plain words.

Knows no SPARQL and no RDF. Only reads, and writes that may be done twice, go this way: each is repeated where the connection breaks before
an answer begins, or where the other side says 502, 503 or 504.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Generator, Mapping
from typing import Any

import httpx2

from ..errors import BadParameter, BadQuery, StoreFailed, StoreGone

TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds; each pause is about twice the one before
RETRIED = (502, 503, 504)
CONNECTIONS = 20
CONNECT_SECONDS, READ_SECONDS = 3.0, 30.0
RETRY_AFTER = 5  # seconds, for whoever asks a service whose store is gone
_PARTIAL = {"x-sql-state": "its time ran out", "x-sparql-maxrows": "its limit of rows was reached"}  # as Virtuoso tells it, with status 200
SHOWN = 300  # characters of a store's own error message
_AGAIN = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)


class Credentials(httpx2.Auth):
    """A name and a password, sent as the store asks for them: Basic or Digest, and only once it does."""

    def __init__(self, user: str, password: str) -> None:
        self._known = {"basic": httpx2.BasicAuth(user, password), "digest": httpx2.DigestAuth(user, password)}
        self._chosen: httpx2.Auth | None = None

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send a request, and once more where it is challenged."""
        if self._chosen is None:
            answer = yield request
            if answer.status_code != 401:
                return
            scheme = answer.headers.get("www-authenticate", "").split(" ")[0].lower()
            if scheme not in self._known:
                return
            self._chosen = self._known[scheme]
        yield from self._chosen.auth_flow(request)


class Body:
    """An answer's body as a file that is read while it arrives. Raises StoreFailed where it breaks off."""

    def __init__(self, answer: httpx2.Response, endpoint: Endpoint) -> None:
        self._answer, self._endpoint = answer, endpoint  # an endpoint that nobody holds closes its connections
        self._pieces = answer.iter_bytes()
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, no more than ``size`` (-1: as many as come); none at the end."""
        try:
            while not self._held:
                self._held = next(self._pieces)
        except StopIteration:
            return b""
        except httpx2.TimeoutException as error:
            raise StoreFailed(f"The store at {self._endpoint.address} stopped in the middle of its answer.", "Narrow the query.") from error
        except httpx2.HTTPError as error:
            raise StoreFailed(f"The store at {self._endpoint.address} broke off its answer: {error}.", "Try again.") from error
        taken, self._held = (self._held, b"") if size < 0 else (self._held[:size], self._held[size:])
        return taken

    @property
    def media_type(self) -> str:
        """What the answer says it is."""
        return self._answer.headers.get("content-type", "").split(";")[0].strip()

    def __del__(self) -> None:
        self._answer.close()


class Endpoint:
    """One address that speaks HTTP, for any number of threads. ``seconds``: the longest that it may take to say anything."""

    def __init__(self, address: str, seconds: float = READ_SECONDS) -> None:
        if not address.startswith(("http://", "https://")):
            raise BadParameter(f"The store is “{address}”.", "Give an address such as http://127.0.0.1:7878/query.", parameter="LODE_STORE")
        user, password = os.environ.get("LODE_STORE_USER", ""), os.environ.get("LODE_STORE_PASSWORD", "")
        self.address = address
        self._client = httpx2.Client(
            auth=Credentials(user, password) if user else None,
            timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        )

    def __del__(self) -> None:
        if hasattr(self, "_client"):
            self._client.close()

    def send(
        self,
        method: str,
        accept: str = "*/*",
        params: Mapping[str, str] | None = None,
        form: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        media_type: str = "",
        allowed: tuple[int, ...] = (),
    ) -> httpx2.Response:
        """An answer whose body is yet to be read: one of success, or of a status in ``allowed``.

        Raises StoreGone (no connection, or 502, 503, 504 to the last), BadQuery (400: what the store says), StoreFailed.
        """
        headers = {"Accept": accept, **({"Content-Type": media_type} if media_type else {})}
        request = self._client.build_request(method, self.address, params=params, data=form, content=body, headers=headers)
        pause, told = FIRST_PAUSE, ""
        for turn in range(TRIES):
            try:
                answer = self._client.send(request, stream=True)
            except httpx2.TimeoutException as error:
                if not isinstance(error, _AGAIN):
                    raise StoreFailed(f"The store at {self.address} did not answer in time.", "Narrow the query, or try later.") from error
                told = "it does not answer"
            except httpx2.HTTPError as error:
                told = str(error) or type(error).__name__
            else:
                if answer.status_code not in RETRIED:
                    return self._checked(answer, allowed)
                told = f"it answers {answer.status_code}"
                answer.close()
            if turn < TRIES - 1:
                time.sleep(pause * random.uniform(0.75, 1.25))
                pause = min(2 * pause, LONGEST_PAUSE)
        advice = "Start it, or mend LODE_STORE; then try again."
        raise StoreGone(f"The store at {self.address} cannot be reached: {told}.", advice, retry_after=RETRY_AFTER)

    def read(self, method: str, **what: Any) -> Body:
        """As ``send``; its body as a file. Raises StoreFailed where the store says that it left out a part."""
        answer = self.send(method, **what)
        for header, meaning in _PARTIAL.items():
            if header in answer.headers:
                answer.close()
                raise StoreFailed(f"The store at {self.address} gave only a part: {meaning} ({answer.headers[header]}).", "Ask for less.")
        return Body(answer, self)

    def do(self, method: str, **what: Any) -> int:
        """As ``send``, where the answer's body does not matter; its status."""
        answer = self.send(method, **what)
        answer.read()
        status: int = answer.status_code
        return status

    def _checked(self, answer: httpx2.Response, allowed: tuple[int, ...]) -> httpx2.Response:
        status = answer.status_code
        if answer.is_success or status in allowed:
            return answer
        text = " ".join(answer.read().decode("utf-8", "replace").split())[:SHOWN]
        if status in (401, 403):
            raise StoreFailed(f"The store at {self.address} refuses ({status}).", "Set LODE_STORE_USER and LODE_STORE_PASSWORD.")
        if status == 400:
            raise BadQuery(f"The store cannot answer this: {text}.", "Write the query otherwise.")
        raise StoreFailed(f"The store at {self.address} answers {status}: {text or 'nothing'}.", "See its log.", status_of_store=status)
