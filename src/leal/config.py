"""The settings: one table of what can be set, read from the environment and, where named, one TOML file.

The environment wins over the file. A setting marked `file` may be given as `<NAME>_FILE`, the path of a file that holds
its value. In the TOML file a setting is written without its prefix and in lower case: `port = 8080`.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import os
import secrets
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import msgspec

from leal.errors import InvalidInput, Problem, Unavailable

SECRET_KEY_BYTES: Final = 32
LOG_LEVELS: Final = ("debug", "info", "warning", "error")


class Setting(msgspec.Struct, frozen=True):
    """One row of the table of settings."""

    name: str
    """Name in the environment."""
    field: str
    """Field of `Settings` that holds it."""
    type: str
    """What is written there, in words."""
    default: str
    """The value where it is unset, in words."""
    description: str
    read: Callable[[str], Any]
    """Turns the text into the value, or raises ValueError with a sentence that goes on from the name."""
    right: str
    """What would be right, with an example."""
    secret: bool = False
    """Is never shown, and may be given as `<NAME>_FILE`."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What this process was told; every field is a row of `SETTINGS`, but `warnings`."""

    database_url: str | None = None
    owner_database_url: str | None = None
    home: Path = Path(".leal")
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    secret_key: bytes | None = None
    database_connections: int = 10
    statement_timeout_ms: int = 30_000
    lock_timeout_ms: int = 5_000
    upkeep_seconds: int = 5
    feed_folder: Path | None = None
    feed_hour: int = 3
    push_seconds: int = 1
    push_private: bool = False
    rate_token_reads: int = 2000
    rate_token_writes: int = 1000
    rate_member_reads: int = 20
    rate_member_writes: int = 10
    rate_address_reads: int = 1000
    rate_address_writes: int = 500
    log_level: str = "info"
    warnings: tuple[str, ...] = ()
    """One sentence each: names that look like settings but are none."""

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Read all settings; raises InvalidInput with every fault at once. Reads files, writes none."""
        problems: list[Problem] = []
        given = _from_file(environ, problems) | _from_environment(environ, problems)
        values: dict[str, Any] = {}
        for setting in SETTINGS:
            if (text := given.get(setting.name, "")) != "":
                try:
                    values[setting.field] = setting.read(text)
                except ValueError as fault:
                    shown = "" if setting.secret else f" (found {text!r})"
                    message = f"{setting.name} {fault}{shown}."
                    problems.append(Problem(setting.name, "invalid_setting", message, setting.right))
        if (grace := environ.get(GRACE, "")) and not _is_grace(grace):
            message = f"{GRACE} is not a number of seconds from 0.1 to 3600 (found {grace!r})."
            problems.append(Problem(GRACE, "invalid_setting", message, "Write seconds, e.g. 2 or 0.5"))
        if problems:
            raise InvalidInput(problems)
        return cls(**values, warnings=tuple(_unknown(environ)))

    @property
    def migration_url(self) -> str | None:
        """Where migrations run: the owner's URL, else the common one; None: the embedded server."""
        return self.owner_database_url or self.database_url

    def key(self) -> bytes:
        """The installation's secret key (32 bytes); made once and kept in `<home>/secret.key` where none is set.

        Raises Unavailable when that file cannot be read, written or does not hold a key.
        """
        if self.secret_key is not None:
            return self.secret_key
        path = self.home / "secret.key"
        try:
            if not path.exists():
                _create_key(path)
            return _secret_key(path.read_text())
        except (OSError, ValueError) as fault:
            reason = fault.strerror if isinstance(fault, OSError) else f"it {fault}"
            remedy = "Make the file readable, put the right key back, or set LEAL_SECRET_KEY or LEAL_SECRET_KEY_FILE."
            raise Unavailable(f"The secret key {path} cannot be used: {reason}.", remedy) from fault


def _create_key(path: Path) -> None:
    """Write a fresh key so that of two processes at once one wins and no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="secret.key.")  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(SECRET_KEY_BYTES)).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass  # another process was first; its key is the key
    finally:
        Path(name).unlink()


def _database_url(text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("is not a PostgreSQL URL")
    return text


def _word(text: str) -> str:
    if text != text.strip() or any(not character.isprintable() for character in text):
        raise ValueError("is not a plain word")
    return text


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError("is not a log level")
    return text.lower()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"is not a whole number from {low} to {high}")
        return int(text)

    return read


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError("is neither yes nor no")
    return text.lower() == "yes"


def _secret_key(text: str) -> bytes:
    plain = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(key) != SECRET_KEY_BYTES:
        raise ValueError(f"holds {len(key)} bytes, not {SECRET_KEY_BYTES}")
    return key


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or "@" in text:
        raise ValueError("is not a plain http or https URL")
    return text.rstrip("/")


def _networks(text: str) -> tuple[str, ...]:
    """Addresses and networks, each in its one form."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(str(ip_network(word) if "/" in word else ip_address(word)))
        except ValueError:
            raise ValueError(f"names {word!r}, which is neither an address nor a network") from None
    return tuple(found)


_URL_RIGHT: Final = "postgresql://leal_app:password@db.example.com:5432/leal"

SETTINGS: Final = (
    Setting(
        "LEAL_DATABASE_URL", "database_url", "PostgreSQL URL", "the embedded server",
        "The database, as the application's role `leal_app` or a role that may become it.",
        _database_url, f"Write it like {_URL_RIGHT}", secret=True,
    ),
    Setting(
        "LEAL_OWNER_DATABASE_URL", "owner_database_url", "PostgreSQL URL", "LEAL_DATABASE_URL",
        "The same database as `leal_owner`, or as a role that may become it; only migrations use it.",
        _database_url, "Write it like postgresql://leal_owner:password@db.example.com:5432/leal", secret=True,
    ),
    Setting(
        "LEAL_HOME", "home", "folder", "./.leal",
        "Where the embedded server's data and the generated secret key live.",
        Path, "Name a folder, e.g. /var/lib/leal",
    ),
    Setting(
        "LEAL_HOST", "host", "address", "127.0.0.1",
        "The address that `leal serve` listens on.",
        _word, "Write an address such as 127.0.0.1, or 0.0.0.0 for all",
    ),
    Setting(
        "LEAL_PORT", "port", "whole number", "8080",
        "The port that `leal serve` listens on.",
        _whole(1, 65_535), "Write a port such as 8080",
    ),
    Setting(
        "LEAL_WORKERS", "workers", "whole number", "1",
        "How many processes of `leal serve` answer calls; one a core, less what the database needs of them.",
        _whole(1, 256), "Write a number such as 4",
    ),
    Setting(
        "LEAL_PUBLIC_URL", "public_url", "URL", "unset",
        "Where callers find the API, for what tells them so, such as `/openapi.json`.",
        _public_url, "Write it like https://loyalty.example.com",
    ),
    Setting(
        "LEAL_TRUSTED_PROXIES", "trusted_proxies", "addresses and networks", "none",
        "Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; everybody else's are ignored.",
        _networks, "Write them like 10.0.0.5, 192.168.0.0/16",
    ),
    Setting(
        "LEAL_SECRET_KEY", "secret_key", "32 bytes in base64", "made once, kept in LEAL_HOME/secret.key",
        "Encrypts the shops' token secrets; without it they cannot be read. Several hosts must share it.",
        _secret_key, "Make one with: head -c 32 /dev/urandom | base64", secret=True,
    ),
    Setting(
        "LEAL_DATABASE_CONNECTIONS", "database_connections", "whole number", "10",
        "The most connections one process opens; that of the jobs holds two more.",
        _whole(1, 1_000), "Write a number such as 10",
    ),
    Setting(
        "LEAL_STATEMENT_TIMEOUT_MS", "statement_timeout_ms", "milliseconds", "30000",
        "The database ends a statement of the application that takes longer.",
        _whole(100, 3_600_000), "Write milliseconds, e.g. 30000",
    ),
    Setting(
        "LEAL_LOCK_TIMEOUT_MS", "lock_timeout_ms", "milliseconds", "5000",
        "The database ends a statement of the application that waits longer for a lock.",
        _whole(10, 3_600_000), "Write milliseconds, e.g. 5000",
    ),
    Setting(
        "LEAL_UPKEEP_SECONDS", "upkeep_seconds", "seconds", "5",
        "How often `leal serve` stores what fell due; 0: never.",
        _whole(0, 3_600), "Write seconds, e.g. 5, or 0 for never",
    ),
    Setting(
        "LEAL_FEED_FOLDER", "feed_folder", "folder", "unset",
        "Where `leal serve` writes the daily snapshot of each shop's datasource, in a folder by its slug.",
        Path, "Name a folder, e.g. /var/lib/leal/feed",
    ),
    Setting(
        "LEAL_FEED_HOUR", "feed_hour", "hour", "3",
        "From which hour of the day, in UTC, the daily snapshot is written.",
        _whole(0, 23), "Write an hour from 0 to 23",
    ),
    Setting(
        "LEAL_PUSH_SECONDS", "push_seconds", "seconds", "1",
        "How often `leal serve` looks for what destinations have not been told; 0: never.",
        _whole(0, 3_600), "Write seconds, e.g. 1, or 0 for never",
    ),
    Setting(
        "LEAL_PUSH_PRIVATE", "push_private", "yes or no", "no",
        "Whether destinations may be at private addresses, and without TLS.",
        _yes_or_no, "Write yes or no",
    ),
    *(
        Setting(
            f"LEAL_RATE_{whose.upper()}_{calls.upper()}", f"rate_{whose}_{calls}", "calls a second", default,
            f"How often {who} may {verb}, in each process; 0: as often as one likes.",
            _whole(0, 1_000_000), f"Write calls a second, e.g. {default}, or 0 for no limit",
        )
        for whose, who, reads, writes in (
            ("token", "one of a shop's keys", "2000", "1000"),
            ("member", "one customer, by customer's tokens,", "20", "10"),
            ("address", "one address, without a shop's token,", "1000", "500"),
        )
        for calls, verb, default in (("reads", "read", reads), ("writes", "write", writes))
    ),
    Setting(
        "LEAL_LOG_LEVEL", "log_level", "one of " + ", ".join(LOG_LEVELS), "info",
        "The least severe messages that are logged.",
        _log_level, "Write one of " + ", ".join(LOG_LEVELS),
    ),
)  # fmt: skip
"""Every setting, in the order the documents list them."""

CONFIG: Final = "LEAL_CONFIG"
"""Names the TOML file; itself no row of the table, for the file cannot name itself."""

GRACE: Final = "LEAL_SERVER_GRACE_SECONDS"
"""Read by the embedded server's supervisor, from the environment alone; here it is only seen to be right."""
_MORE_NAMES: Final = {CONFIG, GRACE, "LEAL_REQUIRE_ALL"}
"""The embedded server and the tests read these themselves."""


def _names() -> set[str]:
    return {row.name for row in SETTINGS} | {f"{row.name}_FILE" for row in SETTINGS if row.secret}


def _from_environment(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    given: dict[str, str] = {}
    for setting in SETTINGS:
        text, path = environ.get(setting.name, ""), environ.get(f"{setting.name}_FILE", "")
        if setting.secret and text and path:
            message = f"Both {setting.name} and {setting.name}_FILE are set."
            problems.append(Problem(setting.name, "set_twice", message, "Unset one of them"))
        elif setting.secret and path:
            text = _content(f"{setting.name}_FILE", path, problems)
        if text:
            given[setting.name] = text
    return given


def _from_file(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    if not (path := environ.get(CONFIG, "")):
        return {}
    try:
        entries = tomllib.loads(_content(CONFIG, path, problems))
    except tomllib.TOMLDecodeError as fault:
        problems.append(Problem(CONFIG, "not_toml", f"{path} is not TOML: {fault}.", "Write lines such as port = 8080"))
        return {}
    names = {name.removeprefix("LEAL_").lower(): name for name in _names()}
    lines: dict[str, str] = {}
    for key, value in entries.items():
        if key not in names:
            message = f"{path} sets {key!r}, which is no setting."
            near = difflib.get_close_matches(key, names, 1)
            right = f"Perhaps {near[0]}" if near else f"Settings are {', '.join(sorted(names))}"
            problems.append(Problem(f"{CONFIG}.{key}", "unknown_setting", message, right))
        elif isinstance(value, bool) or not isinstance(value, str | int):
            message = f"{path} sets {key!r} to neither a text nor a whole number."
            problems.append(Problem(f"{CONFIG}.{key}", "wrong_type", message, f'Write {key} = "…"'))
        else:
            lines[names[key]] = str(value)
    return _from_environment(lines, problems)


def _is_grace(text: str) -> bool:
    try:
        return 0.1 <= float(text) <= 3600
    except ValueError:
        return False


def _content(name: str, path: str, problems: list[Problem]) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        message = f"{name} names {path}, which cannot be read: {reason}."
        problems.append(Problem(name, "unreadable_file", message, "Name a text file that this process may read"))
        return ""


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = _names() | _MORE_NAMES
    warnings: list[str] = []
    for name in sorted(environ):
        if name.startswith("LEAL_") and name not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            warnings.append(f"{name} is set but is no setting" + (f"; did you mean {near[0]}?" if near else "."))
    return warnings
