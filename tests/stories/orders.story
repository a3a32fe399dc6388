# An order is told whole, again and again (S4.3, S4.5, S4.9).

story The same order twice is one order
rules S4.3
2025-01-10 order anna A1 100.00
again anna A1
order anna A1 100.00
2025-01-11 again anna A1
order anna A1 100.00
balance anna available 100 earned 100
counts anna 100 points, 1 orders
history anna joined, earned_from_order +100

story The same order ten times at once is one order
rules S4.3
2025-01-10 10 times at once order anna A1 100.00
granted 10
balance anna available 100 earned 100
counts anna 100 points, 1 orders

story An older telling is ignored
rules S4.3
2025-01-10 order anna A1 100.00
2025-01-12 order anna A1 60.00
2025-01-13 order anna A1 100.00 updated 2025-01-11
balance anna available 60

story Of two tellings of the same moment the later to arrive counts
rules S4.3
2025-01-10 order anna A1 100.00
2025-01-12 order anna A1 60.00 updated 2025-01-11
order anna A1 70.00 updated 2025-01-11
balance anna available 70

story A refund that overtakes its order is not undone by it
rules S4.3
2025-01-12 order anna A1 40.00 placed 2025-01-10 updated 2025-01-12
order anna A1 100.00 placed 2025-01-10 updated 2025-01-10
balance anna available 40 earned 40

story More points go to the same lot, with its dates
rules S4.3, S7.1
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-06-10 order anna A1 150.00
lots anna 150 until 2026-01-10

story Many small refunds equal one big one
rules S4.3, S1.5
programme
  1 point per 3
2025-01-10 order anna A1 10.00
balance anna available 3
refund anna A1 to 9.50
refund anna A1 to 8.99
balance anna available 2
refund anna A1 to 6.01
balance anna available 2
refund anna A1 to 3.33
balance anna available 1
refund anna A1 to 0.00
balance anna available 0 earned 0

story A refund of one line takes that line's points
rules S4.3, S4.4
programme
  2x on product candle
2025-01-10 order anna A1 of candle 30.00 + mug 20.00
balance anna available 80
refund anna A1 candle to 10.00
balance anna available 40
order anna A1 of mug 20.00
balance anna available 20

story An order that is not confirmed earns nothing
rules S4.5
2025-01-10 order anna A1 100.00 unconfirmed
balance anna available 0 pending 0 earned 0
2025-01-11 confirm anna A1
balance anna available 100 earned 100

story A cancelled order takes all its points back, once
rules S4.5, S6.1
2025-01-10 order anna A1 100.00
2025-01-11 cancel anna A1
cancel anna A1
balance anna available 0 earned 0 debt 0
counts anna 0 points, 0 orders
2025-01-12 delete anna A1
balance anna available 0 earned 0 debt 0

story A cancelled order that is confirmed again earns again, once
rules S4.3, S4.5
2025-01-10 order anna A1 100.00
2025-01-11 cancel anna A1
2025-01-12 confirm anna A1
again anna A1
balance anna available 100 earned 100
counts anna 100 points, 1 orders

story An order that was cancelled before it was confirmed never earned
rules S4.5
2025-01-10 order anna A1 100.00 unconfirmed
2025-01-11 cancel anna A1
balance anna available 0 earned 0
history anna joined

story A change of status alone keeps what the order was
rules S4.3, S4.5
programme
  pending 14 days
2025-01-10 order anna A1 of candle 30.00 + mug 20.00
2025-01-11 complete anna A1
balance anna available 50
2025-01-12 refund anna A1 mug to 0.00
balance anna available 30

story A refund of a completed order does not wait again
rules S4.3, S4.6
programme
  pending 14 days
2025-01-10 order anna A1 100.00
2025-01-11 complete anna A1
2025-01-12 refund anna A1 to 40.00
balance anna available 40 pending 0

story An order that comes under another customer takes its points along
rules S4.3
2025-01-10 order anna A1 100.00
2025-01-11 order bert A1 100.00
balance anna available 0 earned 0
balance bert available 100 earned 100
counts anna 0 points, 0 orders
counts bert 100 points, 1 orders

story What an order left behind when it came under another customer is not taken back by staff
rules S6.4, S6.1, S11.1
programme
  no debt
2025-01-10 order anna A1 100.00
redeem anna 60
order ben A1 100.00
balance anna available 0 redeemed 60 earned 60
staff undo anna A1
refused change_already_neutralised
balance anna available 0 redeemed 60 earned 60
balance ben available 100

story An older state of an order moves it to nobody, pushed or imported
rules S4.3, S11.1
2025-01-10 order anna A1 100.00
2025-01-11 customer bert
order bert A1 80.00 updated 2025-01-09
import bert A1 60.00 placed 2024-12-01
balance anna available 100 earned 100
spend anna life 100.00 window 100.00
2025-01-12 order bert B1 10.00
order bert A1 70.00 updated 2025-01-11
spend anna life 0.00 window 0.00
spend bert life 80.00 window 80.00

story Late news of a lot that would have lapsed already
rules S4.9, S7.1
programme
  lapse after 1 month from earning
2025-06-01 12:00 order anna A1 5.00
2025-06-02 12:00 order anna A2 100.00 placed 2025-03-01
balance anna available 5 earned 105 expired 100
history anna last earned_from_order +100, points_expired -100

story Late news pays debt before it lapses
rules S4.9, S6.2
programme
  lapse after 1 month from earning
2025-06-01 order anna A1 50.00
redeem anna 50
refund anna A1 to 0.00
balance anna debt 50 available 0
2025-06-02 order anna A2 80.00 placed 2025-03-01
balance anna debt 0 available 0 earned 80 expired 30 redeemed 50

story Sums do not depend on the order of arrival
rules S4.10, S4.9
2025-06-01 order anna A2 20.00 placed 2025-05-02
order anna A1 10.00 placed 2025-05-01
order bert B1 10.00 placed 2025-05-01
order bert B2 20.00 placed 2025-05-02
counts anna 30 points, 2 orders
counts bert 30 points, 2 orders
spend anna life 30.00
spend bert life 30.00

story An order that is completed from the start matures at once
rules S4.5
programme
  pending 14 days
2025-01-10 order anna A1 100.00 completed
balance anna available 100 pending 0

story What was paid with points is not paid out as points
rules S4.2, S4.3
2025-01-10 order anna A1 100.00 tender 40.00
balance anna available 60
refund anna A1 to 60.00
balance anna available 20
refund anna A1 to 0.00
balance anna available 0 earned 0 debt 0

story Large sums are exact
rules S1.1
2025-01-10 order anna A1 99999999999.99
order anna A2 0.01
balance anna available 99999999999
spend anna life 100000000000.00

story Members do not share
rules S2.1
2025-01-10 order anna A1 100.00
order bert B1 30.00
redeem bert 31
refused not_enough_points available 30 missing 1
cancel anna A1
balance anna available 0 earned 0
balance bert available 30 earned 30

story An order that is cancelled with lines that were never paid for
rules S4.4, S4.5
2025-01-10 order anna A1 of candle as l1 30.00
order anna A1 of candle as l1 30.00 + mug as l2 20.00 canceled
balance anna available 0 earned 0

story An order's sources are posted one after the other as the document has them
rules S4.3, S6.1
programme
  no debt
  subscription orders earn 3 per 0.50
2025-01-10 order anna A1 of candle as l1 100.00 + mug as l2 of S1 1.00
redeem anna 107 without code
order anna A1 of mug as l3 of S1 11.00        # the refund of order points finds none; then come those of the subscription
balance anna available 60 redeemed 107
