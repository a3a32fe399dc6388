"""Made from the catalogue by `python -m tests.written.client`: every type that callers build or get, by its name."""

from leal.api.balance_shapes import (
    AvailableReward1,
    CustomerBalanceResult3,
    CustomerRollingPointExpiration3,
    Offer1,
    PointValueBucket2,
    RedemptionConfiguration2,
    RedemptionLimitInfo1,
    Source2,
    TierExpirationStatus3,
    TierFeature1,
    TierFeatureValue1,
    TierRequirements3,
    TierStatus3,
)
from leal.api.customers import Customer2
from leal.api.details import CustomerDetails2, EditResult1, FieldResult1
from leal.api.disclosure import ExportResult1
from leal.api.explaining import (
    ExplainBalanceResult1,
    ExplainedAsk1,
    ExplainedBucket1,
    ExplainedEntry1,
    ExplainedLimit1,
    ExplainedLot1,
    ExplainedRequirement1,
    ExplainedSum1,
    ExplainedTier1,
    ExplainedWorth1,
)
from leal.api.forecasts import Expiration1, ExpirationScheduleResult1, ForecastChange1, ForecastResult1
from leal.api.gifts import GiftResult
from leal.api.history import Change2, HistoryResult2
from leal.api.holds import CaptureResult, Hold1, HoldResult, HoldsResult, ReleaseResult
from leal.api.merging import MergeResult1, MergeSide1
from leal.api.order_details import Cart2, OrderAward1, OrderDetailsResult1, OrderLineDetails1
from leal.api.order_explanation import (
    ExplainedAward1,
    ExplainedFactor1,
    ExplainedLine1,
    ExplainedRate1,
    ExplainOrderResult1,
    Ratio1,
)
from leal.api.orders import Order2, OrderItem2, OrderProduct2
from leal.api.oversight import Act1, Approval1, Approvals1, Audit1
from leal.api.plans import PlannedField1, PlannedFigures1, PlannedLots1, PlannedMove1, PlannedPoints1, PlanResult1
from leal.api.products import (
    Collection2,
    CollectionsResult1,
    ListedCollection1,
    ListedProduct1,
    Named2,
    Product2,
    ProductsResult1,
    ProductVariant2,
)
from leal.api.programmes import ApplyResult1, ClockResult1, ShowResult1
from leal.api.redemption import RedeemResult, UnredeemResult
from leal.api.shapes import CustomerIdentity1, Done1, ItemFault1, MarketInput1, PushResult1, RejectedItem1
from leal.api.staff import AdjustmentInput3
from leal.api.status import StatusResult1, StatusUser1
from leal.scalars import Flake, Instant, Money

__all__ = [
    "Act1",
    "AdjustmentInput3",
    "ApplyResult1",
    "Approval1",
    "Approvals1",
    "Audit1",
    "AvailableReward1",
    "CaptureResult",
    "Cart2",
    "Change2",
    "ClockResult1",
    "Collection2",
    "CollectionsResult1",
    "Customer2",
    "CustomerBalanceResult3",
    "CustomerDetails2",
    "CustomerIdentity1",
    "CustomerRollingPointExpiration3",
    "Done1",
    "EditResult1",
    "Expiration1",
    "ExpirationScheduleResult1",
    "ExplainBalanceResult1",
    "ExplainOrderResult1",
    "ExplainedAsk1",
    "ExplainedAward1",
    "ExplainedBucket1",
    "ExplainedEntry1",
    "ExplainedFactor1",
    "ExplainedLimit1",
    "ExplainedLine1",
    "ExplainedLot1",
    "ExplainedRate1",
    "ExplainedRequirement1",
    "ExplainedSum1",
    "ExplainedTier1",
    "ExplainedWorth1",
    "ExportResult1",
    "FieldResult1",
    "Flake",
    "ForecastChange1",
    "ForecastResult1",
    "GiftResult",
    "HistoryResult2",
    "Hold1",
    "HoldResult",
    "HoldsResult",
    "Instant",
    "ItemFault1",
    "ListedCollection1",
    "ListedProduct1",
    "MarketInput1",
    "MergeResult1",
    "MergeSide1",
    "Money",
    "Named2",
    "Offer1",
    "Order2",
    "OrderAward1",
    "OrderDetailsResult1",
    "OrderItem2",
    "OrderLineDetails1",
    "OrderProduct2",
    "PlanResult1",
    "PlannedField1",
    "PlannedFigures1",
    "PlannedLots1",
    "PlannedMove1",
    "PlannedPoints1",
    "PointValueBucket2",
    "Product2",
    "ProductVariant2",
    "ProductsResult1",
    "PushResult1",
    "Ratio1",
    "RedeemResult",
    "RedemptionConfiguration2",
    "RedemptionLimitInfo1",
    "RejectedItem1",
    "ReleaseResult",
    "ShowResult1",
    "Source2",
    "StatusResult1",
    "StatusUser1",
    "TierExpirationStatus3",
    "TierFeature1",
    "TierFeatureValue1",
    "TierRequirements3",
    "TierStatus3",
    "UnredeemResult",
]
