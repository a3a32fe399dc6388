# What a version does to what members have already, where it says so (S7.4, S8.8).

story A version that says so ends points when new ones would end
rules S7.4
programme
  lapse after 24 months
2025-01-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 12 months
  existing points are shortened
expires anna 100 on 2026-01-10
2026-01-10 23:59
balance anna available 100
2026-01-11
balance anna available 0 expired 100

story A version that says so brings the common moment forward, also where it leaves the policy as it is
rules S7.4
programme
  everything lapses after 03-31 each year
2024-11-24 order anna A1 100.00
2024-11-25 programme
  everything lapses 2 months after the last award
2024-11-28 programme
  everything lapses 2 months after the last award
  existing points are shortened, not before 0 days
2025-01-27 23:59
balance anna available 100
2025-01-28
balance anna available 0 expired 100

story Shortened points live on for the notice
rules S7.4
programme
  lapse after 24 months
2024-01-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 12 months
  existing points are shortened
expires anna 100 on 2025-03-30

story The notice can be longer or nothing at all
rules S7.4
programme
  lapse after 24 months
2024-01-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 12 months
  existing points are shortened, not before 2 months
expires anna 100 on 2025-04-30
2025-03-02 programme
  lapse after 6 months
  existing points are shortened, not before 0 days
balance anna available 0 expired 100

story Points that never end get an end from when they became available
rules S7.4
2024-05-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 12 months
  existing points are shortened
expires anna 100 on 2025-05-10

story Shortening makes no life longer
rules S7.4
programme
  lapse after 1 month
2025-02-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 12 months
  existing points are shortened
expires anna 100 on 2025-03-10

story Saying it again changes nothing
rules S7.4
programme
  lapse after 24 months
2024-01-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 12 months
  existing points are shortened
2025-03-20 programme
  lapse after 12 months
  existing points are shortened
expires anna 100 on 2025-03-30
history anna joined, earned_from_order +100, points_redated at 2025-03-01

story Pending points are shortened too, and live from when they mature
rules S7.4, S4.6
programme
  pending 14 days
  lapse after 24 months
2025-02-25 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 1 month
  existing points are shortened, not before 0 days
lots anna 100 from 2025-03-11 until 2025-04-11

story Points that waited are shortened also when their order is completed
rules S7.4, S4.5
programme
  pending 14 days
  lapse after 24 months
2025-02-25 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 1 month
  existing points are shortened, not before 0 days
2025-03-05 12:00 complete anna A1
expires anna 100 on 2025-04-05

story Points that waited for an event are shortened when it comes
rules S7.4, S4.6
programme
  pending until completed, dropped after 60 days
2025-02-25 12:00 order anna A1 100.00
order ben B1 100.00
redeem ben 10
refused not_enough_points missing 10
2025-03-01 programme
  lapse after 1 month
  existing points are shortened
2025-03-05 12:00 complete anna A1
expires anna 100 on 2025-04-05
2025-03-28 programme
  lapse after 2 years
2025-04-01 12:00 complete ben B1
expires ben 100 on 2025-05-01

story Points that are dropped unless their event comes have no end to shorten until then
rules S7.4, S4.6, S5.1
programme
  pending until completed, dropped after 60 days
2025-02-25 12:00 order anna A1 100.00
2025-03-01 programme
  pending 100 days
  lapse after 6 months
  existing points are shortened, not before 0 days
2025-03-02 12:00 order anna A2 50.00
staff spend anna 60 "those that end first"
complete anna A1
expires anna 90 on 2025-09-02
balance anna pending 0

story Points of an event that waited for another are shortened when that comes
rules S7.4, S4.6
programme
  review on reviewed earns 20, pending until approved
  trigger approved
  lapse after 24 months
2025-01-10 12:00 customer anna
event anna reviewed
2025-03-01 programme
  review on reviewed earns 20, pending until approved
  trigger approved
  lapse after 6 months
  existing points are shortened, not before 0 days
2025-03-10 12:00 event anna approved
expires anna 20 on 2025-09-10

story What is given back later was shortened too
rules S7.4, S5.5
programme
  lapse after 24 months
2025-01-10 12:00 order anna A1 100.00
redeem anna 100 -> CODE1
2025-03-01 programme
  lapse after 3 months
  existing points are shortened
2025-03-10 unredeem anna CODE1
expires anna 100 on 2025-04-10

story What comes back after its shortened end has the grace of other points
rules S7.4, S5.5
programme
  lapse after 24 months
2025-01-10 12:00 order anna A1 100.00
redeem anna 100 -> CODE1
2025-03-01 programme
  lapse after 3 months
  returned points live 7 days
  existing points are shortened
2025-05-10 12:00 unredeem anna CODE1
expires anna 100 on 2025-05-17

story A cancelled refund does not bring the longer life back
rules S7.4, S4.3
programme
  lapse after 24 months
2025-01-10 12:00 order anna A1 100.00
refund anna A1 to 0.00
2025-03-01 programme
  lapse after 3 months
  existing points are shortened
2025-03-10 12:00 order anna A1 100.00
expires anna 100 on 2025-04-10

story A dropped award that comes back with its event was shortened too
rules S7.4, S4.6
programme
  pending until completed, dropped after 1 month
  lapse after 24 months
2025-01-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 3 months
  existing points are shortened
2025-03-10 12:00 complete anna A1
expires anna 100 on 2025-06-10

story Points of an order told later are not existing points
rules S7.4, S4.4
programme
  lapse after 24 months
2025-01-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 3 months
  existing points are shortened
2025-03-10 12:00 order anna A2 50.00 placed 2025-02-01 12:00 updated 2025-02-01 12:00
expires anna 100 on 2025-04-10, 50 on 2027-02-01

story Who is taken over brings points that were shortened
rules S7.4, S11.2
programme
  lapse after 24 months
2025-01-10 12:00 order anna A1 100.00
order ben B1 50.00 matures 2025-06-01
order ben B2 70.00
redeem ben 70 -> CODE1
2025-03-01 programme
  lapse after 3 months
  existing points are shortened
2025-03-05 merge anna with ben
unredeem anna CODE1
complete anna B1
expires anna 170 on 2025-04-10, 50 on 2025-06-05

story The common moment comes nearer where the version says so
rules S7.4, S7.2
programme
  everything lapses after 12-31 each year
2025-01-10 order anna A1 100.00
2025-03-01 programme
  everything lapses after 09-30 each year
2025-10-01
balance anna available 100
2025-11-01 programme
  everything lapses after 12-15 each year
  existing points are shortened
2025-12-15 23:59
balance anna available 100
2025-12-16
balance anna available 0 expired 100

story The common moment comes no nearer than the notice
rules S7.4, S7.2
programme
  everything lapses after 12-31 each year
2025-01-10 order anna A1 100.00
2025-03-01 programme
  everything lapses after 03-15 each year
  existing points are shortened
2025-03-30 23:59
balance anna available 100
2025-03-31
balance anna available 0 expired 100

story Who falls short of the new ladder falls at once where the version says so
rules S8.8
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 50 points
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
order bert B1 600.00
2025-03-01 programme
  tiers count the calendar year
  tier Friend
  tier Silver from 50 points
  tier Gold from 500 points
  who falls short is lowered
tier anna Silver until 2026-12-31
tier bert Gold until 2026-12-31
history anna last tier_expired at 2025-03-01

story Who meets what keeping the tier asks is not lowered
rules S8.8, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
2025-03-01 programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points, kept with 80 points
  who falls short is lowered
tier anna Gold until 2026-12-31

story A common moment that the new policy puts off is not brought back by shortening
rules S7.4, S7.2
programme
  everything lapses 2 months after the last activity
2025-01-10 12:00 order anna A1 100.00
2025-01-20 12:00 programme
  everything lapses 3 months after the last activity
  existing points are shortened
2025-04-20 23:59
balance anna available 100
2025-04-21
balance anna available 0 expired 100

story A version that lowers at the first moment of a year judges the year that ends there
rules S8.8, S8.4
programme
  tiers count the calendar year
  tiers last 24 months
  tier Friend
  tier Silver from 100 points
2024-03-10 order anna A1 100.00
order ben B1 50.00
2025-01-01 programme
  who falls short is lowered
  tiers count the calendar year
  tiers last 24 months
  tier Friend
  tier Silver from 80 points
tier anna Silver
tier ben Friend

story A tier that a version took away is not pinned by a late order of the version before
rules S4.4, S8.8, S7.1
programme
  tiers count for life
  tier Silver from 100 spend, points lapse after 4 months
2025-01-10 order kim K1 100.00
2025-02-10 programme
  tiers count for life
  tier Gold from 900 spend
2025-02-11 order kim K2 50.00 placed 2025-01-20
tier kim none
lots kim 100 forever, 50 forever

story A tier that a version took away is not there again by itself when another brings it back
rules S8.8, S8.3
programme
  tiers count the calendar year
  tiers last forever
  tier Friend
  tier Silver from 100 spend
2025-01-10 order kim K1 100.00
order leo L1 100.00
tier kim Silver forever
2025-02-10 programme
  tiers count the calendar year
  tiers last forever
  tier Friend
  tier Gold from 900 spend
tier kim Friend
history kim joined, earned_from_order +100, tier_acquired, tier_expired
cancel leo L1
2025-03-10 programme
  tiers count the calendar year
  tiers last 12 months
  tier Friend
  tier Silver from 100 spend
tier kim Silver until 2026-03-09 then Friend
tier leo Friend

story Who takes part no more is lowered by a version that says so
rules S8.8, S11.4
programme
  tiers count for life
  tier Friend
  tier Gold from 100 points
2025-01-10 12:00 order anna A1 100.00
anna leaves
2025-02-10 programme
  who falls short is lowered
  tiers count for life
  tier Friend
  tier Gold from 500 points
tier anna Friend

story Points that waited as rolling expiration was switched on have no end, also where their order says later that they came before
rules S7.4, S4.6
programme
  pending 5 days
2025-01-10 12:00 order anna A1 30.00
2025-01-12 12:00 programme
  lapse after 12 months
2025-01-13 12:00 order anna A1 400.00 matures 2025-01-02
lots anna 400 forever

story Points that were dropped live their own term when they come back, also where rolling expiration was switched on since
rules S7.4, S4.6
programme
  pending until completed, dropped after 1 month
  order points lapse after 2 months
2025-01-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 1 month from earning
2025-06-10 12:00 complete anna A1
lots anna 100 until 2025-08-10

story What rolling expiration found dropped keeps its end from the switch when it comes back, also where its order is dated anew
rules S7.4, S4.6
programme
  pending 5 days after completion, dropped after 20 days
2025-01-10 12:00 order anna A1 100.00
2025-03-01 programme
  lapse after 2 months
2025-06-10 12:00 complete anna A1
lots anna 100 from 2025-06-15 until 2025-08-15
2025-06-11 12:00 order anna A1 100.00 matures 2025-06-11
lots anna 100 until 2025-08-10

story What was dropped has no end until it comes back, also where rolling expiration was switched on since
rules S5.5, S7.4, S4.6
programme
  no debt
  pending until completed, dropped after 1 month
  staff points lapse after 2 years
2025-01-10 12:00 order anna A1 100.00
2025-01-10 13:00 staff give anna 50
2025-01-10 14:00 staff spend anna 120 "Till"
balance anna available 0 pending 30 redeemed 120 earned 150
2025-02-11
balance anna available 0 pending 0 redeemed 120 earned 120
2025-03-01 programme
  lapse after 2 months
2025-03-02 staff unspend anna 60
balance anna available 0 redeemed 60 earned 60

story What is told late lives as in the tier that the member has now, which the present version tells
rules S7.1, S8.7, S4.10
2025-01-10 programme
  trigger visit
  trigger delivered
  part sources [{"slug":"parcel","title":"Parcel","kind":"trigger","points":90,"trigger":"delivered"}]
  tiers count for life
  tier Silver from 2 orders
  tier Gold from the event visit, points lapse after 4 months
2025-01-10 12:00 customer anna tagged vip
event anna visit
staff tier anna Silver until 2025-12-31 locked
2025-02-01 programme
  trigger visit
  trigger delivered
  part tiers {"window":{"kind":"lifetime"},"steps":[{"slug":"gold","name":"Gold","requires":{"points":400}}]}
2025-02-10 tier anna Gold
event anna delivered on 2025-01-20 12:00
lots anna 90 until 2025-05-20
