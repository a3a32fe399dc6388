# Rolling expiration (S7.1, S7.3), and what the last day means (S1.2, S1.3).

story Points lapse twelve months after they became available
rules S7.1, S1.3, S3.3
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 300.00
expires anna 300 on 2026-01-10
2025-06-01 redeem anna 200 -> CODE1
2026-01-10 23:59
balance anna available 100 expired 0
2026-01-11
balance anna available 0 earned 300 redeemed 200 expired 100
history anna joined, earned_from_order +300, redeemed_towards_order -200, points_expired -100 at 2026-01-11

story Points that lapse together are told together
rules S7.3
programme
  lapse after 1 month to the end of the month
2025-01-10 order anna A1 100.00
2025-01-20 order anna A2 50.00
2025-02-10 order anna A3 30.00
expires anna 150 on 2025-02-28, 30 on 2025-03-31

story Only available points are said to lapse
rules S7.3
programme
  pending 14 days
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
order anna A2 50.00 completed
expires anna 50 on 2026-01-10
2025-01-24 12:00
expires anna 50 on 2026-01-10, 100 on 2026-01-24

story The term may count from the purchase
rules S7.1
programme
  pending 14 days
  lapse after 12 months from earning
2025-01-10 12:00 order anna A1 100.00
2025-01-24 12:00
expires anna 100 on 2026-01-10

story The term counts from the day on which a completed order's points matured
rules S7.1, S4.5
programme
  pending 14 days
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-01-12 12:00 complete anna A1
lots anna 100 until 2026-01-12

story All points lapse, whoever gave them
rules S7.1, S6.4
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
staff give anna 50 "birthday"
staff spend anna 10
staff unspend anna 30
2025-02-11
balance anna available 0 expired 170 earned 170 redeemed 0

story Another term is for points earned from then on
rules S7.4, S7.1
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-02-01 programme
  lapse after 1 month
2025-02-10 12:00 order anna A2 50.00
expires anna 50 on 2025-03-10, 100 on 2026-01-10

story For points from before there was a term the clock starts when it is switched on
rules S7.4
2025-01-10 12:00 order anna A1 100.00
2025-02-01 programme
  lapse after 1 month
2025-02-10 12:00 order anna A2 50.00
expires anna 100 on 2025-02-28, 50 on 2025-03-10
2025-03-01
balance anna available 50 expired 100

story The last day is whole, though the clock is put back on it
rules S1.2, S1.3
programme
  lapse after 1 month
2025-09-26 12:00 order anna A1 100.00
expires anna 100 on 2025-10-26
2025-10-26 23:59
balance anna available 100
2025-10-27
balance anna expired 100

story The last day is whole, though the clock is put forward on it
rules S1.2, S1.3
programme
  lapse after 1 month
2025-02-28 12:00 order anna A1 100.00
2025-03-02 12:00 order anna A2 50.00 placed 2025-03-02
2025-03-28 23:59
balance anna available 150
2025-03-29
balance anna available 50
2025-04-02 23:59
balance anna available 50
2025-04-03
balance anna expired 150

story A dropped award that comes back was given an end by the version that switched rolling expiration on
rules S7.4, S4.6
programme
  trigger visit
  pending until the event visit, dropped after 1 month
2023-10-28 order xena X2 100.00
2023-11-30 programme
  lapse after 1 year
2023-12-05 12:00 complete xena X2
expires xena 100 on 2024-12-05

story Points that are dropped together start no clock for what comes later
rules S7.2, S4.6
programme
  trigger visit
  candle earns 9
  pending until the event visit, dropped after 1 month
  part expiration {"global":{"mode":"inactivity","term":"10 days","keeps":["redemption"]}}
2025-01-10 order anna A1 of candle 30.00
2025-02-10 balance anna available 0 pending 0 earned 0
2025-02-15 staff give anna 10
2025-02-25 balance anna available 10
2025-02-26 balance anna available 0 expired 10

story What a version brings to whoever is idle lapses a term after it took effect
rules S7.2, S9.3
programme
  switched off
  members opt in
  everything lapses 2 months after the last redemption
2027-07-01 12:00 bert joins
subscription bert S2 ended since 2028-01-18 cycle 1
2030-01-19 programme
  tier Friend
  tier Silver from 100.00 spend
  everything lapses 2 months after the last redemption
  milestone step at 1 cycles gives 15 points
2030-01-22 23:59
balance bert available 15
2030-03-18 23:59
balance bert available 15
2030-03-19
balance bert available 0 expired 15

story What an order's completion matures has a moment since then, also where the order grows by what was told for an earlier instant
rules S7.2
programme
  pending until completed
2024-11-17 order anna A1 100.00
2025-03-01 programme
  pending until completed
  everything lapses 45 days after the last activity
2025-10-02 order anna A1 120.00 completed updated 2025-10-01
2025-11-16 12:00
balance anna available 120 expired 0
2025-11-17
balance anna available 0 expired 120
