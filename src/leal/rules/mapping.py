"""A mapping: which fields of a member's record are written, under which names, in which order and form (S12.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from leal.rules.calendar import local_day, start_of_day
from leal.rules.computing import Computed, compile_computed
from leal.rules.programme import feeds as doc
from leal.rules.programme.feeds import CORE, KINDS, Kind
from leal.values import MICRO, datetime_of, format_instant

ABSENT: Final = object()
"""In place of a value that is left out."""

Write = Callable[[Any, "Ground"], Any]


class Ground(NamedTuple):
    """What writing needs to know of the programme: its zone, and the micros in its currency's smallest unit."""

    zone: ZoneInfo = ZoneInfo("UTC")
    minor_unit: int = MICRO // 100


class Field(NamedTuple):
    """A field that is written: where it stands, what it tells, and how that is written."""

    name: str
    source: str
    """The fact that it tells; empty for what is computed or constant."""
    computed: Computed | None
    constant: str | bool | None
    write: Write


class CompiledMapping:
    """A mapping of the programme document, or one that is shipped, ready to write records."""

    def __init__(self, mapping: doc.Mapping, soon_days: int) -> None:
        self.slug = mapping.slug
        self.fields = [_field(field, mapping) for field in mapping.fields]
        self.soon_days = soon_days if mapping.soon_days is None else mapping.soon_days
        self.expiring_days = mapping.window_days if mapping.expiring == "within_window" else None
        self._omits = mapping.nulls == "omit"
        self._tier_names = mapping.tier_names

    @property
    def columns(self) -> list[str]:
        """The names of what it writes, in their order; dots are those of nested names."""
        return [field.name for field in self.fields]

    @cached_property
    def reads(self) -> frozenset[str]:
        """The record's fields that it needs."""
        told = {field.source for field in self.fields if field.source}
        return frozenset(told.union(*(field.computed.reads for field in self.fields if field.computed is not None)))

    @cached_property
    def tells_record_alone(self) -> bool:
        """Whether it writes the eleven fields as they are, so that the record is all that it needs."""
        computes = any(field.computed is not None for field in self.fields)
        return self.reads <= set(CORE) and not computes and not self._tier_names and self.expiring_days is None

    def row(self, facts: Mapping[str, Any], ground: Ground) -> list[Any]:
        """The values in the order of the columns: texts, numbers, Decimal for money, lists, None, or ABSENT."""
        values = []
        for field in self.fields:
            value = self._value(field, facts, ground)
            values.append(ABSENT if value is None and self._omits else value)
        return values

    def document(self, facts: Mapping[str, Any], ground: Ground) -> dict[str, Any]:
        """The same as a JSON object, nested as the names say."""
        return nested(self.columns, self.row(facts, ground))

    def tombstone(self, customer_id: str) -> dict[str, Any]:
        """What is written of an id that is no more: the fields that tell the id, and `deleted`."""
        keys = [field for field in self.fields if field.source == "customer_id"]
        made = nested([field.name for field in keys], [customer_id for _ in keys])
        return {**made, doc.DELETED: True}

    def ident_in(self, written: Mapping[str, Any]) -> str:
        """The customer's id in what the mapping wrote, a tombstone too."""
        name = next(field.name for field in self.fields if field.source == "customer_id")
        value: Any = written
        for part in name.split("."):
            value = value[part]
        return str(value)

    def _value(self, field: Field, facts: Mapping[str, Any], ground: Ground) -> Any:
        if field.computed is not None:
            value = field.computed.value(facts)
        elif field.source:
            value = self._fact(field.source, facts)
        else:
            return field.constant
        return None if value is None else field.write(value, ground)

    def _fact(self, source: str, facts: Mapping[str, Any]) -> Any:
        slug = facts.get(f"{source}.slug") if self._tier_names else None
        return facts[source] if slug is None else self._tier_names.get(slug, facts[source])


def nested(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """An object of these names, in which dots lead inwards; without what is ABSENT."""
    made: dict[str, Any] = {}
    for name, value in zip(names, values, strict=True):
        if value is ABSENT:
            continue
        *outer, last = name.split(".")
        place = made
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = value
    return made


def _field(field: doc.MappedField, mapping: doc.Mapping) -> Field:
    computed = None if field.cel is None else compile_computed(field.cel)
    kind: Kind = "text"
    if computed is not None:
        kind = computed.kind
    elif field.source is not None:
        kind = KINDS[field.source]
    return Field(field.name, field.source or "", computed, field.constant, _writer(kind, field, mapping))


def _writer(kind: Kind, field: doc.MappedField, mapping: doc.Mapping) -> Write:
    match kind:
        case "flag":
            yes, no = (field.yes, field.no) if field.yes is not None else (mapping.yes, mapping.no)
            return _as_is if yes is None else lambda value, _: yes if value else no
        case "number":
            return _number(field.format or mapping.numbers, mapping)
        case "money":
            return _money(field.format or mapping.numbers, mapping)
        case "day":
            return _day(field.format or mapping.dates)
        case "instant":
            return _instant(field.format or _of_instants(mapping.dates))
        case "texts":
            separator = field.separator or mapping.separator
            is_joined = (field.format or mapping.lists) == "joined"
            return (lambda value, _: separator.join(value)) if is_joined else _as_is
        case "ends":
            day, points = _day(field.format or mapping.dates), _number(mapping.numbers, mapping)
            names = field.items.get("date", "date"), field.items.get("points", "points")
            return lambda value, ground: [
                {names[0]: day(end.day, ground), names[1]: points(end.points, ground)} for end in value
            ]
    return _as_is


def _as_is(value: Any, ground: Ground) -> Any:
    return value


def _number(form: str, mapping: doc.Mapping) -> Write:
    if form == "number":
        return _as_is
    return lambda value, _: str(value) if form == "text" else _grouped(value, mapping.thousands)


def _grouped(value: int, separator: str) -> str:
    return f"{value:,}".replace(",", separator)


def _money(form: str, mapping: doc.Mapping) -> Write:
    def write(value: int, ground: Ground) -> Any:
        if form == "minor_units":
            return -(-value // ground.minor_unit)
        units, fraction = _parts(value, ground.minor_unit)
        if form == "number":
            return Decimal(f"{units}.{fraction}" if fraction else units)
        whole = str(units) if form == "text" else _grouped(units, mapping.thousands)
        return f"{whole}{mapping.decimal}{fraction}" if fraction else whole

    return write


def _parts(micros: int, minor_unit: int) -> tuple[int, str]:
    """Units and fraction digits: those of the currency, and more only where the amount has them."""
    units, rest = divmod(micros, MICRO)
    digits = len(str(MICRO // minor_unit)) - 1
    return units, f"{rest:06d}".rstrip("0").ljust(digits, "0")


def _day(form: str) -> Write:
    match form:
        case "date":
            return lambda day, _: day.isoformat()
        case "date_time":
            return lambda day, ground: datetime_of(_begins(day, ground)).astimezone(ground.zone).isoformat()
        case "epoch_seconds":
            return lambda day, ground: _begins(day, ground) // MICRO
        case "epoch_milliseconds":
            return lambda day, ground: _begins(day, ground) // 1000
    return lambda day, _: _patterned(day, form)


def _begins(day: date, ground: Ground) -> int:
    return start_of_day(day, ground.zone)


def _of_instants(form: str) -> str:
    """How instants are written where days are written so: their time of day is told unless only a field says no."""
    return form if form.startswith("epoch") else "date_time"


def _instant(form: str) -> Write:
    match form:
        case "date_time":
            return lambda at, _: format_instant(at)
        case "epoch_seconds":
            return lambda at, _: at // MICRO
        case "epoch_milliseconds":
            return lambda at, _: at // 1000
        case "date":
            return lambda at, ground: local_day(at, ground.zone).isoformat()
    return lambda at, ground: _patterned(local_day(at, ground.zone), form)


def _patterned(day: date, pattern: str) -> str:
    parts = {"YYYY": f"{day.year:04d}", "MM": f"{day.month:02d}", "DD": f"{day.day:02d}"}
    return re.sub("YYYY|MM|DD", lambda match: parts[match[0]], pattern)
