"""The liability of a shop: at every instant it is what its members were shown, and the ledger explains it."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from xml.etree import ElementTree

import asyncpg
import msgspec
import pytest

from leal.cli.balance_sheets import document, lines, moment_text
from leal.cli.heaps import picture
from leal.engine.clocks import LATEST
from leal.engine.commands import CustomerFacts, Merge, PushCustomer, Shop
from leal.engine.engine import Engine
from leal.engine.liability import Liability
from leal.errors import InvalidInput, LealError
from leal.rules.liability import Figures, figures_of, total
from leal.scalars import encode_scalar
from leal.values import DAY, MICRO, parse_instant
from tests.databases import DatabaseUrls
from tests.engines import FOUNDED_AT, SLUG, adjust, found_shop, known, programme, push, redeem, unredeem, who
from tests.integration.test_engine_instants import FAMILIES, MEMBERS, Story


async def of_members(engine: Engine, shop: Shop, at: int, members: tuple[str, ...] = MEMBERS) -> Figures:
    """The sum of what members are shown at an instant."""
    whole = Figures()
    for member in members:
        whole = whole.plus((await engine.balance(shop, who(member), at=at)).standing.account)
    return whole


@pytest.mark.parametrize("family", FAMILIES)
async def test_at_any_instant_it_is_the_sum_of_the_balances_and_reconciles(engine: Engine, family: str) -> None:
    shop = await found_shop(engine, pending_days=3)
    story = Story(engine, shop, family, 7)
    await engine.publish(shop, story.programmes[0], author="test")
    await engine.push_customers(shop, [known(member) for member in MEMBERS])
    moments = [await engine.now(shop)]
    for _ in range(70):
        try:
            await story.next()()
        except LealError:
            continue
        moments.append(await engine.now(shop))
    moments = sorted({*moments[::9], moments[-1], moments[-1] + 100 * DAY, moments[-1] + 700 * DAY})
    closing = Figures()
    for before, at in zip([None, *moments[:-1]], moments, strict=True):
        found = await engine.liability(shop, before, at)
        assert found.faults == []
        assert found.closing == await of_members(engine, shop, at)
        assert found.opening == closing
        assert found.opening.outstanding + found.movements.net == found.closing.outstanding
        held = total(found.months.values())
        assert (held.available, held.pending) == (found.closing.available, found.closing.pending)
        closing = found.closing
    whole = await engine.liability(shop, None, moments[-1])
    assert whole.movements.net == closing.outstanding
    assert whole.movements.earned > 0 > whole.movements.redeemed


@pytest.fixture
async def told(engine: Engine) -> tuple[Shop, Liability]:
    """Two months of a shop: earned in January, and in February refunded, redeemed, undone, corrected, merged."""
    shop = await found_shop(engine, pending_days=3)
    await engine.push_orders(shop, [push("anna", "a1", 1000), push("ben", "b1", 500), push("carl", "c1", 50)])
    await engine.advance_clock(shop, parse_instant("2026-02-10T12:00:00Z"))
    await engine.redeem(shop, redeem("anna", 300))
    undone = await engine.redeem(shop, redeem("ben", 200))
    await engine.unredeem(shop, unredeem("ben", undone.change_id))
    await engine.push_orders(shop, [push("carl", "c1", 0), push("anna", "a2", 70)])
    await engine.adjust(shop, adjust("anna", "takeaway_points", 20))
    await engine.redeem(shop, redeem("ben", 500))
    await engine.push_orders(shop, [push("ben", "b1", 350)])  # he owes 150 now
    begin, end = parse_instant("2026-01-31T23:00:00Z"), parse_instant("2026-02-11T23:00:00Z")
    await engine.advance_clock(shop, end)
    return shop, await engine.liability(shop, begin, end)


def test_each_movement_has_its_line(told: tuple[Shop, Liability]) -> None:
    _, found = told
    assert found.faults == []
    assert (found.opening.outstanding, found.closing.outstanding) == (1550, 600)
    assert msgspec.structs.asdict(found.movements) == {
        "earned": 70, "reversed": -200, "redeemed": -1000, "returned": 200, "expired": 0, "adjusted": -20, "gifts": 0,
        "merged": 0,
    }  # fmt: skip
    assert (found.closing.available, found.closing.pending, found.closing.debt) == (680, 70, 150)
    assert (found.rate, found.members) == (Fraction(MICRO, 100), 2)


def test_it_is_written_as_a_document_and_as_lines_for_a_spreadsheet(told: tuple[Shop, Liability]) -> None:
    _, found = told
    written = msgspec.json.decode(msgspec.json.encode(document(found), enc_hook=encode_scalar))
    assert written["outstanding"]["available"] == {"points": 680, "value": "6.800000"}
    assert written["outstanding"]["debt"] == {"points": 150, "value": "1.500000"}
    assert written["movements"]["opening"] == {"points": 1550, "value": "15.500000"}
    assert written["movements"]["closing"] == {"points": 600, "value": "6.000000"}
    assert written["by_month_of_end"] == [
        {"month": month, "available": one, "pending": two, "held": {"points": 0, "value": "0.000000"}}
        for month, one, two in [
            ("2027-01", {"points": 680, "value": "6.800000"}, {"points": 0, "value": "0.000000"}),
            ("2027-02", {"points": 0, "value": "0.000000"}, {"points": 70, "value": "0.700000"}),
        ]
    ]
    assert [one["from_months"] for one in written["by_age"]] == [0, 1]
    assert written["breakage"]["expected"] is None
    rows = list(csv.DictReader(io.StringIO(lines(found))))
    moved = [int(row["points"]) for row in rows if row["part"] == "movements"]
    assert sum(moved[:-1]) == moved[-1] == 600
    for part in ("age", "end"):
        assert sum(int(row["points"]) for row in rows if row["part"] == part) == 750
    assert moment_text(found, found.at) == "the end of 11 February 2026"
    picture_ = ElementTree.fromstring(picture(found))
    told_there = "".join(picture_.itertext())
    assert "Corner Club: points outstanding at the end of 11 February 2026" in told_there
    assert "Jan 27: 680 available, €6.80" in told_there


async def test_a_merger_moves_nothing_and_erasing_lets_everything_lapse(
    engine: Engine, told: tuple[Shop, Liability]
) -> None:
    shop, before = told
    now = await engine.now(shop)
    await engine.merge_customers(shop, Merge([who("anna"), who("ben")]))
    merged = await engine.liability(shop, now, None)
    assert merged.faults == []
    assert (merged.opening, merged.closing.outstanding) == (before.closing, before.closing.outstanding)
    assert (merged.closing.debt, merged.closing.available, merged.movements.net) == (0, 530, 0)
    at = await engine.now(shop)
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who("anna"), deleted=True), b"{}")])
    erased = await engine.liability(shop, at, None)
    assert erased.faults == []
    assert (erased.closing.outstanding, erased.movements.expired) == (0, -600)
    again = await engine.liability(shop, before.from_at, before.at)
    assert (again.faults, again.closing, again.movements) == ([], before.closing, before.movements)


async def test_points_of_another_worth_are_a_line_of_their_own(engine: Engine, told: tuple[Shop, Liability]) -> None:
    shop, before = told
    await engine.publish(shop, programme(3).replace("value: 0.01", "value: 0.03"), author="test")
    found = await engine.liability(shop, before.at, None)
    movements = document(found)["movements"]
    assert {name: int(movements[name]["value"]) for name in ("opening", "revalued", "closing")} == {
        "opening": 6 * MICRO, "revalued": 12 * MICRO, "closing": 18 * MICRO,
    }  # fmt: skip
    assert sum(int(one["value"]) for name, one in movements.items() if name != "closing") == 18 * MICRO


async def test_what_does_not_add_up_is_told(
    engine: Engine, told: tuple[Shop, Liability], database_urls: DatabaseUrls
) -> None:
    shop, before = told
    conn = await asyncpg.connect(database_urls.admin)
    await conn.execute("update account set earned = earned + 7, redeemed = redeemed + 7 where earned = 1050")
    await conn.close()
    found = await engine.liability(shop, None, None)
    assert any("its entries make it" in fault for fault in found.faults)
    with pytest.raises(InvalidInput, match="Nothing lies between"):
        await engine.liability(shop, before.at, before.at)
    with pytest.raises(InvalidInput, match="too far away"):
        await engine.liability(shop, None, LATEST + 1)


async def test_before_the_first_programme_nobody_has_points(engine: Engine) -> None:
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    found = await engine.liability(shop, None, None)
    assert (found.closing, found.rate, found.terms) == (Figures(), None, None)
    assert figures_of((await engine.logged_out(shop)).standing.account) == found.closing
