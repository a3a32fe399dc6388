"""What is checked of every answer beyond the checks of the generator."""

from __future__ import annotations

import re
from typing import Any, Final

from schemathesis import Case, CheckContext, Response
from schemathesis.specs.openapi.checks import negative_data_rejection

UNSAYABLE: Final = {
    "doubled_key", "bad_text", "too_deep",  # of the JSON as such
    "given_twice",  # the header and the field Idempotency-Key differ; a parameter twice
    "one_of",  # which of several fields is given
    "in_the_past",  # by the shop's clock
}  # fmt: skip
"""Codes of faults that an input may have though it is right by its schema."""
UNSAYABLE_WORDS: Final = re.compile(
    r"-?[0-9]+\.0 is (not a whole number|a number with a fraction)"  # to a schema it is whole
    r"|.* needs more than 64 bits"  # so are fields that nobody knows
    r"|An invitation by e-mail, and no other|The time is not between the years|\S+ is too far away"
    r"|The amount is less than zero|The rate is zero"  # which may be, and must not
    r'|The customer has neither|The order is in \w+, the programme|"\w+" is missing, which'  # what goes with what
    r"|The order is marked deleted, but|At this rate an amount is too large"
    r"|This is no cursor|Only what is to come"
    r'|"\w+" needs |A tier set by hand needs a reason'  # by the action of an adjustment
)
UNSAYABLE_IDS: Final = {
    "missing_customer_identity",
    "idempotency_key_missing",
    "empty_customer_identity",
    "unknown_trigger",
}
"""Which of two places has a name or a key, and who must give one, is told in words; triggers by the programme."""


def done_without(response: Response, path: str) -> list[Any]:
    """Checks that an answer needs not pass: a push takes what is right of it, and refuses item by item, with 200; what
    stands in a mail is never refused."""
    if path.startswith("/content/"):
        return [negative_data_rejection]
    told = response.status_code == 200 and "/Update" in path and response.json().get("rejected")
    return [negative_data_rejection] if told else []


def right_input_is_taken(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Input that is right by the schema is not refused as input, unless for what no schema can say."""
    if case.meta is None or case.meta.generation.mode.is_negative or response.status_code != 400:
        return None
    told = response.json()
    faults = [fault for fault in told.get("errors", []) if not _unsayable(fault)]
    assert told["id"] in UNSAYABLE_IDS or (told["errors"] and not faults), faults or told
    return None


def one_error_shape(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Whatever fails is told in the one shape, with the headers that every answer has."""
    assert response.headers.get("x-request-id")
    assert response.headers.get("x-content-type-options") == ["nosniff"]
    if response.status_code >= 400:
        check_error(response.json(), response.status_code)
    return None


def check_error(told: Any, status: int) -> None:
    """Raises AssertionError unless it is an error as each is told."""
    assert told["status"] == status
    assert told["id"]
    assert told["message"] == told["detail"]
    assert told["request_id"]
    assert all(fault["code"] and fault["message"] for fault in told.get("errors", []))


def _unsayable(fault: dict[str, Any]) -> bool:
    return fault["code"] in UNSAYABLE or UNSAYABLE_WORDS.match(fault["message"]) is not None


CHECKS: Final[Any] = [right_input_is_taken, one_error_shape]
