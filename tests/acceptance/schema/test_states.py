"""Calls that follow one another as the document links them answer as it says, and reach what only states can give."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import settings
from schemathesis import Case, Response
from schemathesis.specs.openapi.schemas import OpenApiSchema

from leal.api.links import LINKS
from tests.acceptance.schema.ground import PROGRAMME, SLUG, Ground
from tests.acceptance.schema.rules import CHECKS, done_without
from tests.acceptance.schema.test_fuzz import BOUNDED, EXAMPLES

ANN: Final = {"customer": {"shopid": "ann"}}
LINE: Final = {"product": {"id": "cd"}, "quantity": 1, "amount_full": "30", "amount_spent": "30"}
STARTS: Final[dict[str, dict[str, Any]]] = {
    "UpdateOrders4": {"orders": [{"id": "o1", "status": "confirmed", "customer": {"id": "ann"}, "items": [LINE]}]},
    "UpdateCustomers3": {"customers": [{"id": "ann"}]},
    "UpdateProducts3": {"products": [{"id": "cd", "title": "CD"}], "collections": [{"id": "new", "title": "New"}]},
    "AdjustCustomerState3": {**ANN, "adjustments": [{"action": "give_points", "points": 500}]},
    "RedeemPoints1": {**ANN, "pts": 100},
    "CustomerBalance3": ANN,
    "ListOffers1": ANN,
    "RedeemOffer1": {**ANN, "offer_id": "gift"},
    "CustomerHistory2": ANN,
    "CustomerDetails1": ANN,
    "ListProducts1": {"limit": 1},
    "PlanProgramme1": {"document": PROGRAMME.replace("points: 10,", "points: 12,")},
    "ApplyProgramme1": {"document": PROGRAMME},
    "ListApprovals1": {},
    "ListAudit1": {},
}
"""A call of each function that others go on from."""
MORE: Final[dict[str, dict[str, Any]]] = {
    "RedeemPoints1": {"pts": 100},
    "AdjustCustomerState3": {"idempotency_key": "once", "adjustments": [{"action": "give_points", "points": 1}]},
    "DecideApproval1": {"decision": "approve"},
}
"""What is no link's to tell."""
LINKED: Final = {then for links in LINKS.values() for then in links}
LINKS_REACHED: Final = 8
"""Functions that generated calls reach at least."""


# The links come first: what is generated leaves few as they were.
@pytest.mark.parametrize(("first", "then"), [(first, then) for first, links in LINKS.items() for then in links])
def test_a_link_leads_on(ground: Ground, schema: OpenApiSchema, first: str, then: str) -> None:
    """What is taken from a call and its answer, as the document says, makes a call that is answered."""
    start = called(ground, schema, first, STARTS[first] | ({"idempotency_key": f"{first} {then}"}), 0)
    assert start.status_code == 200, start.text
    told = {"request": STARTS[first], "response": start.json()}
    given = filled(LINKS[first][then], told) | MORE.get(then, {})
    # The second person decides on what the first one asked for.
    answer = called(ground, schema, then, given, 1)
    assert answer.status_code == 200, answer.text


def test_states_are_reached(ground: Ground, schema: OpenApiSchema) -> None:
    answered: Counter[tuple[str, int]] = Counter()

    class Life(schema.as_state_machine()):  # type: ignore[misc]
        def before_call(self, case: Case[Any]) -> None:
            self.headers = ground.dress(case)

        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            return {"headers": self.headers}

        def after_call(self, response: Response, case: Case[Any]) -> None:
            super().after_call(response, case)
            answered[case.operation.label.rpartition("/")[2], response.status_code] += 1

        def validate_response(self, response: Response, case: Case[Any], **more: Any) -> None:
            without = done_without(response, case.operation.label)
            case.validate_response(response, additional_checks=CHECKS, excluded_checks=without)

    Life.run(settings=settings(BOUNDED, max_examples=2 * EXAMPLES, stateful_step_count=10))
    reached = {name for name in {*LINKS, *LINKED} if answered[name, 200]}
    assert len(reached) >= LINKS_REACHED, sorted(answered)


def called(ground: Ground, schema: OpenApiSchema, name: str, body: dict[str, Any], who: int) -> Response:
    operation = schema[f"/api/v2023061/{{shop}}/{name}"]["POST"]
    case = operation.Case(path_parameters={"shop": SLUG}, body=body, media_type="application/json")
    answer = case.call(headers={"Authorization": f"Bearer {ground.tokens[who][0]}"})
    case.validate_response(answer)
    return answer


def filled(part: Any, told: dict[str, Any]) -> Any:
    """A link's values with its expressions in them evaluated."""
    if isinstance(part, dict):
        return {name: filled(value, told) for name, value in part.items()}
    source, _, pointer = part.removeprefix("$").partition(".body#/")
    value: Any = told[source]
    for step in pointer.split("/"):
        value = value[int(step) if isinstance(value, list) else step]
    return value
