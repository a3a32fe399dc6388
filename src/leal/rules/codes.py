"""Codes: how an order locks, uses and frees the reward codes it carries, and how unused ones lapse (S5.7, S9.2)."""

from __future__ import annotations

from leal.rules.account import Account
from leal.rules.ledger import Book
from leal.rules.lots import Draw, drawn_points, spend_all
from leal.rules.orders import EARNING, OrderState
from leal.rules.programme.terms import Terms
from leal.rules.returning import Redemption, give_back
from leal.rules.rewards import hand_back, take_again
from leal.values import NEVER


def with_prefix(terms: Terms | None, fresh: str) -> str:
    """A fresh code as the programme has its codes begin (S5.7)."""
    redemption = None if terms is None else terms.programme.redemption
    return fresh if redemption is None else redemption.code_prefix + fresh


def follow_code(account: Account, redemption: Redemption) -> None:
    """Keep in mind when the code lapses, as long as it is unused (S9.2)."""
    if redemption.status == "unused" and redemption.expires_at != NEVER:
        account.codes[redemption.number] = redemption.expires_at
    else:
        account.codes.pop(redemption.number, None)


def lapse_codes(book: Book, at: int) -> None:
    """Unused codes past their end lapse; their points stay spent (S9.2)."""
    account = book.account
    for number in sorted(number for number, ends_at in account.codes.items() if ends_at <= at):
        draft = book.draft("reward_lapsed", "redemption", at, cause_number=number)
        del account.codes[number]
        book.lapsed_codes[number] = at
        book.close(draft)


def take_codes(book: Book, state: OrderState, redemptions: dict[str, Redemption], now: int) -> None:
    """Lock the order's codes while it is unconfirmed, use them once it is confirmed; free those it no longer names.

    `redemptions` come the oldest first, by their codes: in this order what a cancelled order returned is spent again.
    """
    named = {code.upper() for code in state.order.codes}
    for code, redemption in redemptions.items():
        if redemption.order_number == state.number and code not in named and redemption.status == "locked":
            redemption.status, redemption.order_number = "unused", 0
    for code, redemption in redemptions.items():
        if code not in named:
            continue
        mine = redemption.order_number == state.number
        if redemption.status == "lapsed" and state.order_at < redemption.expires_at:
            redemption.status = "unused"  # the order was placed in time and told late
        if state.status == "unconfirmed":
            if redemption.status == "unused" or (redemption.status == "used" and mine):
                redemption.status, redemption.order_number = "locked", state.number
        elif state.status in EARNING:
            if redemption.status in ("unused", "locked"):  # a lock of an order that never came does not shield it
                redemption.status, redemption.order_number = "used", state.number
            elif redemption.status == "voided" and mine:
                _spend_again(book, redemption, now)
    for redemption in redemptions.values():
        follow_code(book.account, redemption)
    state.used = sorted(r.number for r in redemptions.values() if r.order_number == state.number)


def free_codes(book: Book, state: OrderState, redemptions: dict[str, Redemption], now: int) -> None:
    """A cancelled order unlocks its codes; used ones become points or stay a reward, as the programme says, once.

    The order keeps them in mind: confirmed again by its status alone, it uses those that are still free.
    """
    terms = book.terms
    setting = (
        "points" if terms is None or terms.programme.redemption is None else terms.programme.redemption.cancelled_order
    )
    for redemption in redemptions.values():
        if redemption.order_number != state.number:
            continue
        costless = redemption.points == 0  # there are no points that could come back
        if redemption.status == "locked" or (redemption.status == "used" and (setting == "reward" or costless)):
            redemption.status, redemption.order_number = "unused", 0
        elif redemption.status == "used":
            redemption.status = "voided"
            redemption.cancelled = redemption.open_points
            if redemption.cancelled or redemption.offer is not None:
                draft = book.draft("points_returned", "redemption", now, cause_number=redemption.number)
                give_back(draft, redemption, redemption.cancelled)
                hand_back(draft, redemption)
                book.close(draft)
        follow_code(book.account, redemption)


def _spend_again(book: Book, redemption: Redemption, now: int) -> None:
    """The cancelled order was confirmed again: its points are spent again; what is lacking becomes debt (S5.7)."""
    points, account = redemption.cancelled, book.account
    redemption.status, redemption.cancelled = "used", 0
    if points == 0 and redemption.offer is None:
        return
    kind = "redeemed_towards_order" if redemption.offer is None else "vendible_redemption"
    draft = book.draft(kind, "redemption", now, cause_number=redemption.number)
    take_again(draft, redemption)
    drawn = spend_all(draft, points)
    lacking = points - drawn_points(drawn)
    if lacking:
        account.debt += lacking
        drawn.append(Draw(0, 0, lacking, now, now, now, 0))  # of no lot: given back, it comes as a grace lot
    account.redeemed += points
    _forget_returned(redemption, points)
    redemption.draws += drawn
    redemption.returned += [0] * len(drawn)
    draft.keep(drawn_at=account.keeps.drawn_at | {redemption.number: (now,) * len(redemption.draws)})
    book.close(draft)


def _forget_returned(redemption: Redemption, points: int) -> None:
    """Take what is spent again out of the draws it had come back to; what staff gave back stays given back."""
    for i in range(len(redemption.draws)):
        again = min(points, redemption.returned[i])
        redemption.draws[i] = redemption.draws[i]._replace(points=redemption.draws[i].points - again)
        redemption.returned[i] -= again
        points -= again
    kept = [i for i, one in enumerate(redemption.draws) if one.points]
    redemption.draws = [redemption.draws[i] for i in kept]
    redemption.returned = [redemption.returned[i] for i in kept]
