"""The bucket law: statements name the buckets and the shop whose rows they touch, so that members can lie apart.

What a statement binds is read from its syntax tree. Those that are about a whole shop, or that go from a name to the
member that it leads to, stand here by name; each entry must be needed.
"""

from collections.abc import Iterator
from functools import cache

import pgparse
import pytest

from leal.store.placement import LOCAL, MEMBERS, REFERENCE
from leal.store.queries import sql
from tests.structure.source import ROOT
from tests.structure.statements import Bound, Node, Touch, touches

SCHEMA = ROOT / "src/leal/store/schema.sql"

WHOLE_SHOP = {
    "all_referrals_due": "upkeep: who is looked at next",
    "behind_accounts": "upkeep: who is under an older programme, by pages",
    "content_people": "staff: links for everybody, by pages",
    "export_entries": "export",
    "export_orders": "export",
    "feed_changes": "the datasource: all that changed, in the order of transactions",
    "feed_due": "the datasource: all whose record time has changed",
    "feed_kept": "the datasource: all records",
    "feed_members": "the datasource: all records, by pages",
    "feed_unkept": "the datasource: all records",
    "feed_volume": "the datasource: how many there are",
    "forget_answers": "housekeeping by age; deletes by the whole key",
    "forget_answers_naming": "erasure: answers to pushes, which are of no single member",
    "forget_changes": "housekeeping by age; deletes by the whole key",
    "gone_ids": "the datasource: who is gone",
    "latest_order_at": "figures",
    "lock_due_accounts": "upkeep: whoever is due, the earliest first",
    "lock_record_due": "upkeep: whoever is due, the earliest first",
    "oldest_untold": "figures",
    "richest_accounts": "the demo's table",
    "member_count": "figures",
    "shop_counts": "figures",
    "still_invited": "referrals, rarely: an address was invited, and that invitation has ended",
    "lead_invited_again": "erasures: who else invited the addresses that led to whoever is erased",
    "verify_accounts": "verification, by pages",
    "waiting_outbox": "the shop's list of what waits, by pages",
    "waiting_since": "upkeep: whether anybody is due",
    "whose_errand": "the outside world names a thing of the list by its number alone",
}
BY_WAY_OF_A_NAME = {
    "lock_named": "a name lies in its own bucket, the member in another",
    "read_audit": "acts of staff, with the note at the member",
    "read_balances_by_shopids": "a name lies in its own bucket, the member in another",
    "read_by_customer_ids": "a name lies in its own bucket, the member in another",
    "read_by_shopids": "a name lies in its own bucket, the member in another",
    "read_whole_by_shopids": "a name lies in its own bucket, the member in another",
    "read_for_content": "a name lies in its own bucket, the member in another",
    "release_identities": "a name is freed unless the member took its bearer over",
    "verify_names": "each name with the member that it leads to",
}
TWO_MEMBERS = {
    "merged_history_page": "entries of the one who was taken over, with causes that the other has now",
    "waiting_outbox": "a reward's note stays with the one who was taken over",
}
LOCKS_OF_ANY = {
    "lock_named": "a batch: whoever its names lead to, and nobody else holds",
    "lock_due_accounts": "takes what nobody else holds of all who are due",
    "lock_record_due": "takes what nobody else holds of all who are due",
}
NO_TABLES = {"doctor_become_app", "mark_stock", "let_go_of_stock"}
"""Statements that touch no rows: a role, savepoints."""
NOT_LED_BY_BUCKET = {"record_change": "read in the order of transactions, which are the server's"}


@cache
def definitions() -> dict[str, Node]:
    """Every table of the schema, as it is parsed."""
    parsed = (statement["stmt"] for statement in pgparse.parse(SCHEMA.read_text()))
    return {node["CreateStmt"]["relation"]["relname"]: node["CreateStmt"] for node in parsed if "CreateStmt" in node}


@cache
def columns() -> dict[str, frozenset[str]]:
    """Every table with its columns."""
    return {
        table: frozenset(part["ColumnDef"]["colname"] for part in node["tableElts"] if "ColumnDef" in part)
        for table, node in definitions().items()
    }


@cache
def touched(column: str) -> dict[str, list[Touch]]:
    """What every query of the program touches of the tables with a column."""
    names = [name for name, query in sql.items() if query.file != "migration.sql" and name not in NO_TABLES]
    return {name: touches(sql[name].text, column, columns()) for name in names}


def bad(text: str, column: str = "bucket") -> list[Touch]:
    """What a statement made up for a test touches and does not bind."""
    tables = {
        "a": frozenset({"bucket", "shop", "id"}),
        "b": frozenset({"bucket", "shop", "id"}),
        "s": frozenset({"shop"}),
    }
    return [touch for touch in touches(text, column, tables) if touch.bound is not Bound.GIVEN or touch.apart]


def test_every_table_has_its_place() -> None:
    assert {table for table, names in columns().items() if "bucket" in names} == set(MEMBERS)
    assert set(columns()) - set(MEMBERS) == set(REFERENCE)
    assert not set(LOCAL) & set(columns())


def test_every_statement_names_its_buckets() -> None:
    found = {
        name: max((touch.bound for touch in all_of), default=Bound.GIVEN) for name, all_of in touched("bucket").items()
    }
    assert {name for name, bound in found.items() if bound is Bound.ANY} == set(WHOLE_SHOP)
    assert {name for name, bound in found.items() if bound is Bound.FOUND} == set(BY_WAY_OF_A_NAME)
    assert sum(bound is Bound.GIVEN and bool(touched("bucket")[name]) for name, bound in found.items()) > 100


def test_every_statement_names_its_shop() -> None:
    assert {name for name, all_of in touched("shop").items() if any(touch.bound for touch in all_of)} == set()
    assert sum(map(len, touched("shop").values())) > 200


def test_tables_of_members_are_joined_on_the_bucket() -> None:
    assert {name for name, all_of in touched("bucket").items() if any(touch.apart for touch in all_of)} == set(
        TWO_MEMBERS
    )


def test_no_statement_moves_a_row_to_another_bucket() -> None:
    assert [name for name, all_of in touched("bucket").items() if any(touch.moves for touch in all_of)] == []


def test_rows_are_locked_and_written_by_their_buckets() -> None:
    locks = {name for name, all_of in touched("bucket").items() if any(touch.locks and touch.bound for touch in all_of)}
    assert locks == set(LOCKS_OF_ANY)
    written = {
        (name, touch.kind)
        for name, all_of in touched("bucket").items()
        for touch in all_of
        if touch.kind != "read" and touch.bound
    }
    assert written == {(name, "delete") for name in ("forget_answers", "forget_answers_naming", "forget_changes")}


CLOCKS = {"now", "clock_timestamp", "statement_timestamp", "transaction_timestamp"}


def told_the_time(value: object) -> bool:
    """Whether an expression asks for the time."""
    if isinstance(value, dict):
        call = value.get("FuncCall")
        named = call is not None and call["funcname"][-1]["String"]["sval"] in CLOCKS
        return named or "SQLValueFunction" in value or any(told_the_time(part) for part in value.values())
    return isinstance(value, list) and any(told_the_time(part) for part in value)


def conflicts(value: object) -> Iterator[Node]:
    """What is done in a statement where a row is there already."""
    if isinstance(value, dict):
        if "onConflictClause" in value:
            yield value["onConflictClause"]
        for part in value.values():
            yield from conflicts(part)
    elif isinstance(value, list):
        for part in value:
            yield from conflicts(part)


def test_what_is_done_on_conflict_takes_the_time_from_the_new_row() -> None:
    """A server that has a part of a table is not asked for the time there: each would tell its own."""
    found = {name: list(conflicts(pgparse.parse(query.text))) for name, query in sql.items()}
    assert sum(map(len, found.values())) > 20
    assert [name for name, all_of in found.items() if told_the_time(all_of)] == []
    assert told_the_time(pgparse.parse("select coalesce(a, now())"))
    assert told_the_time(pgparse.parse("select current_timestamp"))


def keys(table: str) -> list[tuple[str, list[str], str, list[str]]]:
    """Primary, unique and foreign keys: kind, own columns, other table, its columns."""
    found = []
    for part in definitions()[table]["tableElts"]:
        body = part.get("Constraint") or part["ColumnDef"]
        own = [] if "Constraint" in part else [body["colname"]]
        for key in [body] if "Constraint" in part else [one["Constraint"] for one in body.get("constraints", ())]:
            names = [item["String"]["sval"] for item in key.get("keys", key.get("fk_attrs", ()))] or own
            others = [item["String"]["sval"] for item in key.get("pk_attrs", ())]
            found.append((key["contype"], names, key.get("pktable", {}).get("relname", ""), others))
    return found


def test_keys_of_members_lead_with_the_bucket() -> None:
    for table in MEMBERS:
        for kind, own, other, others in keys(table):
            if kind == "CONSTR_FOREIGN" and other in MEMBERS:
                assert own[:3] == ["bucket", "shop", "account"], table
                assert others[:2] == ["bucket", "shop"], table
            elif kind == "CONSTR_FOREIGN":
                assert (own, other) == (["shop"], "shop"), table
            elif kind == "CONSTR_PRIMARY" and table not in NOT_LED_BY_BUCKET:
                assert own[0] == "bucket", table
            elif kind in ("CONSTR_PRIMARY", "CONSTR_UNIQUE"):
                assert "bucket" in own, table
        assert any(kind == "CONSTR_PRIMARY" for kind, *_ in keys(table)), table
    assert not {other for table in REFERENCE for _, _, other, _ in keys(table)} & set(MEMBERS)


def test_tables_stand_after_those_that_they_refer_to() -> None:
    order = (*REFERENCE, *MEMBERS)
    for table in order:
        assert all(order.index(other) < order.index(table) for _, _, other, _ in keys(table) if other), table


def test_unique_indexes_of_members_hold_the_bucket() -> None:
    indexes = [node["stmt"]["IndexStmt"] for node in pgparse.parse(SCHEMA.read_text()) if "IndexStmt" in node["stmt"]]
    of_members = [index for index in indexes if index["relation"]["relname"] in MEMBERS]
    assert of_members
    for index in of_members:
        names = [part["IndexElem"].get("name") for part in index["indexParams"]]
        assert not index.get("unique") or "bucket" in names, index["idxname"]


@pytest.mark.parametrize(
    "text",
    [
        "select from a where bucket = any ($1)",
        "select from a where bucket between $1 and $2",
        "select from a join b on b.bucket = a.bucket where a.bucket = $1",
        "select from a left join b on b.bucket = a.bucket where a.bucket = $1",
        "select from unnest($1::smallint[]) as n (bucket) join a on a.bucket = n.bucket",
        "with x as (select bucket from a where bucket = $1) select from x join b on b.bucket = x.bucket",
        "select from a cross join lateral (select from b where b.bucket = a.bucket) as l where a.bucket = $1",
        "insert into a (bucket, id) select n.one, n.two from unnest($1::smallint[], $2::bigint[]) as n (one, two)",
        "update a set id = 1 from unnest($1::smallint[]) as n (bucket) where a.bucket = n.bucket",
        "delete from a where bucket = $1 and not exists (select from b where b.bucket = a.bucket)",
    ],
)
def test_what_is_bound_is_seen(text: str) -> None:
    assert bad(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "select from a where id = $1",
        "select from a where bucket between 0 and 1023",
        "select from a where bucket = $1 or id = $2",
        "select from a where bucket > $1",
        "select from a where (bucket, id) > ($1, $2)",
        "select from a where bucket = 1 + $1",
        "select from a join b on b.id = a.id where a.bucket = $1",
        "select from a join b on b.id = a.id where a.bucket = any ($1) and b.bucket = any ($1)",
        "select from a left join b on b.bucket = a.bucket and a.bucket = $1",
        "select from a where bucket = $1 and exists (select from b where b.id = a.id)",
        "with x as (select id as bucket from s) select from x join b on b.bucket = x.bucket",
        "select from a where bucket = $1 union all select from b",
        "insert into a (id) select 1",
        "insert into a (bucket, id) select ((n.id >> 12) & 1023), n.id from unnest($1::bigint[]) as n (id)",
        "delete from a using unnest($1::smallint[]) as n (id) where a.id = n.id",
    ],
)
def test_what_is_not_bound_is_seen(text: str) -> None:
    assert bad(text)
