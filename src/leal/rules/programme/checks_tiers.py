"""Checks of the ladder: its steps, what keeps them, how they end, their features (S8)."""

from __future__ import annotations

from typing import Final

from leal.rules.programme.document import Programme
from leal.rules.programme.earning_terms import QUALIFYING_KINDS
from leal.rules.programme.findings import Findings
from leal.rules.programme.ladder import AnniversaryYearWindow, CalendarYearWindow, Ladder, Requirements, Tier, TierLife
from leal.values import parse_money

_MEASURES: Final = ("points", "spend", "orders")


def check_tiers(programme: Programme, found: Findings) -> None:
    """Everything about tiers and their features."""
    features = programme.tier_features
    found.unique(((f"tier_features[{n}].slug", feature.slug) for n, feature in enumerate(features)), "slug")
    codes = ((f"tier_features[{n}].benefit", f.code) for n, f in enumerate(features))
    found.unique(codes, "benefit code")
    ladder = programme.tiers
    if ladder is None:
        if features:
            found.no_effect("tier_features", "There are no tiers to have these features.", "a section tiers")
        return
    found.unique(((f"tiers.steps[{n}].slug", step.slug) for n, step in enumerate(ladder.steps)), "slug")
    found.unique(((f"tiers.steps[{n}].name", step.name) for n, step in enumerate(ladder.steps)), "name")
    _life("tiers.life", ladder.life, ladder, found)
    for number, step in enumerate(ladder.steps):
        path = f"tiers.steps[{number}]"
        _step(path, number, step, programme, ladder, found)
        for feature in step.features:
            found.known(f"{path}.features.{feature}", feature, [known.slug for known in features], "tier feature")
    _rising(ladder, found)
    _reachable(programme, ladder, found)


def _step(path: str, number: int, step: Tier, programme: Programme, ladder: Ladder, found: Findings) -> None:
    if step.requires is None:
        if number:
            message = "Only the first tier can be had without requirements."
            found.required(f"{path}.requires", message, "points, spend, orders, events or a condition")
        else:
            _initial(path, step, found)
    else:
        _requirements(f"{path}.requires", step.requires, programme, found)
    if step.keep is not None and step.requires is not None:
        _requirements(f"{path}.keep", step.keep, programme, found)
        _keep(f"{path}.keep", step.keep, step.requires, found)
        if (step.life or ladder.life).ends == "never":
            found.no_effect(f"{path}.keep", "The tier never ends, so nothing needs to keep it.", "no keep")
    if step.life is not None:
        _life(f"{path}.life", step.life, ladder, found)
    limit = step.redemption_limit
    if limit is not None and programme.redemption is None:
        found.no_effect(f"{path}.redemption_limit", "Members cannot redeem points.", "a section redemption")


def _initial(path: str, step: Tier, found: Findings) -> None:
    """What makes no sense for a tier that everyone has from the start."""
    for field, given in (("keep", step.keep), ("life", step.life)):
        if given is not None:
            message = "Everyone has this tier from the start and nobody loses it."
            found.no_effect(f"{path}.{field}", message, f"no {field}")
    if step.entry_points is not None:
        message = "Everyone has this tier from the start; nobody enters it."
        found.no_effect(f"{path}.entry_points", message, "a source of kind signup")


def _requirements(path: str, needs: Requirements, programme: Programme, found: Findings) -> None:
    if not _atoms(needs):
        found.required(path, "It asks for nothing.", "points, spend, orders, events or a condition")
    found.positive(f"{path}.spend", needs.spend, "The spend")
    found.unique(((f"{path}.events[{n}]", event) for n, event in enumerate(needs.events)), "event")
    for number, event in enumerate(needs.events):
        found.known(f"{path}.events[{number}]", event, [trigger.slug for trigger in programme.triggers], "trigger")


def _atoms(needs: Requirements) -> dict[str, int]:
    """Each single thing asked for, with how much of it."""
    spend = None if needs.spend is None else parse_money(needs.spend)
    counted = {"points": needs.points, "spend": spend, "orders": needs.orders}
    atoms = {measure: amount for measure, amount in counted.items() if amount is not None}
    atoms |= {f"event {event}": 1 for event in needs.events}
    return atoms if needs.condition is None else atoms | {f"condition {needs.condition}": 1}


def _keep(path: str, keep: Requirements, requires: Requirements, found: Findings) -> None:
    """Whoever meets what the tier requires must also meet what keeps it (S8.4)."""
    wanted, given = _atoms(keep), _atoms(requires)
    covered = {name: given.get(name, -1) >= amount for name, amount in wanted.items()}
    if requires.match == "all":
        easier = all(covered.values()) if keep.match == "all" else any(covered.values())
    elif keep.match == "any":
        easier = all(name in wanted and covered[name] for name in given)
    else:
        easier = len(given) == 1 and all(covered.values())
    if wanted and not easier:
        message = "To keep the tier asks for more than to enter it: a member could enter and not be able to stay."
        found.contradiction(path, message, "for each measure at most what requires asks for")


def _rising(ladder: Ladder, found: Findings) -> None:
    """Each measure asks for strictly more from step to step."""
    last: dict[str, tuple[int, str]] = {}
    for number, step in enumerate(ladder.steps):
        if step.requires is None:
            continue
        atoms = _atoms(step.requires)
        for measure in _MEASURES:
            if measure not in atoms:
                continue
            if measure in last and atoms[measure] <= last[measure][0]:
                below = last[measure][1]
                message = f"It does not ask for more {measure} than the lower tier {below}."
                found.add(f"tiers.steps[{number}].requires.{measure}", "not_rising", message, f"more than {below}")
            last[measure] = (atoms[measure], step.slug)


def _reachable(programme: Programme, ladder: Ladder, found: Findings) -> None:
    """Points must come from somewhere for tiers that ask for them."""
    if ladder.basis == "available" or not any(step.requires and step.requires.points for step in ladder.steps):
        return
    if not any(
        source.kind in QUALIFYING_KINDS if source.qualifies is None else source.qualifies
        for source in programme.sources
    ):
        message = "Tiers ask for qualifying points, but no source's points qualify."
        found.no_effect("tiers.steps", message, "a source of kind order, or qualifies: true on a source")


def _life(path: str, life: TierLife, ladder: Ladder, found: Findings) -> None:
    if life.ends == "term" and life.term is None:
        found.required(f"{path}.term", "It does not say how long the tier lasts.", 'a term such as "12 months"')
    if life.ends != "term":
        if life.term is not None:
            message = f"The tier ends by {life.ends}, not by a term."
            found.contradiction(f"{path}.term", message, "ends: term, or no term")
        if life.round_up != "day":
            found.no_effect(f"{path}.round_up", "Only terms are rounded up.", "ends: term, or no round_up")
    window_ends = isinstance(ladder.window, (CalendarYearWindow, AnniversaryYearWindow))
    if life.ends == "window" and not window_ends:
        # A ladder over a lifetime that says nothing of an end plainly means tiers for life.
        if ladder.window.__struct_config__.tag == "rolling" or life != TierLife():
            message = "The window has no end, so a tier that ends with it would never end."
            found.contradiction(f"{path}.ends", message, "ends: never, or ends: term with a term")
    elif life.ends == "never":
        for field, given in (("grace", life.grace != "0 days"), ("downgrade", life.downgrade != "requalify")):
            if given:
                found.no_effect(f"{path}.{field}", "The tier never ends.", f"no {field}, or ends: term or window")
