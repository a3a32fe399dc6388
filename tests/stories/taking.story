# Taking points back, and debt (S6).

story A refund takes from its own order first
rules S6.1
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-02-10 12:00 order anna A2 100.00
2025-03-01 refund anna A2 to 30.00
lots anna 100 until 2026-01-10, 30 until 2026-02-10

story A refund takes points that are still pending
rules S6.1
programme
  pending 14 days
2025-01-10 order anna A1 100.00
refund anna A1 to 40.00
balance anna available 0 pending 40 earned 40
2025-02-01
balance anna available 40 pending 0

story A refund of lapsed points takes nothing else
rules S6.1
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-02-20 12:00 order anna A2 50.00
balance anna available 50 expired 100
refund anna A1 to 0.00
balance anna available 50 expired 0 earned 50 debt 0

story A refund of half-lapsed points takes each lapsed point once
rules S6.1
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
redeem anna 60
2025-02-20 12:00 order anna A2 50.00
balance anna available 50 expired 40 redeemed 60 earned 150
refund anna A1 to 70.00
balance anna available 50 expired 10 earned 120
refund anna A1 to 0.00
balance anna available 0 expired 0 earned 50 redeemed 60 debt 10

story A refund of spent points takes other points, those that end first
rules S6.1, S5.1
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
redeem anna 100
2025-02-10 12:00 order anna A2 50.00
2025-03-10 12:00 order anna A3 50.00
refund anna A1 to 30.00
lots anna 30 until 2026-03-10
balance anna available 30 earned 130 redeemed 100 debt 0

story A refund takes other pending points last
rules S6.1
2025-01-10 order anna A1 100.00
redeem anna 100
order anna A2 50.00 matures 2025-02-01
order anna A3 30.00
refund anna A1 to 40.00
balance anna available 0 pending 20 earned 120 debt 0

story What cannot be taken becomes debt
rules S6.1
2025-01-10 order anna A1 100.00
redeem anna 100
refund anna A1 to 0.00
balance anna available 0 earned 0 redeemed 100 debt 100

story Debt has a floor where the programme says so
rules S6.1, S2.3
programme
  debt up to 30
2025-01-10 order anna A1 100.00
redeem anna 100
refund anna A1 to 0.00
balance anna available 0 earned 70 redeemed 100 debt 30
2025-01-11 order anna A2 50.00
balance anna available 20 earned 120 debt 0

story Without debt the rest is written off
rules S6.1, S2.3
programme
  no debt
2025-01-10 order anna A1 100.00
redeem anna 80
refund anna A1 to 0.00
balance anna available 0 earned 80 redeemed 80 debt 0

story An order that grows again first makes good what was written off
rules S4.3, S6.1
programme
  no debt
2025-01-10 order anna A1 100.00
redeem anna 100
refund anna A1 to 40.00
balance anna available 0 earned 100 debt 0
order anna A1 100.00
balance anna available 0 earned 100
order anna A1 130.00
balance anna available 30 earned 130

story Down and up again, many times, gives nothing away
rules S4.3, S6.1
programme
  no debt
2025-01-10 order anna A1 100.00
redeem anna 100
refund anna A1 to 0.00
order anna A1 100.00
refund anna A1 to 0.00
order anna A1 100.00
refund anna A1 to 50.00
order anna A1 100.00
balance anna available 0 earned 100 redeemed 100 debt 0

story Every credit pays debt first, a pending one too
rules S6.2
programme
  pending 14 days
2025-01-10 order anna A1 100.00
complete anna A1
redeem anna 100
refund anna A1 to 0.00
balance anna debt 100
2025-01-11 order anna A2 60.00
balance anna pending 0 debt 40 earned 60
order anna A3 60.00
balance anna pending 20 debt 0 earned 120

story Points from staff pay debt first
rules S6.2, S6.4
2025-01-10 order anna A1 100.00
redeem anna 100
refund anna A1 to 0.00
staff give anna 130 "sorry"
balance anna available 30 debt 0 earned 130 redeemed 100

story Debt does not lapse
rules S6.2
programme
  lapse after 1 month
2025-01-10 order anna A1 100.00
redeem anna 100
refund anna A1 to 0.00
2035-01-01
balance anna debt 100 earned 0

story Debt forgiven becomes earned
rules S6.2, S2.3
2025-01-10 order anna A1 100.00
redeem anna 100
refund anna A1 to 0.00
staff forgive anna 60 "goodwill"
balance anna debt 40 earned 60 redeemed 100
staff forgive anna 41 "too much"
refused more_than_debt debt 40

story Who owes points cannot spend
rules S6.2, S5.2
2025-01-10 order anna A1 100.00
redeem anna 100
refund anna A1 to 0.00
redeem anna 1
refused not_enough_points available 0 missing 1

story A refund takes spend and points from the order's own day
rules S6.3, S8.2
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500.00 spend
2024-12-20 order anna A1 100.00
2025-01-10 order anna A2 60.00
spend anna life 160.00 window 60.00
2025-01-11 refund anna A1 to 0.00
spend anna life 60.00 window 60.00
counts anna 60 points, 2 orders

story Points from staff are given at once and do not qualify
rules S6.4, S8.1
programme
  pending 14 days
  lapse after 12 months
  tiers count for life
  tier Friend
  tier Gold from 100 points
2025-01-10 12:00 staff give anna 100 "sorry"
refused no_customers_match_customer_identity
customer anna
staff give anna 100 "sorry"
balance anna available 100 earned 100
lots anna 100 until 2026-01-10
tier anna Friend
counts anna 0 points, 0 orders

story Staff take no more than was earned
rules S6.1, S6.4
2025-01-10 order anna A1 100.00
redeem anna 60
staff take anna 500
balance anna available 0 earned 0 redeemed 60 debt 60

story Staff take those that end first, then pending ones
rules S6.1, S6.4
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 50.00
2025-02-10 12:00 order anna A2 50.00
order anna A3 50.00 matures 2025-03-10
staff take anna 120 "fraud"
balance anna available 0 pending 30 earned 30 debt 0

story What staff take as spent is available, then pending, and no more
rules S6.4
2025-01-10 order anna A1 50.00
order anna A2 50.00 matures 2025-03-10
staff spend anna 101 "at the till"
refused not_enough_points missing 1
staff spend anna 70 "at the till"
balance anna available 0 pending 30 redeemed 70 earned 100

story What staff give back beyond what was spent is earned and does not qualify
rules S6.4
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
redeem anna 40
2025-03-01 12:00 staff unspend anna 100
balance anna available 160 redeemed 0 earned 160
lots anna 100 until 2026-01-10, 60 until 2026-03-01
counts anna 100 points, 1 orders

story Staff give back what was spent for good before a code that can still be used
rules S6.4, S5.5
2025-01-10 order anna A1 200.00
redeem anna 60 -> CODE1
order anna A2 10.00 code CODE1
redeem anna 50 -> CODE2
staff unspend anna 60
code anna CODE2 unused worth 0.50
balance anna available 160 redeemed 50 earned 210
staff unspend anna 50
code anna CODE2 gone
balance anna available 210 redeemed 0 earned 210
unredeem anna CODE2
refused change_already_reverted

story What staff undo of an order never comes again
rules S6.4, S4.4
2025-01-10 order anna A1 100.00
staff undo anna A1
balance anna available 0 earned 0
order anna A1 150.00
again anna A1
complete anna A1
balance anna available 0 earned 0
refund anna A1 to 10.00
balance anna available 0 earned 0 debt 0
staff undo anna A1
refused change_already_neutralised

story What staff gave is undone once
rules S6.4
2025-01-10 order anna A1 10.00
staff give anna 100 "sorry"
staff undo anna "sorry"
balance anna available 10 earned 10
staff undo anna "sorry"
refused change_already_neutralised
balance anna available 10 earned 10 debt 0

story An undone gift that was spent becomes debt
rules S6.4, S6.1
2025-01-10 order anna A1 10.00
staff give anna 100 "sorry"
redeem anna 110
staff undo anna "sorry"
balance anna available 0 earned 10 redeemed 110 debt 100

story Buying, spending and sending back leaves nothing behind
rules S6.1, S2.2
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
order anna A2 20.00 code CODE1
cancel anna A1
cancel anna A2
balance anna available 0 pending 0 held 0 redeemed 0 expired 0 earned 0 debt 0

story A full refund restores the state before
rules S6.1, S2.2
programme
  lapse after 12 months
  tiers count for life
  tier Friend
  tier Gold from 150 points
2025-01-10 12:00 order anna A1 100.00
2025-02-10 12:00 order anna A2 50.00
tier anna Gold
refund anna A2 to 0.00
lots anna 100 until 2026-01-10
balance anna available 100 earned 100
tier anna Friend

story What was dropped is not taken back by staff once more
rules S4.6, S6.4
programme
  pending until completed, dropped after 60 days
2025-01-10 12:00 order anna A1 100.00
2025-03-11 12:00
counts anna 0 points, 1 orders
staff undo anna A1
counts anna 0 points, 1 orders
balance anna available 0 earned 0 debt 0

story What a refund took of lapsed points is not taken again when the rest is dropped
rules S4.6, S6.1
programme
  pending until completed, dropped after 60 days
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
staff spend anna 80 "at the till"
2025-01-11 12:00 staff unspend anna 50
balance anna available 50 pending 20 redeemed 30
2025-02-20
balance anna available 0 pending 20 redeemed 30 expired 50 earned 100
refund anna A1 to 40.00
balance anna available 0 pending 0 redeemed 30 expired 10 earned 40
2025-03-11 12:00
balance anna available 0 pending 0 redeemed 30 expired 0 earned 0 debt 30
2025-03-12 complete anna A1
balance anna available 10 redeemed 30 earned 40 debt 0

story A refund between a lapse and the drop, of one who was taken over
rules S4.6, S6.1, S11.2
programme
  pending until completed, dropped after 60 days
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
customer ben
staff spend anna 80 "at the till"
2025-01-11 12:00 staff unspend anna 50
2025-02-20 12:00 refund anna A1 to 40.00
merge ben with anna
2025-03-11 12:00
balance ben available 0 pending 0 redeemed 30 expired 0 earned 0 debt 30

story Of an award's own points those are taken first that are dropped unless their event comes
rules S6.1, S4.6, S5.5
programme
  pending until completed, dropped after 60 days
2025-01-10 12:00 order anna A1 100.00 completed
order anna A2 50.00
staff spend anna 150 "what waits, too"
order anna A3 50.00 completed
cancel anna A2                             # its points are spent: others are taken
confirm anna A2
staff unspend anna 50 "come back without waiting"
balance anna available 50 pending 50
unconfirm anna A2
balance anna available 50 pending 0 earned 150
counts anna 150 points, 2 orders
2025-04-01
balance anna available 50 pending 0 earned 150
counts anna 150 points, 2 orders

story A completion dates an award as its points are posted, after what the one before it takes of what waits
rules S4.5, S4.6, S6.1
programme
  pending until completed, mature after 60 days
  part sources [{"slug":"orders","title":"Orders","kind":"order","points":1,"per":"1","pending":{"mode":"at_once"}},{"slug":"candle","title":"Candle","kind":"product","points":50,"targets":{"products":["candle"]}}]
2025-01-10 12:00 order anna A1 of candle as l0 100.00
2025-01-20 12:00 order anna A2 of candle as l0 100.00
redeem anna 200 without code -> CODE1
balance anna available 0 pending 100
order anna A2 of candle as l0 60.00 completed
balance anna available 50 pending 10
lots anna 50 forever, 10 from 2025-03-11 forever
