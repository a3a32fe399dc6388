# A code on its way through orders (S5.7).

story A code waits while its order is unconfirmed, and is used with it
rules S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
code anna CODE1 unused worth 0.40
order anna A2 60.00 code CODE1 unconfirmed
code anna CODE1 locked
balance anna available 60
confirm anna A2
code anna CODE1 gone
balance anna available 120 redeemed 40

story A locked code cannot be undone, nor can a used one
rules S5.5, S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1 unconfirmed
unredeem anna CODE1
refused invalid_redemption_for_unredeem
confirm anna A2
unredeem anna CODE1
refused invalid_redemption_for_unredeem

story A cancelled order unlocks its code
rules S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1 unconfirmed
cancel anna A2
code anna CODE1 unused
balance anna available 60 redeemed 40

story A cancelled order gives the points of a used code back, once
rules S4.5, S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1
balance anna available 120
cancel anna A2
balance anna available 100 redeemed 0 earned 100
code anna CODE1 gone
cancel anna A2
again anna A2
delete anna A2
balance anna available 100 redeemed 0 earned 100

story A cancelled order gives the reward back where the programme says so
rules S5.7
programme
  cancelled orders give the reward back
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1
cancel anna A2
cancel anna A2
code anna CODE1 unused
balance anna available 60 redeemed 40
confirm anna A2
code anna CODE1 gone
balance anna available 120 redeemed 40

story A cancelled order that is confirmed by its status alone locks and uses its code again
rules S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1 unconfirmed
cancel anna A2
code anna CODE1 unused
confirm anna A2
code anna CODE1 gone
balance anna available 120 redeemed 40

story A reward that another order used meanwhile is not used twice
rules S5.7
programme
  cancelled orders give the reward back
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1
cancel anna A2
order anna A3 20.00 code CODE1
code anna CODE1 gone
confirm anna A2
cancel anna A2
code anna CODE1 gone
cancel anna A3
code anna CODE1 unused
balance anna available 60 redeemed 40

story A cancelled order first returns what was spent on it, then takes what it gave
rules S4.5, S6.1
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
order anna A2 50.00 code CODE1
redeem anna 50 -> CODE2
balance anna available 0
cancel anna A2
balance anna available 50 redeemed 50 earned 100 debt 0

story An order confirmed again spends its code again
rules S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1
cancel anna A2
confirm anna A2
balance anna available 120 redeemed 40
cancel anna A2
balance anna available 100 redeemed 0 earned 100

story An order confirmed again makes debt of what is lacking
rules S5.7, S6.2
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
order anna A2 30.00 code CODE1
cancel anna A2
redeem anna 90 -> CODE2
confirm anna A2
balance anna available 0 redeemed 190 earned 130 debt 60
cancel anna A2
balance anna available 10 redeemed 90 earned 100 debt 0

story The code of another member does nothing
rules S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order bert B1 60.00 code CODE1
code anna CODE1 unused
balance anna available 60 redeemed 40
balance bert available 60

story A code that was never given is no matter
rules S5.7
2025-01-10 order anna A1 100.00 code XMAS25
balance anna available 100

story A code taken off an unconfirmed order is free again
rules S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1 unconfirmed
order anna A2 60.00 no code unconfirmed
code anna CODE1 unused

story A code serves one order
rules S5.7
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1
order anna A3 60.00 code CODE1
cancel anna A3
code anna CODE1 gone
balance anna redeemed 40 available 120
cancel anna A2
balance anna redeemed 0 available 100

story A refund alone does not pay the points of its code out
rules S5.7, S6.1
2025-01-10 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1
refund anna A2 to 0.00
balance anna available 60 redeemed 40 earned 100

story A code returned late comes with grace
rules S5.5, S5.7
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
redeem anna 100 -> CODE1
2025-02-05 12:00 order anna A2 20.00 code CODE1
2025-06-01 12:00 cancel anna A2
lots anna 100 until 2025-07-01
balance anna available 100 earned 100 expired 0

story A past instant shows a code as it was then
rules S3.5
2025-01-10 order anna A1 100.00
redeem anna 30 -> CODE1
2025-01-12 unredeem anna CODE1
as of 2025-01-11 code anna CODE1 unused

story A past instant shows a code unlocked that is locked since
rules S3.5
2025-01-10 order anna A1 100.00
redeem anna 30 -> CODE1
2025-01-12 order anna A2 50.00 unconfirmed code CODE1
as of 2025-01-11 code anna CODE1 unused

story A lock does not shield from an order that is told to be confirmed with its codes
rules S5.7
2025-01-10 order anna A1 300.00
redeem anna 30 -> CODE1
order anna A3 20.00 unconfirmed code CODE1
code anna CODE1 locked
order anna A1 300.00 code CODE1
code anna CODE1 gone

story A lock does not shield from an order that is confirmed by its status alone
rules S5.7
2025-01-10 order anna A1 300.00
redeem anna 30 -> CODE1
order anna A3 20.00 unconfirmed code CODE1
order anna A2 20.00 unconfirmed code CODE1
code anna CODE1 locked
confirm anna A2
code anna CODE1 gone

story A lock does not shield from an order that comes back
rules S5.7
2025-01-10 order anna A1 300.00
redeem anna 30 -> CODE1
order anna A2 20.00 code CODE1
order anna A3 20.00 code CODE1
order anna A2 20.00 unconfirmed code CODE1
code anna CODE1 locked
cancel anna A3
confirm anna A3
code anna CODE1 gone

story A code that an order carried while it was cancelled is used when the order is confirmed by its status alone
rules S5.7
2025-01-10 order anna A1 500.00
redeem anna 100 -> CODE1
order anna A2 60.00 canceled code CODE1
code anna CODE1 unused
confirm anna A2
code anna CODE1 gone

story An order that is completed spends its code again on what it has just made available
rules S4.5, S5.7
programme
  pending until completed
  lapse after 12 months
  order points lapse after 1 month
2025-01-10 customer anna
staff give anna 60 "gift"
redeem anna 50 -> CODE1
order anna A1 10.00 code CODE1
cancel anna A1
balance anna available 60 pending 0
2025-03-01 order anna A1 10.00 completed code CODE1
lots anna 20 until 2026-01-10

story An order that is told again locks its code again, though nothing of the order is new
rules  S5.7, S4.3
programme
  cancelled orders give the reward back
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
order anna A2 10.00 unconfirmed code CODE1 updated 2025-01-10
code anna CODE1 locked
order anna A3 20.00 code CODE1
code anna CODE1 gone
cancel anna A3
code anna CODE1 unused
order anna A2 10.00 unconfirmed code CODE1 updated 2025-01-10
code anna CODE1 locked
confirm anna A2
code anna CODE1 gone

story Of several codes of an order the oldest is spent again first
rules S5.7, S5.1
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 10.00
2025-02-10 12:00 order anna A2 10.00
2025-03-10 12:00 order anna A3 10.00
redeem anna 10 -> CODE1
redeem anna 10 -> CODE2
redeem anna 10 -> CODE3
order anna A4 0.00 code CODE1 code CODE2 code CODE3
cancel anna A4
balance anna available 30 redeemed 0
confirm anna A4
staff unspend anna 10 "of the latest"
lots anna 10 until 2026-03-10
staff unspend anna 10 "of the one before"
lots anna 10 until 2026-02-10, 10 until 2026-03-10

story An order that is confirmed again spends its code before tiers follow
rules S5.7, S8.3
programme
  tiers count for life
  tier Friend
  tier Silver from 2 orders
2025-01-10 12:00 order anna A1 100.00
redeem anna 40 -> CODE1
order anna A2 60.00 code CODE1
cancel anna A2
tier anna Friend forever
confirm anna A2
tier anna Silver forever
history anna joined, earned_from_order +100, redeemed_towards_order -40, earned_from_order +60, tier_acquired, points_returned +40, order_refund -60, tier_expired, earned_from_order +60, redeemed_towards_order -40, tier_acquired
