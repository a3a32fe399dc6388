"""The doctor: everything that can be made wrong with an installation is found, named, and helped."""

from __future__ import annotations

import base64
from pathlib import Path

import asyncpg
import pytest

from leal.config import Settings
from leal.doctor.database import connections, lag, skew
from leal.doctor.examination import examine
from leal.doctor.findings import Finding, Report
from leal.doctor.host import room
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from tests.databases import DatabaseUrls
from tests.engines import found_shop, programme, push

KEY = bytes(32)
"""The one that the tests' engines seal with."""


class Clinic:
    """An installation that may be examined."""

    def __init__(self, urls: DatabaseUrls, home: Path) -> None:
        self.urls = urls
        self.environ = {
            "LEAL_DATABASE_URL": urls.app,
            "LEAL_OWNER_DATABASE_URL": urls.owner,
            "LEAL_HOME": str(home),
            "LEAL_SECRET_KEY": base64.b64encode(KEY).decode(),
        }

    async def examine(self, **environ: str) -> Report:
        """All that is found."""
        merged = self.environ | environ
        return await examine({name: value for name, value in merged.items() if value}, say=print)

    async def wrong(self, **environ: str) -> dict[str, Finding]:
        """What is not well, by what was looked at; every complaint comes with help."""
        report = await self.examine(**environ)
        found = {finding.check: finding for finding in report.findings if finding.state != "ok"}
        assert all(finding.help for finding in found.values())
        assert report.ok == all(finding.state == "warn" for finding in found.values())
        return found

    async def spoil(self, statement: str) -> None:
        """Something happens to the database."""
        admin = await asyncpg.connect(self.urls.admin)
        await admin.execute(statement)
        await admin.close()


@pytest.fixture
async def clinic(database_urls: DatabaseUrls, tmp_path: Path, engine: Engine) -> Clinic:
    shop = await found_shop(engine)
    await engine.add_token_key(shop, "first")
    return Clinic(database_urls, tmp_path)


async def test_a_sound_installation(clinic: Clinic, engine: Engine) -> None:
    leadership = engine.leadership()
    assert await leadership.held()
    report = await clinic.examine()
    assert [finding for finding in report.findings if finding.state != "ok"] == []
    assert report.ok
    assert [finding.check for finding in report.findings] == [
        "settings", "time zones", "secret key", "database", "version", "clock", "durability", "connections", "roles",
        "schema", "row security", "sealed secrets", "upkeep", "leader",
    ]  # fmt: skip
    await leadership.give_up()
    assert set(await clinic.wrong()) == {"leader"}


@pytest.mark.parametrize(
    ("statement", "named", "helps"),
    [
        ("alter table account no force row level security", "account", "account: enable row level security, force"),
        ("alter table product disable row level security", "product", "product: enable row level security"),
        ("drop policy one_shop on entry", "entry", ""),
        ("grant update on entry to leal_app", "entry", "entry: revoke update, delete, truncate"),
        ("grant truncate on customer to leal_app", "customer", "customer: revoke truncate"),
        ("alter table outbox owner to leal_admin", "outbox", "owner to leal_owner"),
        ("create table more (shop int, secret text); alter table more owner to leal_owner", "more", ""),
    ],
)
async def test_a_table_that_is_not_closed(clinic: Clinic, statement: str, named: str, helps: str) -> None:
    await clinic.spoil(statement)
    found = (await clinic.wrong())["row security"]
    assert found.state == "fail"
    assert named in found.message
    assert helps in found.help


@pytest.mark.parametrize(
    ("statement", "helps"),
    [
        ("delete from migration where name = (select max(name) from migration)", "leal migrate"),
        ("insert into migration (name, checksum) values ('9999_new', sha256('new'))", "Install that release"),
        ("update migration set checksum = sha256('other')", "Name an empty database"),
    ],
)
async def test_a_schema_of_another_release(clinic: Clinic, statement: str, helps: str) -> None:
    await clinic.spoil(statement)
    found = (await clinic.wrong())["schema"]
    assert found.state == "fail"
    assert helps in found.help


async def test_an_empty_database(empty_database: DatabaseUrls, tmp_path: Path) -> None:
    found = await Clinic(empty_database, tmp_path).wrong()
    assert found.keys() == {"schema"}
    assert "leal migrate" in found["schema"].help


async def test_logins_that_may_too_much_or_too_little(clinic: Clinic) -> None:
    found = (await clinic.wrong(LEAL_DATABASE_URL=clinic.urls.admin))["roles"]
    assert (found.state, "leal_admin is a superuser" in found.message) == ("warn", True)
    found = (await clinic.wrong(LEAL_DATABASE_URL=clinic.urls.owner))["roles"]
    assert (found.state, found.help) == ("fail", "As a superuser: grant leal_app to leal_owner;")


async def test_a_database_that_is_away(clinic: Clinic) -> None:
    found = await clinic.wrong(LEAL_DATABASE_URL="postgresql://nobody@127.0.0.1:1/leal", LEAL_OWNER_DATABASE_URL="")
    assert found["database"].state == "fail"
    assert "LEAL_DATABASE_URL" in found["database"].help


async def test_what_was_answered_may_be_lost(clinic: Clinic) -> None:
    (name,) = clinic.urls.admin.split("?")[0].rsplit("/", 1)[1:]
    await clinic.spoil(f"alter database {name} set synchronous_commit = off")
    found = (await clinic.wrong())["durability"]
    assert found.state == "fail"
    assert "synchronous_commit = on" in found.help


async def test_too_few_connections(clinic: Clinic) -> None:
    found = (await clinic.wrong(LEAL_WORKERS="9"))["connections"]
    assert found.state == "fail"
    assert "115 connections" in found.message  # 9 × 10, 10 for large pushes, 12 of the jobs, 3 spare
    assert connections(Settings(upkeep_seconds=0, push_seconds=0, workers=2, database_connections=5), 18).state == "ok"
    assert (
        connections(Settings(upkeep_seconds=0, push_seconds=0, workers=2, database_connections=5), 17).state == "fail"
    )


async def test_secrets_that_cannot_be_opened(clinic: Clinic) -> None:
    other = base64.b64encode(bytes(range(32))).decode()
    found = await clinic.wrong(LEAL_SECRET_KEY=other)
    assert found["sealed secrets"].state == "fail"
    assert "corner/first" in found["sealed secrets"].message
    path = Path(clinic.environ["LEAL_HOME"]) / "secret.key"
    found = await clinic.wrong(LEAL_SECRET_KEY="")
    assert (found["secret key"].state, found["sealed secrets"].state) == ("warn", "fail")
    assert not path.exists()
    path.write_text("spoilt")
    path.chmod(0o600)
    assert (await clinic.wrong(LEAL_SECRET_KEY=""))["secret key"].state == "fail"
    path.write_text(base64.b64encode(KEY).decode())
    path.chmod(0o644)
    found = await clinic.wrong(LEAL_SECRET_KEY="")
    assert found["secret key"].help == f"chmod 600 {path}"
    assert "sealed secrets" not in found


async def test_members_who_wait_for_upkeep(clinic: Clinic, engine: Engine) -> None:
    shop: Shop = await engine.create_shop("real")
    other = await found_shop_of(engine, shop)
    await engine.push_orders(other, [push("anna", "o1", 10)])
    await engine.keep_up(other)
    await clinic.spoil("update account set next_due_at = now() - interval '10 minutes'")
    assert (await clinic.wrong())["upkeep"].state == "warn"
    await clinic.spoil("update account set next_due_at = now() - interval '2 hours'")
    found = (await clinic.wrong())["upkeep"]
    assert found.state == "fail"
    assert "real" in found.message
    assert lag(59, "real").state == "ok"


async def found_shop_of(engine: Engine, shop: Shop) -> Shop:
    await engine.publish(shop, programme().replace("corner", shop.slug), author="test")
    return await engine.shop(shop.slug)


async def test_settings_that_are_unknown_or_contradict(clinic: Clinic) -> None:
    environ = {
        "LEAL_WORKRES": "3",
        "LEAL_LOCK_TIMEOUT_MS": "30000",
        "LEAL_TRUSTED_PROXIES": "10.0.0.1 0.0.0.0/0",
        "LEAL_PUBLIC_URL": "http://loyalty.example.com",
        "LEAL_OWNER_DATABASE_URL": "postgresql://leal_owner@elsewhere/leal",
        "LEAL_SERVER_GRACE_SECONDS": "2",
    }
    report = await clinic.examine(**environ)
    said = [finding.message for finding in report.findings if finding.check == "settings"]
    for word in ("LEAL_WORKRES", "LEAL_LOCK_TIMEOUT_MS", "0.0.0.0/0", "https", "different databases"):
        assert any(word in message for message in said), word
    assert len(said) == 5
    report = await clinic.examine(LEAL_PORT="x", LEAL_WORKERS="0")
    assert [(finding.check, finding.state) for finding in report.findings] == [("settings", "fail")] * 2


def test_clocks_apart() -> None:
    assert skew(100.5, 100.0, 101.0).state == "ok"
    assert skew(97.0, 100.0, 101.0).state == "warn"
    assert skew(131.0, 100.0, 101.0).state == "fail"


def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, state in ((11, "ok"), (9, "warn"), (0, "fail")):
        monkeypatch.setattr("leal.doctor.host.shutil.disk_usage", lambda _: _Usage(free * 2**30))  # noqa: B023
        assert room(tmp_path).state == state


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free
