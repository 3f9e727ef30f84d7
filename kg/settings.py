"""How the service is set: ``LODE_...`` in the environment, else in a file ``.env``, else the defaults here. Knows nothing of what they do.

The limits of a query hold for each server process: with several ``LODE_WORKERS``, each has its own ``LODE_QUERIES``.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, PositiveFloat, PositiveInt, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import BadParameter

PREFIX = "LODE_"
FILE = ".env"
_adopted: set[str] = set()


def processors() -> int:
    """How many look-ups run at once where it is not set: as many as there are processors, at least two."""
    return max(2, os.cpu_count() or 2)


class Settings(BaseSettings):
    """All settings; each is ``LODE_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=FILE, env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    hosts: str = Field("", description="Names, with commas, under which language models may address /mcp beside localhost; * for any.")
    workers: PositiveInt = Field(1, description="Server processes, which share the built store.")
    connections: PositiveInt = Field(1000, description="Connections that each process holds at once.")
    request_seconds: PositiveFloat = Field(10.0, description="Time for a request's head to arrive, and for its body.")
    stall_seconds: PositiveFloat = Field(30.0, description="Time for a client to take the next piece of its answer.")
    grace_seconds: PositiveInt = Field(15, description="Time for requests in flight when the service is told to stop.")
    drain_seconds: float = Field(0.0, ge=0, description="Time during which a stopping service still takes requests, while /readyz is 503.")
    log: Literal["text", "json", "off"] = Field("text", description="Form of the log on standard error; off: warnings and errors alone.")
    access_log: bool = Field(True, description="One line of the log for each request.")
    slow_query_seconds: PositiveFloat = Field(1.0, description="A query that ran longer is logged with its text.")
    metrics: str = Field(
        "off",
        pattern=r"^(off|on|(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+):\d{1,5})$",
        description="Metrics for Prometheus: off, on (at /metrics beside all else), or host:port for a listener of their own.",
    )
    security_contact: str = Field(
        "",
        pattern=r"^((https://|mailto:|tel:)[!-~]+)?$",
        description="Whom security.txt names: an address that begins with https://, mailto: or tel:.",
    )
    queries: PositiveInt = Field(2, description="Free SPARQL queries that run at once.")
    query_seconds: PositiveFloat = Field(10.0, description="Time of a query.")
    query_rows: PositiveInt = Field(100_000, description="Rows of an answer, or triples of a graph.")
    query_bytes: PositiveInt = Field(50_000_000, description="Bytes of an answer.")
    query_memory_mb: int = Field(1000, ge=100, description="Memory of a query, in MB.")
    query_waiting: int = Field(250, ge=0, description="Queries that may wait for a place.")
    query_patience: PositiveFloat = Field(30.0, description="Seconds that each of them waits.")
    quick_seconds: PositiveFloat = Field(1.0, description="Time of a query in the lane that is kept for quick ones.")
    lookups: PositiveInt = Field(default_factory=processors, description="Look-ups and pages that run at once.")
    lookup_seconds: PositiveFloat = Field(30.0, description="Time of a look-up or page.")
    lookup_waiting: int = Field(250, ge=0, description="Look-ups that may wait for a place, and as many readings of the whole graph.")
    lookup_patience: PositiveFloat = Field(60.0, description="Seconds that each of them waits.")
    whole: PositiveInt = Field(2, description="Analyses, files and other readings of the whole graph that run at once.")
    whole_seconds: PositiveFloat = Field(120.0, description="Time of one of them.")
    spool_bytes: PositiveInt = Field(1_000_000_000, description="Bytes of large answers that wait on disk for their readers.")
    cache: Path | None = Field(None, description="Folder for built stores; left out: the user's cache folder.")
    facts: str = Field("", description="Your own folder of facts and tables.")
    store: str = Field("", description="Address of a SPARQL endpoint that holds the graph, instead of a built store.")
    store_user: str = Field("", description="Who asks there.")
    store_password: str = Field("", repr=False, description="And with what password.")
    dataset: str = Field("", description="RDF files to serve instead of our own graph, parted as in PATH.")

    def environment(self) -> dict[str, str]:
        """The settings as variables, for processes that are started later."""
        return {PREFIX + name.upper(): str(value) for name, value in self if value not in (None, "")}


def adopt() -> None:
    """Put what the file ``.env`` sets into the environment, where that does not set it, so that every command goes by the same settings.

    Raises BadParameter for a name that is no setting.
    """
    _refuse_unknown()
    for name, value in dotenv_values(FILE).items():
        if value and name.upper().startswith(PREFIX) and not os.environ.get(name.upper()):
            os.environ[name.upper()] = value
            _adopted.add(name.upper())


def read_settings(**given: object) -> Settings:
    """The settings, with those given (None: not given) before all others. Raises BadParameter for a bad value or an unknown name."""
    _refuse_unknown()
    try:
        return Settings(**{name: value for name, value in given.items() if value not in (None, "")})  # type: ignore[arg-type]  # checked here
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise BadParameter(f"{name} is “{first['input']}”.", f"{first['msg']}.", parameter=name) from None


def origins() -> list[dict[str, str]]:
    """Each setting with its value (a password hidden), where it comes from and what it is. Raises BadParameter."""
    settings = read_settings()
    places = (("environment", os.environ), (FILE, dotenv_values(FILE)))
    found = []
    for name, field in Settings.model_fields.items():
        variable = PREFIX + name.upper()
        origin = next((place for place, held in places if any(key.upper() == variable and held[key] for key in held)), "default")
        origin = FILE if variable in _adopted else origin
        value = getattr(settings, name)
        shown = "" if value in (None, "") else str(value) if field.repr else "***"
        found.append({"setting": variable, "value": shown, "from": origin, "about": field.description or ""})
    return found


def _refuse_unknown() -> None:
    names = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted({*os.environ, *dotenv_values(FILE)}):
        if name.upper().startswith(PREFIX) and name.upper() not in names:
            near = difflib.get_close_matches(name.upper(), names, n=3)
            raise BadParameter(f"{name} is no setting.", f"Near it: {', '.join(near or sorted(names))}.", parameter=name, near=near)
