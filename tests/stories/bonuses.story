story A first order earns a bonus of its own
rules S4.1, S4.2
programme
  the first order earns 50
2025-01-10 12:00 order anna A1 100.00
balance anna available 150 earned 150
order anna A2 100.00
balance anna available 250 earned 250
history anna joined, earned_from_order +100, earned_from_source +50, earned_from_order +100
counts anna 250 points, 2 orders

story The bonus goes with the first order, and the next one is the first again
rules S4.1, S4.3, S6.1
programme
  the first order earns 50
2025-01-10 12:00 order anna A1 100.00
refund anna A1 to 40.00
balance anna available 90 earned 90
cancel anna A1
balance anna available 0 earned 0
order anna A2 10.00
balance anna available 60 earned 60
confirm anna A1
balance anna available 150 earned 150

story A product earns its bonus once an order, while it is paid for
rules S4.1, S4.2, S4.3
programme
  candle earns 20
2025-01-10 12:00 order anna A1 of candle 30.00 + mug 10.00
balance anna available 60
order anna A2 of mug 10.00
balance anna available 70
refund anna A1 candle to 10.00
balance anna available 50
refund anna A1 candle to 0.00
balance anna available 20

story A product source may multiply instead
rules S4.1, S4.2
programme
  candle earns 2x
2025-01-10 12:00 order anna A1 of candle 30.00 + mug 10.00
balance anna available 70

story Entering a tier pays once, and may lift the member on
rules S8.3, S8.4, S4.1
programme
  tiers count for life
  tier Friend
  tier Silver from 100 points
  tier Gold from 150 points
  entering Silver earns 60 which count
  entering Gold earns 5
2025-01-10 12:00 order anna A1 100.00
tier anna Gold forever
balance anna available 165 earned 165
counts anna 160 points, 1 orders
history anna joined, earned_from_order +100, tier_acquired, earned_from_source +60, tier_acquired, earned_from_source +5

story A refund that undoes a tier takes back what entering it paid, and it is never paid twice
rules S8.4, S6.1
programme
  tiers count for life
  tier Friend
  tier Gold from 100 points
  entering Gold earns 30
2025-01-10 12:00 order anna A1 100.00
tier anna Gold forever
balance anna available 130
refund anna A1 to 60.00
tier anna Friend
balance anna available 60 earned 60
order anna A2 100.00
tier anna Gold forever
balance anna available 160 earned 160

story Entering a tier pays only in its time
rules S4.1, S8.4
programme
  tiers count for life
  tier Friend
  tier Gold from 100 points
  entering Gold earns 30 from 2025-02-01 to 2025-03-01
2025-01-31 23:59:59 order anna A1 100.00
balance anna available 100
2025-02-01 order bert B1 100.00
balance bert available 130
2025-03-01 order cora C1 100.00
balance cora available 100
