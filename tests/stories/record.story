# The datasource's record: one member at one instant (S12.1, S12.2).

story The record says what a member has, reaches and loses
rules S12.2
programme
  lapse after 12 months to the end of the month
  tiers count for life
  tiers go by available points
  tier Member
  tier Silver from 1000 points
  tier Gold from 3000 points
  Silver gives free-delivery, early-access, no valet, birthday-gift
  Gold gives valet
2023-05-10 order anna A1 2500.00
redeem anna 2500
order anna A2 2500.00
redeem anna 2500
order anna A3 1410.00
redeem anna 1410
2024-03-10 order anna A4 450.00
2024-08-01 12:00 order anna A5 1890.00
record anna member yes, tier Silver, points_balance 2340, points_to_next_tier 660, next_tier Gold, tier_benefits free_delivery early_access birthday_gift, points_expiration_date 2025-03-31, points_expiring 450, member_since 2023-05-10, lifetime_points 8750
2025-03-31 23:59
record anna points_expiration_date 2025-03-31, points_expiring 450
2025-04-01                                 # nobody wrote anything: time did
record anna points_balance 1890, points_to_next_tier 1110, points_expiration_date 2025-08-31, points_expiring 1890, lifetime_points 8750
as of 2025-03-31 record anna points_balance 2340

story At the top there is no next tier
rules S12.2
programme
  tiers count for life
  tier Member
  tier Gold from 100 points
  Gold gives early-access
2025-01-10 order anna A1 40.00
record anna tier Member, next_tier Gold, points_to_next_tier 60, tier_benefits none
order anna A2 60.00
record anna tier Gold, next_tier none, points_to_next_tier none, tier_benefits early_access
refund anna A2 to 0.00                     # what is not lapsing has no date
record anna points_balance 40, points_expiration_date none, points_expiring 0, lifetime_points 40

story A tier by spend is no number of points away
rules S12.2
programme
  tiers count for life
  tier Gold from 500.00 spend
  tier Pearl from 100 points and 9 orders
2025-01-10 order anna A1 400.00
record anna tier none, next_tier Gold, points_to_next_tier none, tier_benefits none
order anna A2 100.00
record anna tier Gold, next_tier Pearl, points_to_next_tier 0   # points lack no more, orders do

story Without tiers the record has points alone
rules S12.2
2025-01-10 order anna A1 30.00
record anna member yes, tier none, next_tier none, points_to_next_tier none, tier_benefits none, points_balance 30, points_expiring 0

story Points of several ends on one day are one; what is pending is not told
rules S12.2
programme
  lapse after 1 month to the second
2025-01-10 09:00 order anna A1 30.00
2025-01-10 15:00 order anna A2 40.00
2025-01-11 09:00 order anna A3 5.00
record anna points_balance 75, points_expiration_date 2025-02-10, points_expiring 70
2025-02-10 12:00
record anna points_balance 45, points_expiration_date 2025-02-10, points_expiring 40
2025-02-10 16:00 programme
  pending 14 days
order anna A4 9.00
record anna points_balance 5, points_expiration_date 2025-02-11, points_expiring 5, lifetime_points 84

story Everything that lapses at one moment is told as a whole
rules S12.2
programme
  lapse after 2 months to the end of the month
  everything lapses after 06-30 each year
2025-01-10 order anna A1 30.00
2025-03-20 order anna A2 20.00
record anna points_balance 50, points_expiration_date 2025-03-31, points_expiring 30
2025-05-02 order anna A3 5.00
record anna points_balance 25, points_expiration_date 2025-05-31, points_expiring 20
2025-06-01
record anna points_balance 5, points_expiration_date 2025-06-30, points_expiring 5
2025-07-01
record anna points_balance 0, points_expiration_date none, points_expiring 0, lifetime_points 55

story Inactivity ends everything some time after the last award
rules S12.2
programme
  everything lapses 6 months after the last award
2025-01-10 12:00 order anna A1 30.00
record anna points_expiration_date 2025-07-10, points_expiring 30
2025-03-01 12:00 order anna A2 20.00
record anna points_expiration_date 2025-09-01, points_expiring 50

story Who leaves has an empty record, and who comes back the old day
rules S12.2, S11.4
2025-01-10 order anna A1 100.00
2025-01-20 anna leaves
record anna member no, tier none, points_balance 0, points_expiring 0, member_since none, lifetime_points 0
2025-03-01 anna joins
record anna member yes, points_balance 100, member_since 2025-01-10, lifetime_points 100
anna looks on
record anna member no, points_balance 0

story Where no programme runs nobody is a member
rules S12.2
2025-01-10 order anna A1 100.00
2025-02-01 programme
  switched off
record anna member no, points_balance 0, lifetime_points 0

story The erased and the merged have no record, and those who come after them have their own
rules S12.3
2025-01-10 order anna A1 100.00
order ben B1 20.00
order cleo C1 5.00
merge anna with ben
record anna points_balance 120, lifetime_points 120
record ben gone
erase cleo
record cleo gone
order cleo C2 7.00
record cleo points_balance 7, lifetime_points 7

story Beyond the eleven fields are value, ends and what keeps the tier
rules S12.1, S12.2
programme
  currency EUR
  a point is worth 0.01
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points, kept with 50 points
  tier Pearl from 500 points and 900.00 spend
  Pearl gives valet, early-access
  lapse after 12 months to the end of the month
2025-03-10 order anna A1 150.00
record anna tier_rank 2, tier_expiration_date 2026-12-31, points_to_keep_tier 50, next_tier Pearl
record anna points_to_next_tier 350, next_tier_threshold 500, spend_to_next_tier 750.00, next_tier_benefits valet early_access
record anna points_value 1.50, currency EUR, pending_points 0, points_expiring_soon no, expirations 150 on 2026-03-31
2025-04-10 order anna A2 20.00
record anna points_to_keep_tier 30, expirations 150 on 2026-03-31 + 20 on 2026-04-30
2026-02-28 23:59
record anna points_expiring_soon no
2026-03-01                                 # thirty days before
record anna points_expiring_soon yes, points_expiring 150
2026-04-01
record anna points_expiring_soon yes, points_value 0.20, expirations 20 on 2026-04-30
anna leaves
record anna member no, tier_rank none, points_value none, points_expiring_soon no, expirations none, currency EUR, pending_points 0

story The lowest tier that everybody has does not end, and asks nothing to be kept
rules S12.2
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100.00 spend
2025-03-10 order anna A1 40.00
record anna tier_rank 1, tier_expiration_date none, points_to_keep_tier none, next_tier_threshold none, spend_to_next_tier 60.00
order anna A2 60.00
record anna tier_rank 2, spend_to_next_tier none, next_tier_benefits none, points_to_keep_tier none

story A moment for everything ends the schedule; what is pending is only counted
rules S12.2, S7.3
programme
  pending 14 days
  lapse after 2 months to the end of the month
  everything lapses after 06-30 each year
2025-03-01 order anna A1 20.00
record anna points_balance 0, pending_points 20, expirations none, lifetime_points 20
2025-04-20 order anna A2 30.00
2025-05-05
record anna pending_points 0, expirations 20 on 2025-05-31 + 30 on 2025-06-30
