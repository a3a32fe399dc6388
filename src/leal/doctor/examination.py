"""The examination: everything the doctor looks at, in its order; what rests on something that fails is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

import asyncpg

from leal.config import Settings
from leal.doctor import database as seen
from leal.doctor.findings import Finding, Report, report
from leal.doctor.host import host, read_settings, room
from leal.errors import LealError
from leal.installation import Urls, database
from leal.store.db import connect
from leal.store.migrate import state

SESSION: Final = {"application_name": "leal-doctor", "timezone": "UTC", "search_path": "public", "jit": "off"}


async def examine(environ: Mapping[str, str], *, say: Callable[[str], None]) -> Report:
    """Look at everything; the embedded server is started for it, and nothing else is changed."""
    settings, findings = read_settings(environ)
    if settings is None:
        return report(findings)
    findings += host(settings)
    try:
        async with database(settings, say=say) as urls:
            findings += [finding async for finding in _database(urls, settings)]
        if settings.database_url is None:
            findings.append(room(settings.home))
    except LealError as fault:
        findings.append(Finding("database", "fail", fault.message, str(getattr(fault, "remedy", ""))))
    return report(findings)


async def _database(urls: Urls, settings: Settings) -> AsyncIterator[Finding]:
    conn = await connect(urls.app, SESSION)
    try:
        yield Finding("database", "ok", "The database can be reached.")
        async for finding in seen.server(conn, settings):
            yield finding
        bound = True
        async for finding in seen.roles(conn, embedded=urls.embedded):
            bound = bound and finding.state != "fail"
            yield finding
        found = await state(urls.owner if urls.embedded else urls.app)
        yield seen.schema(found)
        if found.applied and found.kind != "foreign":
            async for finding in seen.tables(conn):
                yield finding
        if bound and found.kind == "current":
            async for finding in seen.shops(conn, settings):
                yield finding
    except asyncpg.PostgresError as fault:
        yield Finding("database", "fail", f"The database refused a question: {fault}.", "Mend what is named above.")
    finally:
        await conn.close()
