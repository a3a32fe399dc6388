"""Failures as HTTP tells them: the status and the body of every error, after RFC 9457."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import msgspec

from leal.api.http import JSON, REPLAYED, Answer
from leal.api.push import fault_shape
from leal.api.shapes import ItemFault1, Shape, encode
from leal.api.words import reason_sentences
from leal.errors import Conflict, InvalidInput, LealError, NotAllowed, NotFound, Refused, Unavailable
from leal.words.voice import Voice, voice

BY_ID: Final = {
    "invalid_token": 401,
    "body_too_large": 413,
    "body_too_slow": 408,
    "headers_too_large": 431,
    "method_not_allowed": 405,
    "unsupported_media_type": 415,
    "invalid_global_api_version": 400,
    "push_refused": 422,
    "resnapshot_required": 410,
    "rate_limit_exceeded": 429,
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
PROBLEM_JSON: Final = b"application/problem+json"
"""Sent to callers who say that they take it; to all others the same body is plain JSON."""
INTERNAL: Final = "internal_error"
INTERNAL_SENTENCE: Final = "Something went wrong inside Leal; the log tells more under this request id."
_TOLD_BY: Final = ("leal.api", "leal.datasource", "leal.engine", "leal.rules", "leal.errors", "leal.tokens")
"""Where failures come from that a caller of the API can meet."""


class ErrorReason1(Shape):
    """One rule that denies a wish, with its figures."""

    code: str
    message: str
    figures: dict[str, int | str]


class Error1(Shape, kw_only=True):
    """Every failure's answer; also a problem as RFC 9457 has it."""

    id: str
    """What went wrong, for machines."""
    message: str
    """The same for people."""
    type: str
    """Where this kind of failure is explained."""
    title: str
    """The kind of failure in words, always the same ones."""
    status: int
    """The HTTP status."""
    detail: str
    """As `message`."""
    instance: str
    """This one failure: a URN of the request's id."""
    request_id: str
    """What to tell the operator; also the header `X-Request-Id`."""
    errors: list[ItemFault1] | msgspec.UnsetType = msgspec.UNSET
    """Every fault of the input."""
    reasons: list[ErrorReason1] | msgspec.UnsetType = msgspec.UNSET
    """Every rule that denies the wish; the first gives the `id`."""


def status_of(failure: Exception) -> int:
    """The HTTP status of a failure; what Leal does not name is 500."""
    return 500 if not isinstance(failure, LealError) else _status(type(failure))


def _status(kind: type[LealError]) -> int:
    if kind.id in BY_ID:
        return BY_ID[kind.id]
    return next((status for base, status in BY_KIND if issubclass(kind, base)), 500)


@lru_cache(maxsize=1)
def kinds() -> list[tuple[str, int, str]]:
    """Every kind of failure that the API tells of, by status and id, in words."""
    found = {kind.id: (_status(kind), _title(kind)) for kind in _kinds(LealError)}
    known = {id_: told for id_, told in found.items() if told[0] != 500} | {INTERNAL: (500, INTERNAL_SENTENCE)}
    return sorted(((id_, *told) for id_, told in known.items()), key=lambda row: (row[1], row[0]))


def _kinds(base: type[LealError]) -> Iterator[type[LealError]]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith(_TOLD_BY):
            yield kind
        yield from _kinds(kind)


def answer_of(failure: Exception, request_id: str, accept: str | None = None, speak: Voice | None = None) -> Answer:
    """The answer that tells of a failure; of what Leal does not name nothing but the request's id gets out.

    `accept` is the caller's header of that name; `speak` says why the rules deny something, in English where it is left
    out.
    """
    status = status_of(failure)
    headers: list[tuple[bytes, bytes]] = []
    if status == 500 or not isinstance(failure, LealError):
        error = _error(INTERNAL, INTERNAL, INTERNAL_SENTENCE, INTERNAL_SENTENCE, 500, request_id)
    else:
        error = _error(failure.id, failure.id, _title(type(failure)), failure.message, status, request_id)
        _add_details(error, failure, headers, speak or voice(None, None, None))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if isinstance(failure, LealError) and failure.data.get("replayed"):
        headers.append(REPLAYED)
    kind = PROBLEM_JSON if accept is not None and PROBLEM_JSON.decode() in accept.lower() else JSON
    return Answer(status, encode(error), kind, tuple(headers))


def _title(kind: type[LealError]) -> str:
    """The words of the kind that the id belongs to: its special cases differ in their message."""
    return next(base.sentence for base in reversed(kind.__mro__) if issubclass(base, LealError) and base.id == kind.id)


def _error(id_: str, kind: str, title: str, message: str, status: int, request_id: str) -> Error1:
    return Error1(
        id=id_,
        message=message,
        type=f"/docs#error-{kind}",
        title=title,
        status=status,
        detail=message,
        instance=f"urn:leal:request:{request_id}",
        request_id=request_id,
    )


def _add_details(error: Error1, failure: LealError, headers: list[tuple[bytes, bytes]], speak: Voice) -> None:
    match failure:
        case InvalidInput():
            error.errors = [fault_shape(problem) for problem in failure.problems]
        case Refused(reasons=[first, *_]):
            sentences = reason_sentences(speak, failure)
            error.id = first.code
            error.message = error.detail = " ".join(dict.fromkeys(sentences))
            told = zip(failure.reasons, sentences, strict=True)
            error.reasons = [ErrorReason1(reason.code, sentence, reason.figures) for reason, sentence in told]
        case Refused():
            error.reasons = []
        case Unavailable():
            # what is broken is the operator's business: the log has it
            error.message = error.detail = Unavailable.sentence
            error.id, error.title, error.type = Unavailable.id, Unavailable.sentence, f"/docs#error-{Unavailable.id}"
            headers.append((b"retry-after", str(RETRY_AFTER_SECONDS).encode()))
    if "allow" in failure.data:
        headers.append((b"allow", str(failure.data["allow"]).encode()))
    if "retry_after" in failure.data:
        headers.append((b"retry-after", str(failure.data["retry_after"]).encode()))
