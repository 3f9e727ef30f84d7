"""The response cache: whatever was asked before, in whatever form, each request gets what it would get alone."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live import WAIT
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from service.http import response_cache
from service.http.conditional import Preconditions
from service.http.etags import GATHERED_MOST, EntityTags
from service.http.headers import CHUNK, ResponseHeaders
from service.http.metrics import Metrics
from service.http.response_cache import ENTRY_MOST, ResponseCache

SECURITY = {"x-content-type-options", "content-security-policy", "referrer-policy"}
GRAPH = SimpleNamespace(version="data-1", path=Path("store"))
SERVED = SimpleNamespace(state=SimpleNamespace(graph=GRAPH, operation=SimpleNamespace(metrics=Metrics())))
LONG = "rare earths " * 500


@dataclass(frozen=True)
class Reply:
    """What a client got."""

    status: int
    headers: dict[str, str]
    body: bytes
    pieces: int


@dataclass
class Client:
    """Requests in the form of ASGI to an app behind the cache; ``made`` counts what the app made."""

    made: list[str] = field(default_factory=list)
    stack: ASGIApp = field(init=False)

    def serve(self, app: ASGIApp) -> Client:
        """Put the layers of the service around an app."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.made.append(scope["path"])
            await app(scope, receive, send)

        packed = GZipMiddleware(EntityTags(counted), minimum_size=1000)
        self.stack = ResponseHeaders(ResponseCache(packed, told_error))
        return self

    async def ask(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", **more: Any) -> Reply:
        """One request, and its whole answer."""
        messages: list[Any] = []
        given = [("host", "example.org"), *(headers or {}).items()]
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in given]
        raw = more.pop("raw", raw)
        path, _, query = path.partition("?")
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode()}
        scope |= {"headers": raw, "app": SERVED, "http_version": "1.1", "root_path": ""} | more

        async def send(message: Any) -> None:
            messages.append(message)

        await self.stack(scope, still_there(), send)
        start, *bodies = messages
        names = [name.decode() for name, _ in start["headers"]]
        assert len(set(names)) == len(names), names
        found = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        assert [piece.get("more_body", False) for piece in bodies] == [True] * (len(bodies) - 1) + [False]
        body = b"".join(piece["body"] for piece in bodies)
        return Reply(start["status"], found, body, len(bodies))


async def told_error(request: Any, error: Exception) -> Response:
    return PlainTextResponse("failed", 500)


def still_there() -> Receive:
    """A client that sends no body and stays."""
    given = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        for message in given:
            return message
        await asyncio.Event().wait()

    return receive


def run(*steps: Callable[[], Awaitable[Any]]) -> list[Any]:
    """What these give, one after the other, in one event loop."""

    async def all_of_them() -> list[Any]:
        found = [await asyncio.wait_for(step(), WAIT) for step in steps]
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        if rest:  # what the app still does after its answer is whole, such as to close a file
            await asyncio.wait(rest, timeout=WAIT)
        return found

    return asyncio.run(all_of_them())


FILES = Path(__file__).parent / "fixtures"
FILE = next(path for path in sorted(FILES.iterdir()) if path.is_file() and path.stat().st_size > 2_000)


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """An app of pages: one by language, one of today, one that is streamed, one that is never the same."""
    given = dict(scope["headers"])
    language = given.get(b"accept-language", b"en").decode()
    media = given.get(b"accept", b"*/*").decode()
    query = scope["query_string"].decode()
    answer: ASGIApp
    if scope["path"].startswith("/files/"):
        answer = StaticFiles(directory=FILES)
        scope = {**scope, "path": scope["path"], "root_path": "/files"}
    elif scope["path"] == "/stream":
        size = GATHERED_MOST // 1_000 + 10 if query == "long" else 20
        answer = StreamingResponse((b"x" * 1_000 for _ in range(size)), media_type="text/plain")
    elif scope["path"] == "/now":
        answer = PlainTextResponse(next(TICKS), headers={"Cache-Control": "no-store"})
    elif scope["path"] == "/missing":
        answer = PlainTextResponse("none", 404)
    elif scope["path"] == "/moved":
        answer = Response(status_code=303, headers={"Location": "/page"})
    elif "json" in media:
        answer = JSONResponse({"lang": language, "asked": query, "text": LONG})
    else:
        answer = PlainTextResponse(f"{language} {query} {LONG}")
    await answer(scope, receive, send)


TICKS = map(str, itertools.count())


# The same address in every form and order


def tag_of(address: str, headers: Mapping[str, str]) -> str:
    """The tag that an address has for these headers, asked alone."""
    return ALONE[address, tuple(sorted(headers.items()))].headers.get("etag", "")


NEGOTIATED = [
    {},
    {"Accept": "application/json"},
    {"Accept-Language": "ja"},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br, gzip;q=0.8", "Accept": "application/json"},
    {"Accept-Encoding": "gzip;q=0"},
]
ADDRESSES = ["/page", "/page?a=1", f"/files/{FILE.name}", "/stream", "/stream?long", "/missing", "/moved"]
ALONE: dict[tuple[str, tuple[tuple[str, str], ...]], Reply] = {}


def setup_module() -> None:
    """What each address answers where nothing was asked before."""
    for address in ADDRESSES:
        for headers in NEGOTIATED:
            ask = Client().serve(pages).ask
            [reply] = run(lambda ask=ask, a=address, h=headers: ask(a, h))  # type: ignore[misc]
            ALONE[address, tuple(sorted(headers.items()))] = reply


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], dict[str, str]]:
    """Method, address, headers of negotiation, and preconditions or ranges."""
    address, negotiated = draw(st.sampled_from(ADDRESSES)), draw(st.sampled_from(NEGOTIATED))
    own = tag_of(address, negotiated)
    strong = own.removeprefix("W/")
    other = tag_of(address, draw(st.sampled_from(NEGOTIATED)))
    more = draw(
        st.sampled_from(
            [
                {},
                {},
                {"Range": "bytes=0-0"},
                {"Range": "bytes=5-", "If-Range": own},
                {"Range": "bytes=-1"},
                {"If-None-Match": own},
                {"If-None-Match": strong},
                {"If-None-Match": other},
                {"If-None-Match": f'"a,b", W/"c" , {own}'},
                {"If-None-Match": "*"},
                {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
                {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
                {"If-Modified-Since": "Fri, 01 Jan 1990 00:00:00 GMT"},
                {"If-Modified-Since": "yesterday"},
                {"If-Match": "*"},
                {"If-Match": own},
                {"If-Unmodified-Since": "Fri, 01 Jan 1990 00:00:00 GMT"},
            ]
        )
    )
    return draw(st.sampled_from(["GET", "HEAD"])), address, negotiated, more


def expected(whole: Reply, more: Mapping[str, str]) -> int:
    """The status by RFC 9110, section 13.2.2, for the preconditions of ``requests``."""
    tag, is_file = whole.headers.get("etag", "none"), "last-modified" in whole.headers
    none_match, since = more.get("If-None-Match"), more.get("If-Modified-Since", "")
    if whole.status != 200:
        return whole.status
    if more.get("If-Match", "*") != "*" or ("If-Unmodified-Since" in more and is_file):
        return 412
    if none_match is not None:
        return 304 if none_match == "*" or tag.removeprefix("W/") in none_match else 200
    return 304 if is_file and "2100" in since else 200


@pytest.mark.slow
@settings(deadline=None, derandomize=True, database=None, max_examples=60)
@given(st.lists(requests(), min_size=1, max_size=8))
def test_in_every_order_each_request_gets_what_it_would_get_alone(
    asked: list[tuple[str, str, dict[str, str], dict[str, str]]],
) -> None:
    client = Client().serve(pages)

    def step(method: str, address: str, headers: Mapping[str, str], more: Mapping[str, str]) -> Any:
        return lambda: client.ask(address, {**headers, **more}, method)

    for (method, address, headers, more), reply in zip(asked, run(*(step(*one) for one in asked)), strict=True):
        whole = ALONE[address, tuple(sorted(headers.items()))]
        assert reply.status == expected(whole, more)
        assert reply.headers.keys() >= SECURITY
        if reply.status == whole.status:
            assert reply.headers == whole.headers
            assert reply.body == (b"" if method == "HEAD" else whole.body)
        if reply.status == 304:
            assert reply.body == b""
            assert reply.headers.items() <= whole.headers.items()
            names = {"etag", "vary", "cache-control", "lode-data-version", *SECURITY}
            assert names & whole.headers.keys() == reply.headers.keys()


def test_what_is_packed_is_what_is_not_packed() -> None:
    for address in ("/page", "/stream"):
        plain, packed = (ALONE[address, name] for name in ((), (("Accept-Encoding", "gzip"),)))
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["etag"] == plain.headers["etag"]
        assert "Accept-Encoding" in plain.headers["vary"]


def test_one_byte_asked_for_is_not_given_to_everybody() -> None:
    address = f"/files/{FILE.name}"
    client = Client().serve(pages)
    first, second = run(lambda: client.ask(address, {"Range": "bytes=0-0"}), lambda: client.ask(address))
    assert first.status == second.status == 200
    assert first.body == second.body == FILE.read_bytes()
    assert "accept-ranges" not in second.headers


def test_a_304_to_a_returning_browser_is_not_given_to_new_ones() -> None:
    known = ALONE["/page", ()].headers["etag"]
    client = Client().serve(pages)
    first, second = run(lambda: client.ask("/page", {"If-None-Match": known}), lambda: client.ask("/page"))
    assert (first.status, first.body) == (304, b"")
    assert second == ALONE["/page", ()]
    assert client.made == ["/page"]


@pytest.mark.parametrize("path", ["/now", "/missing", "/moved", "/stream?long"])
def test_only_a_whole_200_that_may_be_stored_is_kept(path: str) -> None:
    client = Client().serve(pages)
    run(lambda: client.ask(path), lambda: client.ask(path), lambda: client.ask(path, method="HEAD"))
    assert len(client.made) == 3


@pytest.mark.parametrize(
    ("path", "headers", "method"),
    [
        ("/page", {"Accept": "application/json"}, "GET"),
        ("/page", {"Accept-Language": "ja"}, "GET"),
        ("/page", {"Accept-Encoding": "gzip"}, "GET"),
        ("/page?x", {}, "GET"),
        ("/page", {}, "POST"),
        ("/page", {"Content-Length": "3"}, "GET"),
    ],
)
def test_a_request_that_may_have_another_answer_is_made_anew(path: str, headers: dict[str, str], method: str) -> None:
    client = Client().serve(pages)
    run(lambda: client.ask("/page"), lambda: client.ask(path, headers, method))
    assert len(client.made) == 2


@pytest.mark.parametrize("more", [{"scheme": "https"}, {"root_path": "/lode"}, {"server": ("::1", 9)}])
def test_the_server_that_an_answer_may_name_is_part_of_the_key(more: dict[str, Any]) -> None:
    client = Client().serve(pages)
    run(lambda: client.ask("/page"), lambda: client.ask("/page", **more))
    assert len(client.made) == 2


def test_headers_in_several_lines_or_without_meaning_make_no_other_entry() -> None:
    client = Client().serve(pages)
    run(
        lambda: client.ask("/page", {"User-Agent": "a"}),
        lambda: client.ask("/page", {"User-Agent": "b", "Accept-Encoding": "br, identity"}),
        lambda: client.ask("/page", {"Accept-Encoding": "gzipped, zgzip"}),
    )
    assert client.made == ["/page"]


@pytest.mark.parametrize(
    ("coding", "is_packed"),
    [
        ("gzip", True),
        ("GZIP;q=0.1", True),
        ("x-gzip", True),
        ("gzip;q=0.000", False),
        ("notgzip", False),
        ("identity, gzip;q=0.5", False),
        ("gzip;q=nonsense", False),
        ("", False),
    ],
)
def test_gzip_is_for_those_who_accept_it(coding: str, is_packed: bool) -> None:
    [reply] = run(lambda: Client().serve(pages).ask("/page", {"Accept-Encoding": coding}))
    assert ("content-encoding" in reply.headers) is is_packed


# Tags, and the day


def test_at_midnight_the_page_is_made_anew_and_its_tag_stays_as_long_as_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown, day = ["one"], [20_000]
    monkeypatch.setattr(response_cache, "today", lambda: day[0])

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(shown[0])(scope, receive, send)

    async def next_day(text: str) -> None:
        day[0] += 1
        shown[0] = text

    client = Client().serve(page)
    first, _, second, _, third = run(
        lambda: client.ask("/page"),
        lambda: next_day("one"),
        lambda: client.ask("/page"),
        lambda: next_day("two"),
        lambda: client.ask("/page"),
    )
    assert len(client.made) == 3
    assert first == second
    assert third.body == b"two"
    assert third.headers["etag"] != second.headers["etag"]


def test_what_is_begun_before_midnight_is_not_kept_for_the_day_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = [20_000]
    monkeypatch.setattr(response_cache, "today", lambda: day[0])

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        day[0] += 1
        await PlainTextResponse("x")(scope, receive, send)

    client = Client().serve(page)
    run(lambda: client.ask("/page"))
    day[0] -= 1
    run(lambda: client.ask("/page"))
    assert len(client.made) == 2


def test_a_tag_tells_bytes_and_media_types_apart() -> None:
    def reply(body: bytes, **headers: str) -> Reply:
        answer = Response(body, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return run(lambda: Client().serve(answer).ask("/x"))[0]  # type: ignore[no-any-return]

    made = [
        reply(b"1"),
        reply(b"2"),
        reply(b"1", content_type="text/csv"),
        reply(b"1", content_language="ja"),
    ]
    assert len({one.headers["etag"] for one in made}) == len(made)
    assert reply(b"1").headers["etag"] == made[0].headers["etag"]


OURS = 'W/"abc"'


@pytest.mark.parametrize(
    ("none_match", "status"),
    [
        ('W/"abc"', 304),
        ('"abc"', 304),
        (' "x" ,W/"abc"', 304),
        ('"x,W/", "abc"', 304),
        ("*", 304),
        ('"x"', 200),
        ('"abc', 200),
        ("abc", 200),
        ('w/"x"', 200),
        ('"x", *', 200),
        ('"x,"abc,"', 200),
        ("", 200),
    ],
)
def test_entity_tags_are_read_as_a_list(none_match: str, status: int) -> None:
    late = "Fri, 01 Jan 2100 00:00:00 GMT"
    asked = Preconditions(None, none_match, late, None)
    assert asked.status(OURS, "Sat, 01 Jan 2000 00:00:00 GMT") == status


@pytest.mark.parametrize(
    ("match", "etag", "status"),
    [("*", OURS, 200), (OURS, OURS, 412), ('"abc"', OURS, 412), ('"abc"', '"abc"', 200), ('W/"abc"', '"abc"', 412)],
)
def test_if_match_compares_strongly(match: str, etag: str, status: int) -> None:
    assert Preconditions(match, None, None, None).status(etag, None) == status


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Sat, 01 Jan 2000 00:00:00 GMT", 304),
        ("Saturday, 01-Jan-00 00:00:00 GMT", 304),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 200),
        ("2000-01-01", 200),
        ("Sat, 99 Jan 2000 00:00:00 GMT", 200),
        ("", 200),
    ],
)
def test_a_date_that_cannot_be_read_is_passed_over(since: str, status: int) -> None:
    asked = Preconditions(None, None, since, None)
    assert asked.status(OURS, "Sat, 01 Jan 2000 00:00:00 GMT") == status


# Single flight


class Gate:
    """An app whose answers wait until they are let through; what it answers is set by number."""

    def __init__(self, **answers: ASGIApp | Exception) -> None:
        self.answers, self.opened, self.count, self.left = answers, asyncio.Event(), 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.count += 1
        answer = self.answers.get(f"n{self.count}", PlainTextResponse(f"made {self.count}"))
        await self.opened.wait()
        if isinstance(answer, Exception):
            raise answer
        await answer(scope, receive, send)


async def at_once(client: Client, gate: Gate, count: int, path: str = "/page") -> list[Reply | BaseException]:
    """What so many clients get who ask before the first has its answer."""
    asked = [asyncio.create_task(client.ask(path)) for _ in range(count)]
    while not gate.count:
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    gate.opened.set()
    return await asyncio.gather(*asked, return_exceptions=True)


def bodies(replies: list[Reply | BaseException]) -> list[Any]:
    return [reply.body if isinstance(reply, Reply) else type(reply) for reply in replies]


@pytest.mark.parametrize("path", ["/page", "/sparql"])
def test_what_many_ask_at_once_is_made_once(path: str) -> None:
    async def asked() -> tuple[list[Any], int]:
        gate = Gate()
        return bodies(await at_once(Client().serve(gate), gate, 20, path)), gate.count

    assert run(asked) == [([b"made 1"] * 20, 1)]


def test_an_error_of_the_client_is_told_to_all_who_asked_and_kept_for_nobody() -> None:
    async def asked() -> tuple[list[Any], int, bytes]:
        gate = Gate(n1=PlainTextResponse("none", 404))
        client = Client().serve(gate)
        told = bodies(await at_once(client, gate, 5))
        return told, gate.count, (await client.ask("/page")).body

    assert run(asked) == [([b"none"] * 5, 1, b"made 2")]


@pytest.mark.parametrize("fault", [OSError("x"), PlainTextResponse("bad", 500), PlainTextResponse("busy", 503)])
def test_a_maker_that_fails_does_not_make_the_others_fail(fault: Any) -> None:
    async def asked() -> tuple[list[Any], int]:
        gate = Gate(n1=fault)
        return bodies(await at_once(Client().serve(gate), gate, 6)), gate.count

    [(told, count)] = run(asked)
    assert told[1:] == [b"made 2"] * 5
    assert told[0] != b"made 2"
    assert count == 2


def test_where_making_fails_again_all_are_told_and_nobody_waits_for_ever() -> None:
    async def asked() -> tuple[list[Any], int]:
        gate = Gate(**{f"n{number}": ValueError(str(number)) for number in range(1, 9)})
        return bodies(await at_once(Client().serve(gate), gate, 6)), gate.count

    assert run(asked) == [([ValueError] * 6, 2)]


def test_an_answer_that_is_another_each_time_is_each_clients_own() -> None:
    async def asked() -> list[Any]:
        own = {f"n{n}": PlainTextResponse(str(n), headers={"Cache-Control": "no-store"}) for n in range(1, 9)}
        gate = Gate(**own)
        return sorted(bodies(await at_once(Client().serve(gate), gate, 4)))

    assert len(set(run(asked)[0])) == 4


def test_a_stream_goes_to_one_and_the_others_have_their_own() -> None:
    async def asked() -> tuple[list[int], int]:
        pieces = {f"n{n}": StreamingResponse(iter([b"x" * GATHERED_MOST] * 2)) for n in range(1, 9)}
        gate = Gate(**pieces)
        told = bodies(await at_once(Client().serve(gate), gate, 3))
        return [len(body) for body in told], gate.count

    assert run(asked) == [([2 * GATHERED_MOST] * 3, 3)]


@pytest.mark.parametrize("who", [0, 1])
def test_a_client_that_leaves_does_not_stop_the_work_for_others(who: int) -> None:
    async def asked() -> tuple[bytes, int]:
        gate = Gate()
        client = Client().serve(gate)
        clients = [asyncio.create_task(client.ask("/page")) for _ in range(2)]
        while not gate.count:
            await asyncio.sleep(0)
        clients[who].cancel()
        await asyncio.wait([clients[who]])
        gate.opened.set()
        return (await clients[1 - who]).body, gate.count

    assert run(asked) == [(b"made 1", 1)]


def test_where_every_client_has_left_the_app_is_told_and_the_next_one_is_served() -> None:
    told: list[str] = []

    async def patient(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if not told:
            told.append((await receive())["type"])
            return
        await PlainTextResponse("there")(scope, receive, send)

    async def asked() -> bytes:
        client = Client().serve(patient)
        first = asyncio.create_task(client.ask("/page"))
        while not client.made:
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait([first])
        return (await client.ask("/page")).body

    assert run(asked) == [b"there"]
    assert told == ["http.disconnect"]


def test_a_hang_up_is_seen_while_the_answer_is_made() -> None:
    async def gone() -> Any:
        return {"type": "http.disconnect"}

    async def asked() -> list[str]:
        told: list[str] = []

        async def patient(scope: Scope, receive: Receive, send: Send) -> None:
            await receive()
            told.append((await receive())["type"])

        client = Client().serve(patient)
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}

        async def send(message: Any) -> None:
            raise AssertionError(message)

        await client.stack({**scope, "app": SERVED}, gone, send)
        while not told:
            await asyncio.sleep(0)
        return told

    assert run(asked) == [["http.disconnect"]]


def test_a_stream_that_breaks_off_is_no_whole_answer() -> None:
    def broken() -> Any:
        yield b"x" * (GATHERED_MOST + 1)
        raise OSError("disk")

    client = Client().serve(StreamingResponse(broken()))
    with pytest.raises(OSError, match="disk"):
        run(lambda: client.ask("/page"))


# Sizes


def test_a_large_body_is_sent_in_chunks_and_never_kept() -> None:
    body = hashlib.sha256(b"x").digest() * (ENTRY_MOST // 32 + 1)
    client = Client().serve(Response(body))
    first, second = run(lambda: client.ask("/page"), lambda: client.ask("/page"))
    assert first.body == body
    assert first == second
    assert first.pieces == -(-len(body) // CHUNK)
    assert len(client.made) == 2


def test_the_cache_holds_no_more_bytes_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "ENTRIES_MOST", 10_000)

    async def ask_many() -> int:
        kept = ResponseCache(EntityTags(PlainTextResponse("x" * 1_000)))
        client = Client()
        client.stack = ResponseHeaders(kept)
        for number in range(40):
            await client.ask(f"/page?{number}")
            assert kept._entries.currsize <= 10_000
        return len(kept._entries)

    assert 1 <= run(ask_many)[0] < 10


# What is refused, and what every answer carries


@pytest.mark.parametrize(
    ("raw", "version", "status"),
    [
        ([(b"host", b"a"), (b"host", b"a")], "1.1", 400),
        ([(b"host", b"a"), (b"host", b"b")], "1.0", 400),
        ([], "1.1", 400),
        ([(b"host", b"a b")], "1.1", 400),
        ([(b"host", b"user@a")], "1.1", 400),
        ([(b"host", b"a/b")], "1.1", 400),
        ([], "1.0", 200),
        ([(b"host", b"[::1]:8000")], "1.1", 200),
    ],
)
def test_a_request_has_one_host(raw: list[Any], version: str, status: int) -> None:
    client = Client().serve(pages)
    [reply] = run(lambda: client.ask("/page", raw=raw, http_version=version))
    assert reply.status == status
    assert reply.headers.keys() >= SECURITY


def test_an_error_of_the_app_is_an_answer_like_others() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("x")

    told: list[Any] = []
    client = Client().serve(broken)

    async def asked() -> None:
        async def send(message: Any) -> None:
            told.append(message)

        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
        await client.stack({**scope, "app": SERVED}, still_there(), send)

    with pytest.raises(ValueError, match="x"):
        run(asked)
    assert told[0]["status"] == 500
    assert {name.decode() for name, _ in told[0]["headers"]} >= SECURITY | {"cache-control"}
