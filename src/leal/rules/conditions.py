"""Conditions: what a programme asks of a member, an order or a line, written in CEL and checked before it runs (S9.6).

The Common Expression Language has static types and ends by itself. Every name is declared with its type, so that a
condition which cannot mean anything is found when the programme is published, with the place in its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Final, Literal, NamedTuple

from cel_expr_python import cel

Kind = Literal["multiplier", "source", "way", "tier", "visible"]
"""Where a condition stands, and with it the names that it may use; `way` is a source apart from orders."""

LENGTH_MAX: Final = 2000
"""Characters of a condition."""
PRODUCTS_KEPT: Final = 20_000
"""Products for which the answer of one condition is known at a time."""

_ALL: Final[tuple[Kind, ...]] = ("multiplier", "source", "way", "tier", "visible")
_MEMBERS: Final[tuple[Kind, ...]] = ("multiplier", "source", "way", "visible")
"""A tier's condition reads only what no passing of time changes: a read then agrees with the write before it (S3.1)."""
_ORDERS: Final[tuple[Kind, ...]] = ("multiplier", "source")
_LINES: Final[tuple[Kind, ...]] = ("multiplier",)


class Name(NamedTuple):
    """A name that conditions may use: its type, in which kinds, and what it means."""

    type: str
    kinds: tuple[Kind, ...]
    meaning: str


ENVIRONMENT: Final[dict[str, Name]] = {
    "customer.tags": Name("list(string)", _ALL, "the customer's tags, as the shop last told them"),
    "customer.extras": Name("map(string, dyn)", _ALL, "the customer's other facts, as the shop last told them"),
    "member.tier": Name("string", _MEMBERS, "slug of the tier held; empty without one"),
    "member.points_available": Name("int", _MEMBERS, "points that can be spent"),
    "member.points_earned": Name("int", _MEMBERS, "points earned for life, net of take-backs"),
    "member.spend_micros": Name("int", _ALL, "eligible spend for life, in millionths of the currency"),
    "member.orders": Name("int", _ALL, "orders that count, for life"),
    "member.events": Name("map(string, int)", _ALL, "how often each trigger of the programme came, for life"),
    "member.days_since_joined": Name("int", _MEMBERS, "local days since the first enrolment; 0 before it"),
    "order.amount_micros": Name("int", _ORDERS, "what was paid for the lines, after discounts, in millionths"),
    "order.store": Name("string", _ORDERS, "the order's `store_location`; empty without one"),
    "order.extras": Name("map(string, dyn)", _ORDERS, "the order's other facts"),
    "line.product": Name("string", _LINES, "id of the product; empty where an order has no lines"),
    "line.collections": Name("list(string)", _LINES, "collections of the product"),
    "line.tags": Name("list(string)", _LINES, "tags of the product"),
    "line.quantity": Name("int", _LINES, "how many were bought"),
    "line.amount_micros": Name("int", _LINES, "what was paid for the line, after discounts, in millionths"),
}
"""Every name with its type. Amounts are whole: to compare one with a number that has a fraction is a type error."""

_OF_CUSTOMERS: Final = tuple(name for name in ENVIRONMENT if name.startswith("customer."))
_OF_PRODUCTS: Final = ("line.collections", "line.tags")
_OF_MORE_THAN_PRODUCTS: Final = tuple(name for name in ENVIRONMENT if name not in ("line.product", *_OF_PRODUCTS))

_TYPES: Final[dict[str, cel.Type]] = {
    "string": cel.Type.STRING,
    "int": cel.Type.INT,
    "bool": cel.Type.BOOL,
    "list(string)": cel.Type.List(cel.Type.STRING),
    "map(string, dyn)": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
    "map(string, int)": cel.Type.Map(cel.Type.STRING, cel.Type.INT),
}

# `double` and `dyn` would carry points and money past the check of types; `matches` runs regular expressions.
_CONFIG: Final = """
name: leal
stdlib:
  exclude_functions:
    - name: matches
    - name: double
    - name: dyn
"""

_FAULT: Final = re.compile(r"^(?:\w+: )?ERROR: <input>:(-?\d+):(-?\d+): (.*)$", re.MULTILINE)
_UNKNOWN: Final = re.compile(r"undeclared reference to '([^']*)'")


class Fault(NamedTuple):
    """What is wrong with a condition, and where in its text; line and column count from 1, 0 is the whole."""

    line: int
    column: int
    message: str
    unknown: str = ""
    """The name that does not exist, where that is the fault."""


class BadCondition(ValueError):
    """A condition that cannot run, with every fault that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))


class Condition:
    """A condition ready to run."""

    def __init__(
        self,
        text: str,
        expression: cel.Expression,
        *,
        reads_customer: bool,
        reads_products: bool = False,
        is_of_products: bool = False,
    ) -> None:
        self.text = text
        self._expression = expression
        self.reads_customer = reads_customer
        """Whether it asks for what the shop says of the customer, which is kept apart from the account."""
        self.reads_products = reads_products
        """Whether it asks for a line's collections or tags, which are those of its product where the order has none."""
        self.is_of_products = is_of_products
        """Whether it asks for nothing but a line's product, collections and tags: the same for every such line."""
        self._answers: dict[Hashable, bool | None] = {}

    def holds_for(self, product: Hashable, facts: Callable[[], Mapping[str, object]]) -> bool | None:
        """The same as `holds`, asked once for each product; facts are only made for one that was not asked before."""
        if product not in self._answers:
            if len(self._answers) >= PRODUCTS_KEPT:
                self._answers.clear()
            self._answers[product] = self.holds(facts())
        return self._answers[product]

    def holds(self, facts: Mapping[str, object]) -> bool | None:
        """Whether it is true of the facts, by their names; None when it fails, which counts as false."""
        try:
            found = self._expression.eval(data=facts).value()
        except (RuntimeError, ValueError, TypeError, OverflowError):  # out of its budget, or facts beyond 64 bits
            return None
        return found if isinstance(found, bool) else None


def compile_condition(text: str, kind: Kind) -> Condition:
    """Check a condition's types for where it stands. Raises BadCondition."""
    if len(text) > LENGTH_MAX:
        raise BadCondition([Fault(0, 0, f"It is longer than {LENGTH_MAX} characters.")])
    try:
        expression = _environment(kind).compile(text)
    except (RuntimeError, ValueError, TypeError) as error:
        raise BadCondition(faults_in(str(error))) from None
    if expression.return_type() != cel.Type.BOOL:
        given = expression.return_type().name().lower()
        raise BadCondition([Fault(1, 1, f"It gives {given}, not true or false.")])
    return Condition(
        text,
        expression,
        reads_customer=not _runs_without(text, kind, _OF_CUSTOMERS),
        reads_products=not _runs_without(text, kind, _OF_PRODUCTS),
        is_of_products=kind in _LINES and _runs_without(text, kind, _OF_MORE_THAN_PRODUCTS),
    )


def names_of(kind: Kind) -> list[str]:
    """The names that a condition of the kind may use."""
    return [name for name, declared in ENVIRONMENT.items() if kind in declared.kinds]


@cache
def _environment(kind: Kind, *, without: tuple[str, ...] = ()) -> cel.Env:
    names = [name for name in names_of(kind) if name not in without]
    return language({name: ENVIRONMENT[name].type for name in names})


def language(variables: Mapping[str, str]) -> cel.Env:
    """CEL as programmes may write it, with these variables and their types."""
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_CONFIG), variables={name: _TYPES[type_] for name, type_ in variables.items()}
    )


def _runs_without(text: str, kind: Kind, names: tuple[str, ...]) -> bool:
    if not any(name in names_of(kind) for name in names):
        return True
    try:
        _environment(kind, without=names).compile(text)
    except RuntimeError:
        return False
    return True


def faults_in(told: str) -> list[Fault]:
    """The faults in what the compiler tells, each with its place."""
    found = []
    for line, column, message in _FAULT.findall(told):
        unknown = _UNKNOWN.search(message)
        words = message.removesuffix(" [INVALID_ARGUMENT]").replace(" (in container '')", "")
        words = words.partition(" expecting {")[0].rstrip(".")
        told_as = f"{words[:1].upper()}{words[1:]}."
        found.append(Fault(max(0, int(line)), max(0, int(column)), told_as, unknown[1] if unknown else ""))
    if not found:
        deep = "recursion limit" in told
        found = [Fault(0, 0, "It is nested too deeply." if deep else "It cannot be read.")]
    return list(dict.fromkeys(found))
