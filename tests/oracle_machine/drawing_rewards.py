"""What members have of offers, and what becomes of it."""

from __future__ import annotations

from tests.oracle_machine.acts import Act, Deliver, Grant, Single, Take, UseReward, Void
from tests.oracle_machine.drawing import Drawing
from tests.oracle_machine.pair import Pair


def has_stock(pair: Pair) -> bool:
    """Whether something can run out, so that it matters who comes first."""
    versions = pair.oracle.shop.versions
    return any("stock" in offer for version in versions for offer in version.document.get("offers") or [])


def _offer(drawing: Drawing, pair: Pair) -> str | None:
    """An offer of any version, now and then one that never was."""
    versions = pair.oracle.shop.versions
    known = [offer["slug"] for version in versions for offer in version.document.get("offers") or []]
    return drawing.dice.choice([*sorted(set(known)) * 4, "nothing"]) if known else None


def take(drawing: Drawing, pair: Pair) -> Single | None:
    """A member has an offer."""
    who, offer = drawing.member(pair), _offer(drawing, pair)
    return Take(who, drawing.name("TAKEN"), offer) if who and offer else None


def use(drawing: Drawing, pair: Pair) -> Single | None:
    """A member has a code made of a reward."""
    who, offer = drawing.member(pair), _offer(drawing, pair)
    return UseReward(who, drawing.name("USED"), offer) if who and offer else None


def grant(drawing: Drawing, pair: Pair) -> Single | None:
    """Staff give what an offer gives."""
    who, offer = drawing.member(pair), _offer(drawing, pair)
    return Grant(who, offer) if who and offer else None


def void(drawing: Drawing, pair: Pair) -> Single | None:
    """Staff take a reward away."""
    name = _made(drawing, pair)
    return None if name is None else Void(pair.made[name].who, name)


def deliver(drawing: Drawing, pair: Pair) -> Act | None:
    """The shop did what it was to do, or could not."""
    name = _made(drawing, pair)
    return None if name is None else Deliver(pair.made[name].who, name, drawing.dice.choice([True, False]))


def _made(drawing: Drawing, pair: Pair) -> str | None:
    known = sorted(name for name, one in pair.made.items() if drawing.who in (None, one.who))
    return drawing.dice.choice(known) if known else None
