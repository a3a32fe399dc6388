"""The names of the contract: every function and type of it, and their fields, as the hosted API documents them.

Names are all that stands here; how each of them fares in Leal is worked out by `conformance.py`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

PER_CUSTOMER: Final = "customer"


class Call(NamedTuple):
    """A function of the contract: the fields it takes, and those it gives, or the type that it gives."""

    takes: str
    gives: str


FUNCTIONS: Final[dict[str, dict[str, Call]]] = {
    "Loyalty API": {
        "CustomerBalance3": Call(
            "customer include_unused_rewards include_full_program include_referrals market", "CustomerBalanceResult3"
        ),
        "LoggedOutBalance1": Call(
            "include_unused_rewards include_full_program include_referrals market", "CustomerBalanceResult3"
        ),
        "ListOffers1": Call("customer include_unavailable market", "offers"),
        "RedeemOffer1": Call(
            "customer offer_id destination extras", "success message offer_title pts_spent coupon_code"
        ),
        "RedeemPoints1": Call("customer pts no_coupon cart_subtotal", "code pts amount change_bhid"),
        "Unredeem1": Call("customer change_bhid", "success pts"),
        "UseAchievementDiscount1": Call("customer", ""),
        "CustomerHistory2": Call("customer only_unused only_points market", "changes"),
        "CustomerDetails1": Call("customer", "Customer2"),
        "UpdateCustomerDetails1": Call("customer first_name last_name phone", ""),
        "Refer2": Call("customer channel destination sender", "referral message share_action"),
        "CustomerReferrals2": Call("customer deanonymize", "referrals referral_stats"),
        "EstimateAccrual1": Call("customer order", "pts pts_from_rewards lines assets accrual_debug_info"),
        "QueryOrderDetails1": Call("order_id", "pts pts_from_rewards lines assets accrual_debug_info"),
        "Status2": Call("", "StatusResult1"),
    },
    "Loyalty Admin API": {
        "AdjustCustomerState3": Call("customer adjustments", "ok"),
        "MergeCustomers1": Call("customers description private_note", "ok"),
        "ExportCustomerData1": Call("customer", ""),
    },
    "Order API": {
        "UpdateOrders4": Call("orders debug", "ok"),
        "UpdateCustomers3": Call("customers debug", "ok"),
        "UpdateProducts3": Call("collections products replace_collections replace_products debug", "ok"),
        "ListCollections1": Call("format", ""),
        "ListProducts1": Call("format", ""),
    },
    "Triggers API": {
        "RecordCustomTrigger1": Call("customer trigger", "ok"),
    },
    "Analytics API": {
        "ListHistory1": Call("topics format start_time end_time limit live indent", ""),
        "ListCustomers3": Call("fields format limit", ""),
        "ListOrders2": Call("format after_id before_id chrono limit", ""),
        "ListDocuments3": Call("", ""),
        "ComputeAnalytics1": Call("", ""),
    },
    "Hooks": {
        "Hello1": Call("", ""),
        "CreateDiscount4": Call("", ""),
        "DeliverCustomReward1": Call("", ""),
        "NoteCustomerUpdates1": Call("", ""),
        "SendEvent1": Call("", ""),
    },
}
"""By group; a hook is a call of the shop's, so only its name counts."""

TYPES: Final[dict[str, str]] = {
    "CustomerBalanceResult3": """
        pts_available pts_available_value pts_pending pts_pending_value pts_earned pts_redeemed pts_expired total_spend
        upgrade_spend loyalty_anniversary_day pts_global_expiration pts_next_rolling_expiration redemption cur_tier
        next_tier subscription_status redemption_limit global_redemption_limit unused_rewards sources offers tiers
        milestones tier_features referral_stats membership program_enabled assets
    """,
    "RedemptionLimitInfo1": "total remaining period",
    "RedemptionConfiguration2": "pt_value min max step buckets point_value_buckets",
    "PointValueBucket2": "threshold value",
    "CustomerRollingPointExpiration3": "time day amount",
    "TierStatus3": "name expiration reqs features redemption_limit",
    "TierExpirationStatus3": "deadline downgraded_tier_name keep_reqs keep_extended_deadline",
    "TierRequirements3": """
        threshold_pts threshold_spend threshold_events extra_pts extra_spend extra_events extra_desc progress
    """,
    "TierFeature1": "bhid title",
    "TierFeatureValue1": "bhid title value",
    "MilestoneStatus3": "bhid slugs name cycle",
    "CustomerSubscriptionStatus3": "active cycle cur_milestone next_milestone",
    "AvailableReward1": "type desc reward_desc code since pts amount",
    "Source2": "bhid slugs title can_complete is_completed",
    "Offer1": "id type title desc points available section product variant image_url visibility availability",
    "ProductPublic2": "bhid id slug sku title image_url inactive deleted localizations",
    "ProductVariantPublic2": "bhid id title sku deleted localizations",
    "CouponRedeemable1": "",
    "RedeemDestination1": "",
    "Change2": """
        id area type desc customer_bhid customer_shopid customer_email order_shopid order_short hidden pts_delta amount
        discount_code
    """,
    "CustomerIdentity1": "bhid shopid email",
    "Customer2": """
        id email phone first_name last_name full_name extras bh_id alt_emails anniversary birthday
        email_marketing_consent email_marketing_consent_change_time email_verified optin order_count
        personal_referral_code signed_up_at tags total_spent deleted
    """,
    "Referral2": """
        referral_bhid acceptance_bhid channel destination status link sent_at accepted_at reward_pts reward_pts_value
        reward_amount coupon_code
    """,
    "CustomerReferralStats3": "sent approved rejected earned_pts",
    "ReferralShareAction1": "",
    "ReferralCoupon1": "text url title source_label used",
    "OrderLineDetails1": """
        id bhid subtotal_amount accrual_amount accrual_pts_approx multiplier line_discounts extra_discounts
    """,
    "OrderAssetDetails1": "asset ownership pts_earned",
    "Asset2": "bhid apiname slugs title description is_completed is_rewarded",
    "StatusResult1": "now logged_in user shop_slug membership program_enabled",
    "AdjustmentInput3": "description private_note action points change_id mark subject_id subject_slug",
    "Order2": """
        id order_time update_time status customer items discount_codes amount_full amount_spent amount_taxes
        amount_shipping store_location deleted
    """,
    "OrderItem2": "id product quantity amount_full amount_spent",
    "Product2": """
        id slug sku title description inactive tags created_at updated_at collections collection_ids variants
        some_image_url deleted
    """,
    "ProductVariant2": "id title description sku price price_known in_stock deleted",
    "Collection2": "id slug title product_ids products some_image_url deleted",
    "MarketInput1": "locale currency country key",
}
"""The fields of each type; of a type without any only the name is documented."""
