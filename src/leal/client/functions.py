"""Made from the catalogue by `python -m tests.written.client`: every function of the API as a method."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from leal.api.balance_shapes import BalanceInput, CustomerBalanceResult3, LoggedOutInput
from leal.api.customers import Customer2, CustomersInput
from leal.api.details import CustomerDetails2, EditInput, EditResult1
from leal.api.disclosure import ExportResult1
from leal.api.explaining import ExplainBalanceInput, ExplainBalanceResult1
from leal.api.forecasts import ExpirationInput, ExpirationScheduleResult1, ForecastInput, ForecastResult1
from leal.api.gifts import GiftInput, GiftResult
from leal.api.history import HistoryInput, HistoryResult2
from leal.api.holds import (
    CaptureInput,
    CaptureResult,
    ExtendInput,
    HoldInput,
    HoldResult,
    HoldsInput,
    HoldsResult,
    ReleaseInput,
    ReleaseResult,
)
from leal.api.merging import MergeInput, MergeResult1
from leal.api.offer_shapes import (
    OffersInput,
    OffersResult1,
    RedeemDestination1,
    RedeemOfferInput,
    RedeemOfferResult,
    UseRewardInput,
    UseRewardResult,
)
from leal.api.order_details import Cart2, EstimateInput, OrderDetailsResult1, OrderInput
from leal.api.order_explanation import ExplainOrderInput, ExplainOrderResult1
from leal.api.orders import Order2, OrdersInput
from leal.api.oversight import Approvals1, ApprovalsInput, Audit1, AuditInput, DecideInput
from leal.api.plans import PlanResult1
from leal.api.products import Collection2, CollectionsResult1, ListInput, Product2, ProductsInput, ProductsResult1
from leal.api.programmes import ApplyInput, ApplyResult1, ClockInput, ClockResult1, PlanInput, ShowInput, ShowResult1
from leal.api.redemption import RedeemInput, RedeemResult, UnredeemInput, UnredeemResult
from leal.api.referrals import ReferInput, ReferralsInput, ReferralsResult2, ReferResult2
from leal.api.shapes import CustomerIdentity1, CustomerInput, Done1, Input, MarketInput1, PushResult1
from leal.api.staff import AdjustInput, AdjustmentInput3
from leal.api.status import StatusResult1
from leal.api.triggers import TriggerInput
from leal.client.calling import Caller, raws
from leal.scalars import Flake, Instant, Money


class Functions(Caller):
    """A method a function; each raises a CallFailed."""

    def customer_balance3(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        include_unused_rewards: bool = False,
        include_full_program: bool = False,
        include_referrals: bool = False,
        at: Instant | None = None,
        market: MarketInput1 | None = None,
    ) -> CustomerBalanceResult3:
        """A customer's points, their worth, tier and limits at this moment."""
        return self._call(
            "CustomerBalance3",
            BalanceInput(
                customer=customer,
                include_unused_rewards=include_unused_rewards,
                include_full_program=include_full_program,
                include_referrals=include_referrals,
                at=at,
                market=market,
            ),
            CustomerBalanceResult3,
        )

    def logged_out_balance1(
        self,
        *,
        include_unused_rewards: bool = False,
        include_full_program: bool = False,
        include_referrals: bool = False,
        market: MarketInput1 | None = None,
    ) -> CustomerBalanceResult3:
        """What a visitor sees who is not logged in: zeros, and the programme."""
        return self._call(
            "LoggedOutBalance1",
            LoggedOutInput(
                include_unused_rewards=include_unused_rewards,
                include_full_program=include_full_program,
                include_referrals=include_referrals,
                market=market,
            ),
            CustomerBalanceResult3,
        )

    def expiration_schedule1(
        self, *, customer: CustomerIdentity1 | None = None, market: MarketInput1 | None = None
    ) -> ExpirationScheduleResult1:
        """When a customer's points lapse, all of them."""
        return self._call(
            "ExpirationSchedule1", ExpirationInput(customer=customer, market=market), ExpirationScheduleResult1
        )

    def forecast_balance1(
        self, *, customer: CustomerIdentity1 | None = None, at: Instant, market: MarketInput1 | None = None
    ) -> ForecastResult1:
        """What a customer will have on a day to come, if nothing more happens."""
        return self._call("ForecastBalance1", ForecastInput(customer=customer, at=at, market=market), ForecastResult1)

    def explain_balance1(
        self, *, customer: CustomerIdentity1 | None = None, limit: int = 100, market: MarketInput1 | None = None
    ) -> ExplainBalanceResult1:
        """Why a balance is what it is: rules, lots and entries."""
        return self._call(
            "ExplainBalance1", ExplainBalanceInput(customer=customer, limit=limit, market=market), ExplainBalanceResult1
        )

    def customer_history2(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        only_unused: bool = False,
        only_points: bool = False,
        limit: int = 1000,
        market: MarketInput1 | None = None,
        after_id: Flake | None = None,
    ) -> HistoryResult2:
        """What happened to a customer's points and tier, newest first."""
        return self._call(
            "CustomerHistory2",
            HistoryInput(
                customer=customer,
                only_unused=only_unused,
                only_points=only_points,
                limit=limit,
                market=market,
                after_id=after_id,
            ),
            HistoryResult2,
        )

    def redeem_points1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        pts: int,
        no_coupon: bool = False,
        cart_subtotal: Money | None = None,
        idempotency_key: str | None = None,
    ) -> RedeemResult:
        """Turns points into a discount code, or takes them for a discount of the caller's."""
        return self._call(
            "RedeemPoints1",
            RedeemInput(customer=customer, market=market, pts=pts, no_coupon=no_coupon, cart_subtotal=cart_subtotal),
            RedeemResult,
            idempotency_key,
        )

    def unredeem1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        change_bhid: Flake,
        idempotency_key: str | None = None,
    ) -> UnredeemResult:
        """Gives back the points of an unused redemption."""
        return self._call(
            "Unredeem1",
            UnredeemInput(customer=customer, market=market, change_bhid=change_bhid),
            UnredeemResult,
            idempotency_key,
        )

    def hold_points1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        reference: str,
        pts: int | None = None,
        amount: Money | None = None,
        ttl_minutes: int | None = None,
        cart_subtotal: Money | None = None,
        idempotency_key: str | None = None,
    ) -> HoldResult:
        """Sets points aside for a checkout, so that nothing else spends them meanwhile."""
        return self._call(
            "HoldPoints1",
            HoldInput(
                customer=customer,
                market=market,
                reference=reference,
                pts=pts,
                amount=amount,
                ttl_minutes=ttl_minutes,
                cart_subtotal=cart_subtotal,
            ),
            HoldResult,
            idempotency_key,
        )

    def capture_hold1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        hold_bhid: Flake | None = None,
        reference: str | None = None,
        pts: int | None = None,
        idempotency_key: str | None = None,
    ) -> CaptureResult:
        """Spends points that were set aside, all or some; the others are released."""
        return self._call(
            "CaptureHold1",
            CaptureInput(customer=customer, market=market, hold_bhid=hold_bhid, reference=reference, pts=pts),
            CaptureResult,
            idempotency_key,
        )

    def extend_hold1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        hold_bhid: Flake | None = None,
        reference: str | None = None,
        ttl_minutes: int | None = None,
        idempotency_key: str | None = None,
    ) -> HoldResult:
        """Lets points stay set aside for longer."""
        return self._call(
            "ExtendHold1",
            ExtendInput(
                customer=customer, market=market, hold_bhid=hold_bhid, reference=reference, ttl_minutes=ttl_minutes
            ),
            HoldResult,
            idempotency_key,
        )

    def release_hold1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        hold_bhid: Flake | None = None,
        reference: str | None = None,
        idempotency_key: str | None = None,
    ) -> ReleaseResult:
        """Gives points back that were set aside."""
        return self._call(
            "ReleaseHold1",
            ReleaseInput(customer=customer, market=market, hold_bhid=hold_bhid, reference=reference),
            ReleaseResult,
            idempotency_key,
        )

    def customer_holds1(self, *, customer: CustomerIdentity1 | None = None) -> HoldsResult:
        """A customer's points that are set aside at this moment."""
        return self._call("CustomerHolds1", HoldsInput(customer=customer), HoldsResult)

    def gift_points1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        to: CustomerIdentity1,
        pts: int,
        message: str = "",
        idempotency_key: str | None = None,
    ) -> GiftResult:
        """Gives a customer's points to another customer."""
        return self._call(
            "GiftPoints1",
            GiftInput(customer=customer, market=market, to=to, pts=pts, message=message),
            GiftResult,
            idempotency_key,
        )

    def list_offers1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        include_unavailable: bool = False,
        market: MarketInput1 | None = None,
    ) -> OffersResult1:
        """What a customer can have for points, and what keeps them from the rest."""
        return self._call(
            "ListOffers1",
            OffersInput(customer=customer, include_unavailable=include_unavailable, market=market),
            OffersResult1,
        )

    def redeem_offer1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        offer_id: str,
        destination: RedeemDestination1 | None = None,
        extras: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> RedeemOfferResult:
        """Takes an offer for its points."""
        return self._call(
            "RedeemOffer1",
            RedeemOfferInput(
                customer=customer, market=market, offer_id=offer_id, destination=destination, extras=extras
            ),
            RedeemOfferResult,
            idempotency_key,
        )

    def use_achievement_discount1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        reward_bhid: Flake,
        idempotency_key: str | None = None,
    ) -> UseRewardResult:
        """Makes a discount code of a reward that has none yet."""
        return self._call(
            "UseAchievementDiscount1",
            UseRewardInput(customer=customer, market=market, reward_bhid=reward_bhid),
            UseRewardResult,
            idempotency_key,
        )

    def refer2(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        channel: str,
        destination: str | None = None,
        sender: str | None = None,
        idempotency_key: str | None = None,
    ) -> ReferResult2:
        """Invites a friend: gives the code that the friend's first order is known by."""
        return self._call(
            "Refer2",
            ReferInput(customer=customer, market=market, channel=channel, destination=destination, sender=sender),
            ReferResult2,
            idempotency_key,
        )

    def customer_referrals2(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        deanonymize: bool = False,
        market: MarketInput1 | None = None,
    ) -> ReferralsResult2:
        """A customer's invitations, what became of them, and their sums."""
        return self._call(
            "CustomerReferrals2",
            ReferralsInput(customer=customer, deanonymize=deanonymize, market=market),
            ReferralsResult2,
        )

    def update_orders4(
        self, *, orders: list[Order2], debug: bool = False, idempotency_key: str | None = None
    ) -> PushResult1:
        """Stores orders as they are now, each whole; pushing one again changes nothing."""
        return self._call("UpdateOrders4", OrdersInput(orders=raws(orders), debug=debug), PushResult1, idempotency_key)

    def estimate_accrual1(
        self, *, customer: CustomerIdentity1 | None = None, order: Cart2, market: MarketInput1 | None = None
    ) -> OrderDetailsResult1:
        """The points an order would give if it were pushed now."""
        return self._call(
            "EstimateAccrual1", EstimateInput(customer=customer, order=order, market=market), OrderDetailsResult1
        )

    def query_order_details1(self, *, order_id: str, market: MarketInput1 | None = None) -> OrderDetailsResult1:
        """The points an order gave, line by line."""
        return self._call("QueryOrderDetails1", OrderInput(order_id=order_id, market=market), OrderDetailsResult1)

    def explain_order1(self, *, order_id: str, market: MarketInput1 | None = None) -> ExplainOrderResult1:
        """Why an order gave what it gave, line by line."""
        return self._call("ExplainOrder1", ExplainOrderInput(order_id=order_id, market=market), ExplainOrderResult1)

    def update_customers3(
        self, *, customers: list[Customer2], debug: bool = False, idempotency_key: str | None = None
    ) -> PushResult1:
        """Stores what the shop says of its customers; pushing one again changes nothing."""
        return self._call(
            "UpdateCustomers3", CustomersInput(customers=raws(customers), debug=debug), PushResult1, idempotency_key
        )

    def update_products3(
        self,
        *,
        collections: list[Collection2] | UnsetType = UNSET,
        products: list[Product2] | UnsetType = UNSET,
        replace_collections: bool = False,
        replace_products: bool = False,
        debug: bool = False,
        idempotency_key: str | None = None,
    ) -> PushResult1:
        """Stores what the shop says of its collections and products."""
        return self._call(
            "UpdateProducts3",
            ProductsInput(
                collections=UNSET if collections is UNSET else raws(collections),
                products=UNSET if products is UNSET else raws(products),
                replace_collections=replace_collections,
                replace_products=replace_products,
                debug=debug,
            ),
            PushResult1,
            idempotency_key,
        )

    def list_collections1(self, *, limit: int = 1000, after_id: Flake | None = None) -> CollectionsResult1:
        """The shop's collections, as JSON, JSON lines or CSV."""
        return self._call("ListCollections1", ListInput(limit=limit, after_id=after_id), CollectionsResult1)

    def list_products1(self, *, limit: int = 1000, after_id: Flake | None = None) -> ProductsResult1:
        """The shop's products, as JSON, JSON lines or CSV."""
        return self._call("ListProducts1", ListInput(limit=limit, after_id=after_id), ProductsResult1)

    def customer_details1(self, *, customer: CustomerIdentity1 | None = None) -> CustomerDetails2:
        """Who a customer is: names, contact, birthday, consents, membership."""
        return self._call("CustomerDetails1", CustomerInput(customer=customer), CustomerDetails2)

    def update_customer_details1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        full_name: str | None = None,
        phone: str | None = None,
        birthday: str | None = None,
        locale: str | None = None,
        email_marketing_consent: str | None = None,
        sms_marketing_consent: str | None = None,
        membership: str | None = None,
        idempotency_key: str | None = None,
    ) -> EditResult1:
        """Takes a customer's own edits, each field by itself."""
        return self._call(
            "UpdateCustomerDetails1",
            EditInput(
                customer=customer,
                market=market,
                first_name=first_name,
                last_name=last_name,
                full_name=full_name,
                phone=phone,
                birthday=birthday,
                locale=locale,
                email_marketing_consent=email_marketing_consent,
                sms_marketing_consent=sms_marketing_consent,
                membership=membership,
            ),
            EditResult1,
            idempotency_key,
        )

    def export_customer_data1(self, *, customer: CustomerIdentity1 | None = None) -> ExportResult1:
        """Everything that is held of a customer, for a data-subject request."""
        return self._call("ExportCustomerData1", CustomerInput(customer=customer), ExportResult1)

    def merge_customers1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        customers: list[CustomerIdentity1],
        description: str = "",
        private_note: str = "",
        preview: bool = False,
        idempotency_key: str | None = None,
    ) -> MergeResult1:
        """Makes several customers the first of them; with `preview` only tells what would come of it."""
        return self._call(
            "MergeCustomers1",
            MergeInput(
                customer=customer,
                market=market,
                customers=customers,
                description=description,
                private_note=private_note,
                preview=preview,
            ),
            MergeResult1,
            idempotency_key,
        )

    def record_custom_trigger1(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        trigger: str,
        event_id: str | None = None,
        order_id: str | None = None,
        occurred_at: Instant | None = None,
        idempotency_key: str | None = None,
    ) -> Done1:
        """Tells of an event of the shop's own; without a shop token only of those that are open to it."""
        return self._call(
            "RecordCustomTrigger1",
            TriggerInput(
                customer=customer,
                market=market,
                trigger=trigger,
                event_id=event_id,
                order_id=order_id,
                occurred_at=occurred_at,
            ),
            Done1,
            idempotency_key,
        )

    def adjust_customer_state3(
        self,
        *,
        customer: CustomerIdentity1 | None = None,
        market: MarketInput1 | None = None,
        adjustments: list[AdjustmentInput3],
        idempotency_key: str | None = None,
    ) -> Done1:
        """Moves points, sets tiers and marks, gives rewards by hand, all corrections or none."""
        return self._call(
            "AdjustCustomerState3",
            AdjustInput(customer=customer, market=market, adjustments=adjustments),
            Done1,
            idempotency_key,
        )

    def status2(self) -> StatusResult1:
        """Who the token speaks for, the shop's time, and whether its programme runs."""
        return self._call("Status2", Input(), StatusResult1)

    def plan_programme1(self, *, document: str) -> PlanResult1:
        """Tells what publishing a document would change, and gives the hash that publishing it takes."""
        return self._call("PlanProgramme1", PlanInput(document=document), PlanResult1)

    def apply_programme1(
        self,
        *,
        document: str,
        plan: str | None = None,
        note: str = "",
        effective_at: Instant | None = None,
        idempotency_key: str | None = None,
    ) -> ApplyResult1:
        """Publishes a document as the next version of the shop's programme."""
        return self._call(
            "ApplyProgramme1",
            ApplyInput(document=document, plan=plan, note=note, effective_at=effective_at),
            ApplyResult1,
            idempotency_key,
        )

    def show_programme1(self, *, version: int | None = None) -> ShowResult1:
        """Shows a published version of the programme."""
        return self._call("ShowProgramme1", ShowInput(version=version), ShowResult1)

    def advance_clock1(self, *, to: Instant, idempotency_key: str | None = None) -> ClockResult1:
        """Moves a sandbox's clock forward and stores what falls due on the way."""
        return self._call("AdvanceClock1", ClockInput(to=to), ClockResult1, idempotency_key)

    def list_approvals1(self, *, waiting: bool = True, after_id: int | None = None, limit: int = 100) -> Approvals1:
        """Lists what waits for a second person's word."""
        return self._call("ListApprovals1", ApprovalsInput(waiting=waiting, after_id=after_id, limit=limit), Approvals1)

    def decide_approval1(
        self, *, id: int, decision: Literal["approve", "decline"], idempotency_key: str | None = None
    ) -> Done1:
        """Approves or declines what somebody else asked for."""
        return self._call("DecideApproval1", DecideInput(id=id, decision=decision), Done1, idempotency_key)

    def list_audit1(self, *, action: str | None = None, after_id: int | None = None, limit: int = 100) -> Audit1:
        """Lists what staff and operators did: who, what, before, after, why."""
        return self._call("ListAudit1", AuditInput(action=action, after_id=after_id, limit=limit), Audit1)
