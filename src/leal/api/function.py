"""A function of the API: its name, who may call it, what it takes and gives; and one call of it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeVar

import msgspec

from leal.api.shapes import CustomerIdentity1, Input, KeyedInput, encode
from leal.engine.commands import Key, Shop, UnknownCustomer, Who
from leal.errors import InvalidInput, NotAllowed, Problem
from leal.tokens import Caller, CallerKind, InvalidToken, Scope

if TYPE_CHECKING:
    from leal.engine.engine import Engine

KEY_LENGTH_MAX = 255
EVERYONE: Final[tuple[CallerKind, ...]] = ("anonymous", "customer", "admin_customer", "shop")
ABOUT_ONE: Final[tuple[CallerKind, ...]] = EVERYONE[1:]
"""Who may call what is about one customer: the customer, staff for them, and the shop."""


class Repeatable(Protocol):
    """What the engine answers a command that may be repeated."""

    @property
    def replayed(self) -> bool:
        """Whether it answered the same before."""


Done = TypeVar("Done", bound=Repeatable)


class TokenKindNotAllowed(NotAllowed):
    """This kind of token may not call this function."""

    id = "token_kind_not_allowed"
    sentence = "This kind of token may not call this function."


class KeyScopeNotAllowed(NotAllowed):
    """The key of the token may not do this."""

    id = "key_scope_not_allowed"
    sentence = "The key behind this token is for other functions."


class MissingIdentity(InvalidInput):
    """A shop token was used for a function about one customer, and no customer was named."""

    id = "missing_customer_identity"
    sentence = "With a shop token the customer must be named."


class NotTheTokensCustomer(NotAllowed):
    """A customer's token was used, and another customer was named."""

    id = "customer_identity_does_not_match_token"
    sentence = "The token belongs to another customer than the one that is named."


class KeyMissing(InvalidInput):
    """This function demands an idempotency key."""

    id = "idempotency_key_missing"
    sentence = "This function needs an idempotency key."


class Call(msgspec.Struct):
    """One call: where it goes, who calls, and the idempotency key of its header."""

    engine: Engine
    shop: Shop
    caller: Caller
    function: str
    header_key: str | None = None
    replayed: bool = False
    """Whether the answer was given before, under the same idempotency key."""

    @property
    def is_customers_own(self) -> bool:
        """Whether a customer's token speaks for itself alone."""
        return self.caller.customer is not None

    @property
    def by(self) -> str:
        """Who calls, as the audit names them: by the key of the shop's that signed the token, whatever kind it is.

        An admin customer's token says whose account is corrected, not who corrects it; and whoever has the key can make
        both kinds, so that they are not two persons.
        """
        return f"shop {self.caller.kid}"

    async def person(self, given: CustomerIdentity1 | None) -> Who:
        """Whom the call is about.

        Raises MissingIdentity, EmptyIdentity or NotTheTokensCustomer; whether somebody matches is the engine's answer.
        """
        own = self.caller.customer
        if own is None:
            if given is None:
                problem = Problem("customer", "required", '"customer" is missing.', 'such as {"shopid": "1234"}')
                raise MissingIdentity([problem], MissingIdentity.sentence)
            return given.who()
        if given is not None and not await self._is_own(given.who(), own):
            raise NotTheTokensCustomer
        return Who(shopid=own)

    async def _is_own(self, named: Who, own: str) -> bool:
        """Whether every id that is named leads to the token's customer. One that leads to nobody does not match: a page
        must not reach somebody else's record by naming an address that its own lacks."""
        if named == Who(shopid=own):
            return True
        given = (Who(bhid=named.bhid), Who(shopid=named.shopid), Who(email=named.email))
        people = [Who(shopid=own), *(one for one in given if not one.is_empty)]
        try:
            found = [(await self.engine.history(self.shop, one, limit=1)).account_id for one in people]
        except UnknownCustomer:
            return False
        return len(set(found)) == 1

    def key(self, given: KeyedInput, *, required: bool = False) -> Key | None:
        """The caller's idempotency key, bound to function and customer's token so that nobody meets another's answer.

        Raises KeyMissing, or InvalidInput when header and body disagree.
        """
        header, body = self._header_key(), given.idempotency_key
        if header is not None and body is not None and header != body:
            message = "The header Idempotency-Key and the field idempotency_key differ."
            raise InvalidInput([Problem("idempotency_key", "given_twice", message, "one of the two")])
        text = header or body
        if text is None:
            if required:
                right = "a text of your own that is new for each wish, such as a UUID"
                problem = Problem("idempotency_key", "required", "There is no idempotency key.", right)
                raise KeyMissing([problem], KeyMissing.sentence)
            return None
        told = msgspec.structs.asdict(msgspec.structs.replace(given, auth=None, idempotency_key=None))
        # the same wish, in whatever language it is answered
        wish = {name: value for name, value in told.items() if name != "market" and value is not msgspec.UNSET}
        return self._key(text, wish)

    def key_of_all(self, given: Input) -> Key | None:
        """The header's idempotency key for the call as a whole, where the function has none of its own."""
        header = self._header_key()
        return None if header is None else self._key(header, msgspec.structs.replace(given, auth=None))

    def noted(self, done: Done) -> Done:
        """What the engine answered, noted where that was a repeat."""
        self.replayed = self.replayed or done.replayed
        return done

    def _key(self, text: str, request: Input | dict[str, Any]) -> Key:
        scope = "\0".join((self.function, self.caller.customer or "", text))
        return Key(hashlib.sha256(scope.encode()).digest(), hashlib.sha256(encode(request)).digest())

    def _header_key(self) -> str | None:
        if self.header_key is not None and len(self.header_key) > KEY_LENGTH_MAX:
            message = f"The header Idempotency-Key is longer than {KEY_LENGTH_MAX} characters."
            raise InvalidInput([Problem("Idempotency-Key", "too_long", message, "a shorter text")])
        return self.header_key or None


class Function(msgspec.Struct, frozen=True):
    """One function of the API."""

    name: str
    kind: Literal["read", "write"]
    callers: tuple[CallerKind, ...]
    input: Any
    """The type it takes."""
    output: Any
    """The type it gives."""
    handle: Callable[[Call, Any], Awaitable[Any]]
    summary: str
    by_get: bool = False
    """Whether a write may be called by GET, too: the contract's wish where pages only send beacons."""
    raw: bool = False
    """Whether faults of single items are its answer: what is pushed is split, not read, before it is called."""
    tell: Callable[[Call, Any], Awaitable[str | None]] | None = None
    """What changes whenever its answer may, told without making the answer; None: that only the answer tells. Where it
    is there, answers by GET have a tag."""
    push: bool = False
    """Whether it takes what the shop knows: orders, customers, events."""
    feed: bool = False
    """Whether it gives what marketing tools fetch."""

    @property
    def takes_get(self) -> bool:
        """Whether it may be called by GET."""
        return self.kind == "read" or self.by_get

    def admit(self, caller: Caller) -> None:
        """Let the caller pass; raises InvalidToken, TokenKindNotAllowed or KeyScopeNotAllowed."""
        if caller.kind not in self.callers:
            if caller.kind == "anonymous":
                raise InvalidToken("none given")
            raise TokenKindNotAllowed(allowed=list(self.callers))
        if caller.scope != "shop" and caller.scope != self.scope:
            raise KeyScopeNotAllowed

    @property
    def scope(self) -> Scope:
        """The least scope of a key that may call it."""
        if self.feed:
            return "feed"
        if self.kind == "read":
            return "read"
        return "push" if self.push else "shop"
