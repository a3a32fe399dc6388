"""Links: which function goes on from another's answer, as the OpenAPI document tells it."""

from __future__ import annotations

from typing import Any, Final

CUSTOMER: Final = {"customer": "$request.body#/customer"}
BUYER: Final = {"customer": {"shopid": "$request.body#/orders/0/customer/id"}}
KNOWN: Final = {"customer": {"shopid": "$request.body#/customers/0/id"}}

LINKS: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "UpdateOrders4": {
        "QueryOrderDetails1": {"order_id": "$request.body#/orders/0/id"},
        "ExplainOrder1": {"order_id": "$request.body#/orders/0/id"},
        "CustomerBalance3": BUYER,
        "RedeemPoints1": BUYER,
    },
    "UpdateCustomers3": {"AdjustCustomerState3": KNOWN, "CustomerDetails1": KNOWN, "UpdateCustomerDetails1": KNOWN},
    "AdjustCustomerState3": {"RedeemPoints1": CUSTOMER, "CustomerBalance3": CUSTOMER, "CustomerHistory2": CUSTOMER},
    "CustomerBalance3": {"CustomerDetails1": CUSTOMER, "ExplainBalance1": CUSTOMER, "ExpirationSchedule1": CUSTOMER},
    "RedeemPoints1": {"Unredeem1": {**CUSTOMER, "change_bhid": "$response.body#/change_bhid"}},
    "ListOffers1": {"RedeemOffer1": {**CUSTOMER, "offer_id": "$response.body#/offers/0/id"}},
    "RedeemOffer1": {"Unredeem1": {**CUSTOMER, "change_bhid": "$response.body#/change_bhid"}},
    "CustomerHistory2": {"CustomerHistory2": {**CUSTOMER, "after_id": "$response.body#/changes/0/id"}},
    "CustomerDetails1": {"ExportCustomerData1": CUSTOMER},
    "UpdateProducts3": {"ListCollections1": {}, "ListProducts1": {}},
    "ListProducts1": {"ListProducts1": {"after_id": "$response.body#/products/0/bhid"}},
    "PlanProgramme1": {"ApplyProgramme1": {"document": "$request.body#/document", "plan": "$response.body#/plan"}},
    "ApplyProgramme1": {"ShowProgramme1": {"version": "$response.body#/version"}},
    "ListApprovals1": {"DecideApproval1": {"id": "$response.body#/approvals/0/id"}},
    "ListAudit1": {"ListAudit1": {"after_id": "$response.body#/acts/0/id"}},
}
"""By the function that was called, which are called next, and with what of its request and answer."""


def links_of(function: str) -> dict[str, Any]:
    """The links of a function's answer, as OpenAPI has them."""
    shop = {"shop": "$request.path.shop"}
    return {
        then: {"operationId": then, "parameters": shop, "requestBody": given}
        for then, given in LINKS.get(function, {}).items()
    }
