"""Programmes through the API, what waits for a second person, and the audit of it all."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from leal.engine.engine import Engine
from leal.engine.publish import PlanNeeded
from leal.rules.programme.document import Programme
from leal.rules.programme.reading import read_programme
from tests.acceptance.api.conftest import PROGRAMME, Door
from tests.engines import known

STRICT = PROGRAMME + "staff:\n  alone_up_to: 500\n"
SHORTER = PROGRAMME.replace("term: 12 months", "term: 6 months") + "transition: {{lives: shorten}}\n"


async def another(door: Door) -> Door:
    """The same shop through another key: another person."""
    kid, secret = await door.engine.add_token_key(door.shop)
    return Door(door.engine, door.shop, kid, secret, door.client)


def correction(points: int, key: str = "k1") -> dict[str, Any]:
    adjustment = {"action": "give_points", "points": points, "private_note": "she called"}
    return {"customer": {"shopid": "ann"}, "idempotency_key": key, "adjustments": [adjustment]}


async def acts(door: Door, **asked: Any) -> list[dict[str, Any]]:
    answer = await door.post("ListAudit1", asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["acts"]
    return found


async def test_a_programme_is_planned_applied_and_shown(door: Door) -> None:
    await door.give("ann", 100)
    document = PROGRAMME.format(slug="acme").replace('value: "0.01"', 'value: "0.02"')
    plan = (await door.post("PlanProgramme1", {"document": document})).json()
    assert (plan["planned_on_version"], plan["members_looked_at"]) == (1, 1)
    assert plan["fields"] == [{"path": "points.value", "before": "0.01", "after": "0.02"}]
    assert plan["points"]["before"]["available_value"] == "1.000000"
    assert plan["points"]["after"]["available_value"] == "2.000000"
    body = {"document": document, "plan": plan["plan"], "note": "worth more"}
    assert (await door.post("ApplyProgramme1", body)).json() == {"ok": True, "version": 2}
    again = await door.post("ApplyProgramme1", body)
    assert (again.status_code, again.json()["id"]) == (422, "plan_outdated")
    shown = (await door.post("ShowProgramme1")).json()
    assert (shown["version"], shown["author"], shown["note"]) == (2, f"shop {door.kid}", "worth more")
    assert (await door.post("PlanProgramme1", {"document": shown["document"]})).json()["fields"] == []
    first = (await door.post("ShowProgramme1", {"version": 1})).json()
    assert "0.01" in first["document"]
    assert (await door.post("ShowProgramme1", {"version": 9})).json()["id"] == "no_programme"
    assert (await door.balance("ann"))["pts_available_value"] == "2.000000"


async def test_one_wish_at_the_same_moment_is_one_version(door: Door) -> None:
    body = {"document": PROGRAMME.format(slug="acme").replace('value: "0.01"', 'value: "0.03"')}
    headers = {"idempotency-key": "spring"}
    answers = await asyncio.gather(*(door.post("ApplyProgramme1", body, headers=headers) for _ in range(8)))
    assert [answer.json() for answer in answers] == [{"ok": True, "version": 2}] * 8
    assert (await door.post("ShowProgramme1")).json()["version"] == 2


async def test_a_document_is_read_beside_the_calls_of_others(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long one takes seconds, in which no other shop may have to wait."""
    threads = set[threading.Thread]()

    def noted(text: str) -> Programme:
        threads.add(threading.current_thread())
        return read_programme(text)

    monkeypatch.setattr("leal.engine.publish.read_programme", noted)
    document = PROGRAMME.format(slug="acme")
    assert (await door.post("PlanProgramme1", {"document": document})).status_code == 200
    assert (await door.post("ApplyProgramme1", {"document": document})).status_code == 200
    assert threads
    assert threading.main_thread() not in threads


async def test_all_faults_of_a_document_at_once(door: Door) -> None:
    document = PROGRAMME.format(slug="acme").replace("USD", "XXX").replace("America/New_York", "Mars/Base")
    answer = (await door.post("ApplyProgramme1", {"document": document})).json()
    assert (answer["id"], [fault["path"] for fault in answer["errors"]]) == ("invalid_input", ["timezone", "currency"])


async def test_no_programme_takes_effect_beyond_the_calendar(door: Door) -> None:
    body = {"document": PROGRAMME.format(slug="acme"), "effective_at": "9999-12-31T23:59:59Z"}
    answer = (await door.post("ApplyProgramme1", body)).json()
    assert [(fault["path"], fault["code"]) for fault in answer["errors"]] == [("effective_at", "out_of_range")]


async def test_a_sandboxs_clock_is_moved(engine: Engine, door: Door) -> None:
    sandbox = await engine.create_shop("sand", sandbox=True, clock_at=0)
    kid, secret = await engine.add_token_key(sandbox)
    sand = Door(engine, sandbox, kid, secret, door.client)
    moved = (await sand.post("AdvanceClock1", {"to": "1971-01-01T00:00:00Z"})).json()
    assert (moved["ok"], moved["now"][:10], moved["settled"]) == (True, "1971-01-01", 0)
    assert (await sand.post("AdvanceClock1", {"to": "1970-06-01T00:00:00Z"})).json()["id"] == "clock_backwards"
    assert (await door.post("AdvanceClock1", {"to": "2099-01-01T00:00:00Z"})).json()["id"] == "not_a_sandbox"
    for body in ({"to": "9999-12-31T23:59:59Z"}, {"to": "3000-01-01T00:00:00Z"}):
        assert [fault["code"] for fault in (await sand.post("AdvanceClock1", body)).json()["errors"]] == [
            "out_of_range"
        ]
    [act] = [act for act in await acts(sand) if act["action"] == "clock.advanced"]
    assert (act["actor"], act["before"]["clock"][:4], act["after"]["clock"]) == (
        f"shop {kid}", "1970", "1971-01-01T00:00:00Z",
    )  # fmt: skip


async def test_many_points_take_a_second_person(engine: Engine, door: Door) -> None:
    await engine.publish(door.shop, STRICT.format(slug="acme"), author="test")
    await door.give("ann", 500)
    refused = await door.post("AdjustCustomerState3", correction(501))
    [reason] = refused.json()["reasons"]
    assert (refused.status_code, refused.json()["id"], reason["figures"]["state"]) == (
        422, "second_person_needed", "waiting",
    )  # fmt: skip
    number = reason["figures"]["approval"]
    assert (await door.post("AdjustCustomerState3", correction(501))).json()["reasons"][0]["figures"][
        "approval"
    ] == number
    assert (await door.balance("ann"))["pts_available"] == 500

    [waits] = (await door.post("ListApprovals1")).json()["approvals"]
    assert (waits["id"], waits["kind"], waits["request"]["points"]) == (number, "adjustment", 501)
    same = await door.post("DecideApproval1", {"id": number, "decision": "approve"})
    assert (same.status_code, same.json()["id"]) == (403, "same_person")

    boss = await another(door)
    answers = await asyncio.gather(
        *(boss.post("DecideApproval1", {"id": number, "decision": "approve"}) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} <= {200, 422}
    assert (await door.balance("ann"))["pts_available"] == 1001
    late = await boss.post("DecideApproval1", {"id": number, "decision": "decline"})
    assert (late.status_code, late.json()["id"]) == (422, "approval_decided")
    told = await door.post("AdjustCustomerState3", correction(501))
    assert (told.status_code, told.headers["idempotency-replayed"]) == (200, "true")
    [done] = (await door.post("ListApprovals1", {"waiting": False})).json()["approvals"]
    assert (done["decided_by"], done["outcome"]) == (f"shop {boss.kid}", "done")
    act = next(act for act in await acts(door) if act["action"] == "customer.adjusted")
    assert (act["actor"], act["before"]["available"], act["after"]["available"], act["reason"]) == (
        f"shop {door.kid}", 500, 1001, "she called",
    )  # fmt: skip
    assert act["after"]["approved_by"] == f"shop {boss.kid}"


async def test_what_was_approved_is_not_done_again_though_one_person_would_do_now(engine: Engine, door: Door) -> None:
    await engine.publish(door.shop, STRICT.format(slug="acme"), author="test")
    await door.give("ann", 1)
    number = (await door.post("AdjustCustomerState3", correction(501))).json()["reasons"][0]["figures"]["approval"]
    boss = await another(door)
    assert (await boss.post("DecideApproval1", {"id": number, "decision": "approve"})).json() == {"ok": True}
    await engine.publish(door.shop, PROGRAMME.format(slug="acme"), author="test")
    assert (await door.post("AdjustCustomerState3", correction(501))).status_code == 200
    assert (await door.balance("ann"))["pts_available"] == 502


async def test_a_wish_is_about_whom_it_named_when_it_was_made(engine: Engine, door: Door) -> None:
    await engine.publish(door.shop, STRICT.format(slug="acme"), author="test")
    for name, email in (("ann", "shared@example.com"), ("ann", "ann@example.com"), ("bob", "shared@example.com")):
        if email == "ann@example.com":
            body = correction(501) | {"customer": {"email": "shared@example.com"}}
            number = (await door.post("AdjustCustomerState3", body)).json()["reasons"][0]["figures"]["approval"]
        await engine.push_customers(door.shop, [known(name, email)])
    boss = await another(door)
    assert (await boss.post("DecideApproval1", {"id": number, "decision": "approve"})).json() == {"ok": True}
    assert (await door.balance("ann"))["pts_available"] == 501
    assert (await door.balance("bob"))["pts_available"] == 0


async def test_one_key_is_one_person_and_the_audit_names_nobody(engine: Engine, door: Door) -> None:
    """An admin customer's token is signed by a key of the shop's: whoever has the key may make both."""
    await engine.publish(door.shop, STRICT.format(slug="acme"), author="test")
    await door.give("ann", 500)
    admin = door.token("ann", level="admin")
    refused = (await door.post("AdjustCustomerState3", correction(501), token=admin)).json()
    body = {"id": refused["reasons"][0]["figures"]["approval"], "decision": "approve"}
    assert (await door.post("DecideApproval1", body)).json()["id"] == "same_person"
    small = await door.post("AdjustCustomerState3", correction(5, "k2"), token=admin)
    assert small.json() == {"ok": True}
    gone = await door.post("UpdateCustomers3", {"customers": [{"id": "ann", "deleted": True}]})
    assert gone.json() == {"ok": True, "rejected": []}
    waited = (await door.post("ListApprovals1", {"waiting": False})).text
    assert f"shop {door.kid}" in waited
    assert " ann" not in str(await acts(door)) + waited


async def test_a_key_waits_for_one_wish(engine: Engine, door: Door) -> None:
    await engine.publish(door.shop, STRICT.format(slug="acme"), author="test")
    await door.give("ann", 1)
    assert (await door.post("AdjustCustomerState3", correction(501))).json()["id"] == "second_person_needed"
    other = await door.post("AdjustCustomerState3", correction(999))
    assert (other.status_code, other.json()["id"]) == (422, "idempotency_key_reused")
    [waits] = (await door.post("ListApprovals1")).json()["approvals"]
    assert waits["request"]["points"] == 501


async def test_a_declined_wish_is_not_done(engine: Engine, door: Door) -> None:
    await engine.publish(door.shop, STRICT.format(slug="acme"), author="test")
    await door.give("ann", 1)
    refused = (await door.post("AdjustCustomerState3", correction(501))).json()
    number = refused["reasons"][0]["figures"]["approval"]
    assert (await door.post("DecideApproval1", {"id": number, "decision": "decline"})).json() == {"ok": True}
    again = (await door.post("AdjustCustomerState3", correction(501))).json()
    assert again["reasons"][0]["figures"]["state"] == "declined"
    assert (await door.balance("ann"))["pts_available"] == 1
    unknown = await door.post("DecideApproval1", {"id": number + 1, "decision": "approve"})
    assert (unknown.status_code, unknown.json()["id"]) == (404, "unknown_approval")


async def test_an_approved_correction_that_the_rules_refuse_has_failed(engine: Engine, door: Door) -> None:
    await engine.publish(door.shop, STRICT.format(slug="acme"), author="test")
    await door.give("ann", 100)
    body = correction(600) | {"adjustments": [{"action": "takeaway_points_as_spent", "points": 600}]}
    number = (await door.post("AdjustCustomerState3", body)).json()["reasons"][0]["figures"]["approval"]
    boss = await another(door)
    refused = await boss.post("DecideApproval1", {"id": number, "decision": "approve"})
    assert (refused.status_code, refused.json()["id"]) == (422, "not_enough_points")
    [failed] = (await door.post("ListApprovals1", {"waiting": False})).json()["approvals"]
    assert (failed["outcome"], bool(failed["failure"])) == ("failed", True)


async def test_shortening_lives_takes_a_plan_and_a_second_person(door: Door) -> None:
    await door.give("ann", 100)
    before = (await door.balance("ann"))["pts_next_rolling_expiration"]
    document = SHORTER.format(slug="acme")
    unplanned = await door.post("ApplyProgramme1", {"document": document})
    assert (unplanned.status_code, unplanned.json()["id"]) == (422, "plan_needed")
    plan = (await door.post("PlanProgramme1", {"document": document})).json()
    assert plan["lots_redated"] == {"lots": 1, "points": 100, "members": 1, "points_sooner": 100}
    body = {"document": document, "plan": plan["plan"]}
    waits = (await door.post("ApplyProgramme1", body)).json()
    assert waits["id"] == "second_person_needed"
    number = waits["reasons"][0]["figures"]["approval"]
    boss = await another(door)
    assert (await boss.post("DecideApproval1", {"id": number, "decision": "approve"})).json() == {"ok": True}
    shown = (await door.post("ShowProgramme1")).json()
    assert (shown["version"], shown["author"], shown["approver"]) == (2, f"shop {door.kid}", f"shop {boss.kid}")
    after = (await door.balance("ann"))["pts_next_rolling_expiration"]
    assert after["time"] < before["time"]


async def test_a_first_version_shortens_no_lives_and_needs_neither(engine: Engine) -> None:
    empty = await engine.create_shop("fresh")
    document = SHORTER.format(slug="fresh")
    assert await engine.publish(empty, document, author="test") == 1
    with pytest.raises(PlanNeeded):
        await engine.publish(empty, document, author="test")


async def test_an_outdated_plan_is_not_approved(engine: Engine, door: Door) -> None:
    document = SHORTER.format(slug="acme")
    plan = (await door.post("PlanProgramme1", {"document": document})).json()["plan"]
    waits = (await door.post("ApplyProgramme1", {"document": document, "plan": plan})).json()
    await engine.publish(door.shop, STRICT.format(slug="acme"), author="test")
    boss = await another(door)
    body = {"id": waits["reasons"][0]["figures"]["approval"], "decision": "approve"}
    refused = await boss.post("DecideApproval1", body)
    assert (refused.status_code, refused.json()["id"]) == (422, "plan_outdated")
    assert len((await door.post("ListApprovals1")).json()["approvals"]) == 1


async def test_pages_of_the_audit(door: Door, other: Door) -> None:
    for number in range(3):
        await door.give("ann", number + 1)
    found = await acts(door, action="customer.adjusted", limit=2)
    assert [act["after"]["available"] for act in found] == [6, 3]
    assert [
        act["after"]["available"] for act in await acts(door, action="customer.adjusted", after_id=found[-1]["id"])
    ] == [1]
    assert [act["action"] for act in await acts(other)] == ["key.added", "programme.published"]
