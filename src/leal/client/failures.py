"""What a call fails with, as the client tells it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from leal.api.failures import ErrorReason1
from leal.api.shapes import ItemFault1


class CallFailed(Exception):
    """A call that failed. `id` is for machines (docs/errors.md); `status` is 0 where nothing was answered."""

    def __init__(
        self,
        id_: str,
        message: str,
        status: int = 0,
        *,
        request_id: str = "",
        errors: Sequence[ItemFault1] = (),
        reasons: Sequence[ErrorReason1] = (),
    ) -> None:
        self.id = id_
        self.message = message
        self.status = status
        self.request_id = request_id
        """What to tell the operator."""
        self.errors = list(errors)
        """Every fault of the input."""
        self.reasons = list(reasons)
        """Every rule of the programme that stands against it."""
        super().__init__(f"{id_}: {message}")


class InvalidCall(CallFailed):
    """The call itself is at fault; `errors` lists every fault (400, 405, 413, 415, 431)."""


class TokenRefused(CallFailed):
    """The token does not prove who calls (401)."""


class NotAllowedToCall(CallFailed):
    """The caller may not do this (403)."""


class NotKnown(CallFailed):
    """No such shop, function, customer or change (404)."""


class CallRefused(CallFailed):
    """The rules, or what was done before, stand against it; `reasons` lists why (422)."""


class TooManyCalls(CallFailed):
    """Too many calls in a short time, and still after the repeats (429)."""


class ServerFailed(CallFailed):
    """The server has a fault or cannot answer now, and still after the repeats (408, 5xx)."""


class Unreachable(CallFailed):
    """Nothing was answered, also not to the repeats; whether a write was done is not known."""


_BY_STATUS = {401: TokenRefused, 403: NotAllowedToCall, 404: NotKnown, 422: CallRefused, 429: TooManyCalls}


class _Told(msgspec.Struct):
    """What the client looks at of a failure's answer; any of it may be missing where something else answered."""

    id: str = "unexpected_answer"
    message: str = ""
    request_id: str = ""
    errors: list[ItemFault1] = []
    reasons: list[ErrorReason1] = []


def failure_of(status: int, body: bytes) -> CallFailed:
    """The failure that an answer tells of."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = _Told(message=f"The answer has the status {status} and is not Leal's.")
    otherwise = ServerFailed if status >= 500 or status == 408 else InvalidCall
    kind: type[CallFailed] = _BY_STATUS.get(status, otherwise)
    return kind(told.id, told.message, status, request_id=told.request_id, errors=told.errors, reasons=told.reasons)
