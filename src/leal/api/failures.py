"""Failures as HTTP tells them: the status and the body of every error."""

from __future__ import annotations

from typing import Final

import msgspec

from leal.api.http import Answer
from leal.api.push import fault_shape
from leal.api.shapes import ItemFault1, Shape, encode
from leal.errors import Conflict, InvalidInput, LealError, NotAllowed, NotFound, Reason, Refused, Unavailable

BY_ID: Final = {
    "invalid_token": 401,
    "body_too_large": 413,
    "method_not_allowed": 405,
    "unsupported_media_type": 415,
    "invalid_global_api_version": 400,
    "push_refused": 422,
}
BY_KIND: Final[tuple[tuple[type[LealError], int], ...]] = (
    (InvalidInput, 400),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 422),
    (Refused, 422),
    (Unavailable, 503),
)
RETRY_AFTER_SECONDS: Final = 1


class ErrorReason1(Shape):
    """One rule that denies a wish, with its figures."""

    code: str
    message: str
    figures: dict[str, int | str]


class Error1(Shape, omit_defaults=True):
    """Every failure's answer."""

    id: str
    """What went wrong, for machines."""
    message: str
    """The same for people."""
    errors: list[ItemFault1] = msgspec.field(default_factory=list)
    """Every fault of the input."""
    reasons: list[ErrorReason1] = msgspec.field(default_factory=list)
    """Every rule that denies the wish; the first gives the `id`."""
    request_id: str = ""
    """What to tell the operator, for failures that are Leal's own."""


def status_of(failure: Exception) -> int:
    """The HTTP status of a failure; what Leal does not name is 500."""
    if not isinstance(failure, LealError):
        return 500
    if failure.id in BY_ID:
        return BY_ID[failure.id]
    return next((status for kind, status in BY_KIND if isinstance(failure, kind)), 500)


def answer_of(failure: Exception, request_id: str) -> Answer:
    """The answer that tells of a failure; of what Leal does not name nothing but the request's id gets out."""
    status = status_of(failure)
    if status == 500 or not isinstance(failure, LealError):
        message = "Something went wrong inside Leal; the log tells more under this request id."
        return _answer(500, Error1(id="internal_error", message=message, request_id=request_id))
    headers: list[tuple[bytes, bytes]] = []
    error = Error1(id=failure.id, message=failure.message)
    match failure:
        case InvalidInput():
            error.errors = [fault_shape(problem) for problem in failure.problems]
        case Refused():
            error.id = failure.reasons[0].code if failure.reasons else failure.id
            error.reasons = [_reason(reason) for reason in failure.reasons]
        case Unavailable():
            # what is broken is the operator's business: the log has it
            error.message, error.request_id = Unavailable.sentence, request_id
            error.id = Unavailable.id
            headers.append((b"retry-after", str(RETRY_AFTER_SECONDS).encode()))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if "allow" in failure.data:
        headers.append((b"allow", str(failure.data["allow"]).encode()))
    return _answer(status, error, tuple(headers))


def _reason(reason: Reason) -> ErrorReason1:
    return ErrorReason1(code=reason.code, message=reason.message, figures=reason.figures)


def _answer(status: int, error: Error1, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    return Answer(status, encode(error), headers=headers)
