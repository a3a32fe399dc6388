# What an account remembers of points that are not in its lots any more (S4.6, S5.5, S6.1, S6.4, S7.4).

story An award whose event does not come is taken back whole, what had paid debt too
rules S4.6, S6.1, S6.2
programme
  pending until completed, dropped after 30 days
2025-01-01 customer anna
staff give anna 40
redeem anna 40 -> CODE1
staff take anna 40
balance anna available 0 earned 0 redeemed 40 debt 40
2025-01-10 order anna A1 100.00
balance anna pending 60 earned 100 debt 0
2025-02-08 23:59
balance anna pending 60 earned 100 debt 0
2025-02-09
balance anna pending 0 earned 0 redeemed 40 expired 0 debt 40
history anna last points_dropped -60 at 2025-02-09
2025-02-10 complete anna A1
balance anna available 60 earned 100 debt 0

story An award that paid nothing but debt is dropped, too
rules S4.6, S6.1
programme
  pending until completed, dropped after 30 days
2025-01-01 customer anna
staff give anna 40
redeem anna 40 -> CODE1
staff take anna 40
2025-01-10 order anna A1 30.00
balance anna pending 0 earned 30 debt 10
2025-02-09
balance anna earned 0 debt 40
history anna last points_dropped at 2025-02-09
again anna A1
balance anna earned 0 debt 40
2025-02-10 complete anna A1
balance anna earned 30 debt 10

story Completed in time, an award that paid nothing but debt stays
rules S4.5, S4.6
programme
  pending until completed, dropped after 30 days
2025-01-01 customer anna
staff give anna 40
redeem anna 40 -> CODE1
staff take anna 40
2025-01-10 order anna A1 30.00
2025-01-20 complete anna A1
2025-02-09
balance anna earned 30 debt 10

story What is left of a refunded order is dropped, and other points are taken for it
rules S4.6, S6.1
programme
  pending until completed, dropped after 30 days
2025-01-01 customer anna
staff give anna 40
redeem anna 40 -> CODE1
staff take anna 40
2025-01-10 order anna A1 100.00
2025-01-20 refund anna A1 to 80.00
balance anna pending 40 earned 80
2025-02-01 staff give anna 100
2025-02-09
balance anna available 60 pending 0 earned 100 redeemed 40 debt 0

story What cannot be taken back of a dropped award is remembered on it
rules S4.6, S4.3, S6.1
programme
  no debt
  pending until completed, dropped after 30 days
2025-01-10 order anna A1 100.00
2025-01-11 staff spend anna 70
2025-02-09
balance anna pending 0 earned 70 redeemed 70 debt 0
2025-02-10 complete anna A1
balance anna available 30 earned 100 redeemed 70

story A dropped award counts nothing for tiers any more, whatever had become of its points
rules S4.6, S6.3, S8.4
programme
  pending until completed, dropped after 30 days
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
2025-01-11 staff spend anna 70
tier anna Gold
counts anna 100 points, 1 orders
2025-02-09
counts anna 0 points, 1 orders
tier anna Friend
balance anna earned 0 redeemed 70 debt 70

story Points spent while they waited come back free once their award was dropped
rules S4.6, S5.5
programme
  no debt
  lapse after 12 months
  pending until completed, dropped after 30 days
2025-01-10 order anna A1 100.00
2025-01-11 staff spend anna 70
2025-02-09
balance anna earned 70 redeemed 70
2025-03-01 staff unspend anna 70
balance anna available 0 earned 0 redeemed 0
2025-03-02 complete anna A1
lots anna 100 until 2026-03-02

story A lot that was empty when points began to lapse ends with the others
rules S7.4, S5.5
programme
  redeem from 1
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
2025-02-01 programme
  redeem from 1
  lapse after 12 months
2025-03-01 unredeem anna CODE1
lots anna 100 until 2026-01-31

story A lot that was empty when points began to lapse ends so when its order grows, too
rules S7.4, S4.3
programme
  redeem from 1
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
2025-02-01 programme
  lapse after 12 months
2025-03-01 order anna A1 120.00
lots anna 20 until 2026-01-31

story Given back after the end that the switch gave, points come with grace
rules S7.4, S5.5
programme
  redeem from 1
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
2025-02-01 programme
  lapse after 12 months
2026-01-31 23:59 unredeem anna CODE1
lots anna 100 until 2026-01-31
2026-02-01
balance anna available 0 expired 100

story At the very end that the switch gave, grace begins
rules S7.4, S5.5
programme
  redeem from 1
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
2025-02-01 programme
  lapse after 12 months
2026-02-01 unredeem anna CODE1
lots anna 100 until 2026-03-03

story A lot made after the switch under older terms never ends, emptied or not
rules S7.4, S4.4
programme
  redeem from 1
2025-01-05 order ben B1 10.00
2025-01-05 customer anna
2025-02-01 programme
  redeem from 1
  lapse after 12 months
2025-02-02 order anna A1 100.00 placed 2025-01-10
redeem anna 100 -> CODE1
2025-02-03 unredeem anna CODE1
lots anna 100 forever

story A common end that found everything spent counts for what comes back after it
rules S5.5, S7.2
programme
  everything lapses after 12-31 each year
2025-03-01 order anna A1 100.00
redeem anna 100 -> CODE1
2026-01-10 12:00 unredeem anna CODE1
lots anna 100 until 2026-02-09
2026-02-10
balance anna available 0 expired 100

story What was drawn after the common end comes back as it was
rules S5.5, S7.2
programme
  everything lapses after 12-31 each year
2025-03-01 order anna A1 100.00
redeem anna 100 -> CODE1
2026-01-05 order anna A2 50.00
redeem anna 50 -> CODE2
2026-01-10 12:00 unredeem anna CODE2
lots anna 50 forever
unredeem anna CODE1
lots anna 100 until 2026-02-09, 50 forever

story Inactivity that found everything spent counts, too
rules S5.5, S7.2
programme
  everything lapses 6 months after the last activity
2025-01-10 12:00 order anna A1 100.00
redeem anna 100 -> CODE1
2025-07-10 unredeem anna CODE1
lots anna 100 forever
redeem anna 100 -> CODE2
2026-01-10 12:00
balance anna available 0 redeemed 100
2026-01-11 12:00 unredeem anna CODE2
lots anna 100 until 2026-02-10

story What staff could not take of a gift is remembered on it
rules S6.4, S6.1, S5.5
programme
  no debt
2025-01-10 customer anna
staff give anna 100 "sorry"
redeem anna 100 -> CODE1
staff undo anna "sorry"
balance anna available 0 earned 100 redeemed 100
2025-01-11 unredeem anna CODE1
balance anna available 0 earned 0 redeemed 0
staff undo anna "sorry"
refused change_already_neutralised

story What counted since completion counts so for a bonus that comes later
rules S4.6, S4.4
programme
  pending 14 days after completion
  candle earns 20
2025-01-10 12:00 order anna A1 of mug 10.00 completed
balance anna pending 10
2025-01-20 order anna A1 of mug 10.00 + candle 30.00 completed
2025-01-24 11:59:59
balance anna available 0 pending 60
2025-01-24 12:00
balance anna available 60 pending 0

story Points that come back with a late completion lift again
rules S4.6, S8.3
programme
  pending until completed, dropped after 1 month
  tiers count for life
  tier Friend
  tier Silver from 100 points
2024-12-30 12:00 order gail G1 500.00
2025-02-10
tier gail Friend
2025-02-11 complete gail G1
tier gail Silver

story Points that were dropped though they had lapsed are not taken from what lapsed again
rules S4.6, S6.1, S2.2
programme
  pending until completed, dropped after 60 days
  lapse after 1 month
2025-01-10 order anna A1 100.00
staff spend anna 100 "paid at the fair"
staff unspend anna 100 "the fair was called off"
2025-03-01
balance anna available 0 expired 100 earned 100
2025-04-01
balance anna available 0 expired 0 earned 0
order anna A1 100.00 completed
balance anna available 100 earned 100
redeem anna 100 -> CODE1
cancel anna A1
balance anna available 0 debt 100 expired 0 redeemed 100

story Dropped points do not come back because the order tells when they should have matured
rules S4.6
programme
  pending until completed, dropped after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-03-01 12:00 order anna A1 100.00 matures 2025-02-01
balance anna available 0 pending 0 earned 0
order anna A1 100.00 matures 2025-04-01
balance anna available 0 pending 0 earned 0
complete anna A1
balance anna available 100 pending 0 earned 100

story Points that were spent while they waited come back available, where the order was completed since
rules S4.5, S5.5
programme
  pending 14 days
2025-01-10 order anna A1 100.00
staff spend anna 100
complete anna A1
staff unspend anna 100
balance anna available 100 pending 0

story Points that were spent while they waited come back available, though others came to their lot since
rules S4.5, S5.5
programme
  pending 14 days
2025-01-10 order anna A1 100.00
staff spend anna 100
order anna A1 0.00
balance anna available 0 debt 100
order anna A1 200.00
balance anna available 0 pending 100 debt 0
complete anna A1
redeem anna 100
staff unspend anna 100
balance anna available 100 pending 0

story Whoever is left the initial tier by a version has it without end
rules S8.8, S8.3
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-01-10 order anna A1 100.00
tier anna Silver until 2026-12-31
2025-02-10 programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
tier anna Friend forever
2027-02-10
tier anna Friend forever

story A day of its own at the very moment at which its points would be dropped lets them mature
rules S4.6
programme
  pending until completed, dropped after 1 month
2025-01-10 12:00:00 order anna A1 100.00 placed 2025-01-10 12:00:00 updated 2025-01-10 12:00:00
lots anna 100 from 2025-02-10 forever
order anna A1 100.00 placed 2025-01-10 12:00:00 matures 2025-02-10 12:00:00
lots anna 100 from 2025-02-10 forever
2025-02-11
balance anna available 100

story Points of an award that was dropped come back before those with an end
rules S5.5, S4.6
programme
  no debt
  pending until completed, dropped after 30 days
  lapse after 12 months
  staff points lapse after 24 months
2025-01-10 order anna A1 100.00
staff give anna 50 "gift"
staff spend anna 150
balance anna available 0 pending 0 redeemed 150
2025-03-01 staff unspend anna 100     # the event did not come: of the order nothing is owed any more
balance anna available 0 earned 50 redeemed 50
staff unspend anna 30
lots anna 30 until 2027-01-10
