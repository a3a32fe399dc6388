"""What the doctor sees without the database: settings that contradict, the secret key, time zones, room on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from leal.config import Settings
from leal.doctor.findings import Finding
from leal.embedded import status
from leal.errors import InvalidInput, LealError

GIB: Final = 2**30
ROOM_FAIL_BYTES: Final = GIB
ROOM_WARN_BYTES: Final = 10 * GIB
"""The write-ahead log alone may take eight."""
ZONES: Final = ("America/New_York", "Europe/Berlin", "Asia/Tokyo")


def settings_faults(fault: InvalidInput) -> list[Finding]:
    """Every fault of settings that cannot be read."""
    return [Finding("settings", "fail", problem.message, problem.right) for problem in fault.problems]


def host(settings: Settings) -> Iterator[Finding]:
    """Everything that needs no database."""
    yield from _settings(settings)
    yield from _zones()
    yield from _key_file(settings)


def _settings(settings: Settings) -> Iterator[Finding]:
    found = [Finding("settings", "warn", warning, "Unset it, or put its name right.") for warning in settings.warnings]
    found += [Finding("settings", "warn", message, right) for message, right in _contradictions(settings)]
    yield from found or [Finding("settings", "ok", "All settings are known, and none contradicts another.")]


def _contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    app, owner = settings.database_url, settings.owner_database_url
    if owner and not app:
        yield "LEAL_OWNER_DATABASE_URL is set and LEAL_DATABASE_URL is not: the embedded server is used.", "Set both."
    elif owner and app and _place(owner) != _place(app):
        yield (
            "LEAL_OWNER_DATABASE_URL and LEAL_DATABASE_URL name different databases.",
            "Name the same host, port and database in both; a pooler's address is fine in the second alone.",
        )
    if settings.lock_timeout_ms >= settings.statement_timeout_ms:
        yield (
            "LEAL_LOCK_TIMEOUT_MS is not below LEAL_STATEMENT_TIMEOUT_MS, and so never comes into play.",
            "Make it smaller.",
        )
    for proxy in settings.trusted_proxies:
        if ip_network(proxy).prefixlen == 0:
            yield f"LEAL_TRUSTED_PROXIES trusts everybody ({proxy}): callers choose their own address.", "Name proxies."
    public = urlsplit(settings.public_url or "")
    if public.scheme == "http" and public.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield "LEAL_PUBLIC_URL is not https: tokens travel in the clear.", "Let a proxy end TLS, and write https://."


def _place(url: str) -> tuple[str | None, int | None, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or 5432, parts.path


def _zones() -> Iterator[Finding]:
    try:
        for zone in ZONES:
            ZoneInfo(zone)
    except (LookupError, OSError) as fault:
        yield Finding("time zones", "fail", f"There is no time zone data: {fault}.", "Install the package tzdata.")
    else:
        yield Finding("time zones", "ok", f"Time zone data is there (tzdata {version('tzdata')}).")


def _key_file(settings: Settings) -> Iterator[Finding]:
    path = settings.home / "secret.key"
    if settings.secret_key is not None:
        yield Finding("secret key", "ok", "The secret key is set.")
    elif not path.exists():
        yield Finding("secret key", "warn", f"There is no secret key yet; the first use makes {path}.", KEY_HELP)
    elif path.stat().st_mode & 0o077:
        yield Finding("secret key", "warn", f"Others may read {path}.", f"chmod 600 {path}")
    else:
        try:
            settings.key()
        except LealError as fault:
            yield Finding("secret key", "fail", fault.message, getattr(fault, "remedy", ""))
        else:
            yield Finding("secret key", "ok", f"The secret key is in {path}.")


KEY_HELP: Final = "Where there are sealed secrets already, put the key back that they were sealed with."


def room(home: Path) -> Finding:
    """How much room is left for the embedded server's data."""
    data = status(home).data_dir or home
    free = shutil.disk_usage(data).free
    told = f"{free / GIB:.1f} GiB are free where {data} lies."
    if free >= ROOM_WARN_BYTES:
        return Finding("disk", "ok", told)
    return Finding("disk", "fail" if free < ROOM_FAIL_BYTES else "warn", told, "Make room, or move LEAL_HOME.")


def read_settings(environ: Mapping[str, str]) -> tuple[Settings | None, list[Finding]]:
    """The settings, or why there are none."""
    try:
        return Settings.load(environ), []
    except InvalidInput as fault:
        return None, settings_faults(fault)
