"""What a statement binds: of every table that it touches, where the value of a key column comes from.

The statement is read by PostgreSQL's own parser. Equalities carry a value from one column to another: both ways where
rows are joined, into the optional side alone where one may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Any

import pgparse

Node = dict[str, Any]
Place = tuple[int, str, str]
"""A column of a source of one query level: the level's number, the source's alias, the column."""


class Bound(IntEnum):
    """Where the value of a column comes from; the greater, the less is known of it."""

    GIVEN = 0  # the caller names it
    FOUND = 1  # it is computed of the id in a row that the statement found
    ANY = 2  # it may be all there are


@dataclass
class Touch:
    """One table at one place of a statement."""

    table: str
    bound: Bound
    kind: str
    """`read`, `insert`, `update` or `delete`."""
    locks: bool = False
    moves: bool = False
    """Whether an update sets the column itself."""
    apart: bool = False
    """Whether another table of the same level is joined to it on something else."""


@dataclass
class Source:
    """What a level reads from: a table, or rows whose columns are known."""

    table: str | None = None
    columns: dict[str, tuple[Bound, object]] = field(default_factory=dict)
    every: Bound | None = None
    """Of a function's rows: what all columns are."""
    kind: str = "read"
    is_keyed: bool = False


class Level:
    """One SELECT, INSERT, UPDATE or DELETE, inside of others."""

    def __init__(self, number: int, outer: Level | None) -> None:
        self.number = number
        self.outer = outer
        self.sources: dict[str, Source] = {}
        self.ctes: dict[str, dict[str, tuple[Bound, object]]] = dict(outer.ctes) if outer else {}
        self.flows: list[tuple[object, object]] = []
        self.bounds: dict[object, Bound] = {}


def _kind(node: Node) -> tuple[str, Node]:
    ((name, body),) = node.items()
    return name, body


def _names(node: Node) -> list[str]:
    return [part["String"]["sval"] if "String" in part else "*" for part in node["fields"]]


class Reading:
    """The reading of one statement for one key column."""

    def __init__(self, column: str, tables: Mapping[str, frozenset[str]]) -> None:
        self.column = column
        self.tables = tables
        """Every table with its columns."""
        self.touches: list[Touch] = []
        self._numbers = count()

    # ------------------------------------------------------------------------------------------------ statements

    def statement(self, node: Node, outer: Level | None = None) -> dict[str, tuple[Bound, object]]:
        """Read a statement; gives its output columns."""
        name, body = _kind(node)
        level = Level(next(self._numbers), outer)
        for cte in body.get("withClause", {}).get("ctes", ()):
            cte = cte["CommonTableExpr"]
            level.ctes[cte["ctename"]] = self.statement(cte["ctequery"], level)
        match name:
            case "SelectStmt":
                return self._select(body, level)
            case "InsertStmt":
                return self._insert(body, level)
            case "UpdateStmt" | "DeleteStmt":
                return self._change(name, body, level)
        raise ValueError(f"{name} is not read")

    def _select(self, body: Node, level: Level) -> dict[str, tuple[Bound, object]]:
        if "larg" in body:
            left, right = (self.statement({"SelectStmt": body[side]}, level) for side in ("larg", "rarg"))
            both = zip(left.items(), right.values(), strict=True)
            return {name: (max(a[0], b[0]), a[1] if a[1] == b[1] else None) for (name, a), b in both}
        if "valuesLists" in body:
            rows = [[self._value(item, level) for item in row["List"]["items"]] for row in body["valuesLists"]]
            return {f"column{n}": value for n, value in enumerate(rows[0], 1)}
        self._sources(body.get("fromClause", ()), body, level)
        self._note(level, locks="lockingClause" in body)
        return self._outputs(body.get("targetList", ()), level)

    def _insert(self, body: Node, level: Level) -> dict[str, tuple[Bound, object]]:
        table = body["relation"]["relname"]
        rows = list(self.statement(body["selectStmt"], level).values())
        places = [column["ResTarget"]["name"] for column in body["cols"]]
        given = dict(zip(places, rows, strict=True))
        level.sources[body["relation"].get("alias", {}).get("aliasname", table)] = Source(columns=given)
        if self.column in self.tables.get(table, ()):
            self.touches.append(Touch(table, given.get(self.column, (Bound.ANY, None))[0], "insert"))
        self._inner(body.get("onConflictClause", {}), level)
        return self._outputs(body.get("returningList", ()), level)

    def _change(self, name: str, body: Node, level: Level) -> dict[str, tuple[Bound, object]]:
        kind = name.removesuffix("Stmt").lower()
        target: Node = {"RangeVar": body["relation"]}
        self._sources([target, *body.get("fromClause", ()), *body.get("usingClause", ())], body, level)
        own = body["relation"].get("alias", {}).get("aliasname", body["relation"]["relname"])
        level.sources[own].kind = kind
        sets = {target["ResTarget"]["name"] for target in body.get("targetList", ())}
        self._note(level, moves=self.column in sets)
        return self._outputs(body.get("returningList", ()), level)

    # --------------------------------------------------------------------------------------------------- sources

    def _sources(self, items: list[Node], body: Node, level: Level) -> None:
        """Take in what a level reads from, and find out what its conditions bind."""
        late: list[tuple[str, Node]] = []
        quals: list[tuple[Node, frozenset[str] | None]] = []
        for item in items:
            self._source(item, level, late, quals)
        if "whereClause" in body:
            quals.append((body["whereClause"], None))
        for condition, into in quals:
            self._flow(condition, into, level)
        self._settle(level)
        for alias, item in late:
            level.sources[alias].columns = self.statement(item, level)
            for condition, into in quals:
                self._flow(condition, into, level)
            self._settle(level)
        for condition, _ in quals:
            self._inner(condition, level)

    def _source(
        self, item: Node, level: Level, late: list[tuple[str, Node]], quals: list[tuple[Node, frozenset[str] | None]]
    ) -> frozenset[str]:
        """Take one source in; gives the aliases of it."""
        name, body = _kind(item)
        alias = body.get("alias", {}).get("aliasname", body.get("relname", ""))
        match name:
            case "RangeVar" if body["relname"] in level.ctes:
                level.sources[alias] = Source(columns=level.ctes[body["relname"]])
            case "RangeVar":
                keyed = self.column in self.tables.get(body["relname"], ())
                level.sources[alias] = Source(table=body["relname"], is_keyed=keyed)
            case "RangeSubselect":
                level.sources[alias] = Source()
                if body.get("lateral"):
                    late.append((alias, body["subquery"]))
                else:
                    level.sources[alias].columns = self.statement(body["subquery"], level)
            case "RangeFunction":
                calls = [part["List"]["items"][0] for part in body["functions"]]
                level.sources[alias] = Source(every=max(self._value(call, level)[0] for call in calls))
            case "JoinExpr":
                if "usingClause" in body or body["jointype"] not in ("JOIN_INNER", "JOIN_LEFT"):
                    raise ValueError("joins are read with `on`, inner or left")
                left = self._source(body["larg"], level, late, quals)
                right = self._source(body["rarg"], level, late, quals)
                if "quals" in body:
                    quals.append((body["quals"], right if body["jointype"] == "JOIN_LEFT" else None))
                return left | right
            case _:
                raise ValueError(f"{name} is not read")
        return frozenset({alias})

    def _flow(self, condition: Node, into: frozenset[str] | None, level: Level) -> None:
        """Note which columns a condition makes equal to what."""
        name, body = _kind(condition)
        if name == "BoolExpr" and body["boolop"] == "AND_EXPR":
            for part in body["args"]:
                self._flow(part, into, level)
        if name != "A_Expr":
            return
        operator = body["name"][0]["String"]["sval"]
        sides = [body["lexpr"], body["rexpr"]] if "lexpr" in body else []
        if body["kind"] == "AEXPR_BETWEEN":
            ends = body["rexpr"]["List"]["items"]
            if all("ParamRef" in end for end in ends) and (place := self._place(body["lexpr"], level)):
                level.bounds[place] = Bound.GIVEN
        elif operator == "=" and body["kind"] in ("AEXPR_OP", "AEXPR_OP_ANY") and sides:
            for side, other in (sides, sides[::-1]):
                place = self._place(side, level)
                if place is None or (into is not None and not (place[0] == level.number and place[1] in into)):
                    continue
                bound, same = self._value(other, level)
                if self._place(other, level) is None:
                    level.bounds[place] = min(bound, level.bounds.get(place, Bound.ANY))
                if body["kind"] == "AEXPR_OP" and same is not None:
                    level.flows.append((same, place))

    def _settle(self, level: Level) -> None:
        """Carry what is known of values along the equalities until nothing changes."""
        changed = True
        while changed:
            changed = False
            for source, target in level.flows:
                known = self._known(source, level)
                if known < level.bounds.get(target, Bound.ANY):
                    level.bounds[target] = known
                    changed = True

    def _note(self, level: Level, *, locks: bool = False, moves: bool = False) -> None:
        """Note the tables of a level, and whether they are joined on the column."""
        keyed = {alias: source for alias, source in level.sources.items() if source.is_keyed}
        groups = self._groups(level)
        found = [
            (
                alias,
                self._known((level.number, alias, self.column), level),
                groups.get((level.number, alias, self.column)),
            )
            for alias in keyed
        ]
        home = {group if group is not None else alias for alias, bound, group in found if bound is not Bound.FOUND}
        for alias, bound, _ in found:
            source = keyed[alias]
            apart = len(home) > 1 and bound is not Bound.FOUND
            written = moves and source.kind == "update"
            self.touches.append(Touch(source.table or "", bound, source.kind, locks, written, apart))

    def _groups(self, level: Level) -> dict[object, int]:
        """Which values are the same, by the equalities of a level."""
        groups: dict[object, int] = {}
        for number, (one, other) in enumerate(level.flows):
            mine, theirs = groups.setdefault(one, number), groups.setdefault(other, number)
            groups.update({place: mine for place, group in groups.items() if group == theirs})
        return groups

    # ---------------------------------------------------------------------------------------------------- values

    def _outputs(self, targets: list[Node], level: Level) -> dict[str, tuple[Bound, object]]:
        columns: dict[str, tuple[Bound, object]] = {}
        for number, target in enumerate(targets):
            value = target["ResTarget"]["val"]
            self._inner(value, level)
            name = target["ResTarget"].get("name")
            if "ColumnRef" in value and (path := _names(value["ColumnRef"]))[-1] == "*":
                for source in [level.sources[path[0]]] if len(path) > 1 else level.sources.values():
                    columns |= source.columns
                continue
            if name is None:
                name = _names(value["ColumnRef"])[-1] if "ColumnRef" in value else "?"
            columns[name if name not in columns else f"{name}?{number}"] = self._value(value, level)
        return columns

    def _place(self, value: Node, level: Level) -> Place | None:
        """The column that a value names; None: it is no mere column."""
        name, body = _kind(value)
        if name == "TypeCast":
            return self._place(body["arg"], level)
        if name != "ColumnRef":
            return None
        path: Level | None = level
        *alias, column = _names(body)
        while path is not None:
            for known, source in path.sources.items():
                holds = column in source.columns or column in self.tables.get(source.table or "", ())
                if (alias == [known]) or (not alias and (holds or source.every is not None)):
                    return (path.number, known, column)
            path = path.outer
        return None

    def _known(self, what: object, level: Level | None) -> Bound:
        """What is known of a column or parameter by now."""
        if not isinstance(what, tuple) or what[0] == "$":
            return Bound.GIVEN
        best = Bound.ANY
        while level is not None:
            best = min(best, level.bounds.get(what, Bound.ANY))
            if level.number == what[0]:
                source = level.sources[what[1]]
                own = source.every if source.every is not None else source.columns.get(what[2], (Bound.ANY, None))[0]
                return min(best, own)
            level = level.outer
        return best

    def _value(self, value: Node, level: Level) -> tuple[Bound, object]:
        """What is known of a value, and what it is the same as."""
        name, body = _kind(value)
        match name:
            case "ParamRef":
                return Bound.GIVEN, ("$", body["number"])
            case "A_Const":
                return Bound.GIVEN, None
            case "TypeCast":
                return self._value(body["arg"], level)
            case "ColumnRef":
                place = self._place(value, level)
                return self._known(place, level) if place else Bound.ANY, place
            case "FuncCall":
                return max((self._value(arg, level)[0] for arg in body.get("args", ())), default=Bound.GIVEN), None
            case "A_Expr" if body["name"][0]["String"]["sval"] == "&":
                return Bound.FOUND, None
        return Bound.ANY, None

    def _inner(self, value: object, level: Level) -> None:
        """Read the queries inside of an expression."""
        for query in _queries(value):
            self.statement(query, level)


def _queries(value: object) -> Iterator[Node]:
    if isinstance(value, dict):
        for name, body in value.items():
            if name == "SubLink":
                yield body["subselect"]
                yield from _queries(body.get("testexpr"))
            else:
                yield from _queries(body)
    elif isinstance(value, list):
        for item in value:
            yield from _queries(item)


def touches(text: str, column: str, tables: Mapping[str, frozenset[str]]) -> list[Touch]:
    """Every table with the column that a statement touches; raises ValueError for one of a kind that is not read."""
    reading = Reading(column, tables)
    for statement in pgparse.parse(text):
        reading.statement(statement["stmt"])
    return reading.touches
