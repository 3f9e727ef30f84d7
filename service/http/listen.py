"""The sockets that the service listens on, bound before anything else is done, so that a taken port is told at once."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys

BACKLOG = 2048
_ADVICE = {
    errno.EADDRINUSE: "Something listens there already: stop it, or name another port.",
    errno.EACCES: "Ports below 1024 are for privileged processes: name another port.",
    errno.EADDRNOTAVAIL: "It is no address of this machine: name another host.",
}


def address(host: str, port: int) -> str:
    """Where a service is, as a browser takes it; an IPv6 address stands in brackets."""
    plain = _plain(host)
    return f"http://[{plain}]:{port}" if ":" in plain else f"http://{plain}:{port}"


def bind(host: str, port: int) -> list[socket.socket]:
    """A socket for each address that the host has; the same port for all, a free one where it is 0. Raises OSError that says what to do."""
    try:
        found = socket.getaddrinfo(_plain(host), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise OSError(f"The host “{host}” is not known: {error.strerror}. Name an address of this machine.") from error
    bound: list[socket.socket] = []
    try:
        for family, _, _, _, place in dict.fromkeys(found):
            chosen = bound[0].getsockname()[1] if bound else port
            bound.append(_bind(family, (place[0], chosen, *place[2:])))
    except OSError as error:
        close(bound)
        raise OSError(_told(host, port, error)) from error
    return bound


def listen(sockets: list[socket.socket]) -> None:
    """Take connections from now on. Raises OSError where another process came first."""
    for each in sockets:
        try:
            each.listen(BACKLOG)
        except OSError as error:
            host, port = each.getsockname()[:2]
            close(sockets)
            raise OSError(_told(host, port, error)) from error


def close(sockets: list[socket.socket]) -> None:
    """Give the addresses back."""
    for each in sockets:
        with contextlib.suppress(OSError):
            each.close()


def _bind(family: int, place: tuple[object, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # where it would let two processes have one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(place)
    except OSError:
        made.close()
        raise
    return made


def _plain(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _told(host: str, port: int, error: OSError) -> str:
    advice = _ADVICE.get(error.errno or 0, "")
    return f"{address(host, port)} cannot be listened on: {error.strerror}. {advice}".strip()
