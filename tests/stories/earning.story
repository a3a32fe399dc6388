# Order points: what earns, how it is multiplied, and when it matures (S4.2, S4.4, S4.6).

story What is not for points does not earn
rules S4.2
programme
  collection gift-cards earns nothing
  product mug earns nothing
2025-01-10 order anna A1 of candle 30.00 + card (gift-cards) 50.00 + mug 20.00
balance anna available 30
spend anna life 30.00

story Taxes and shipping earn only where the programme says so
rules S4.2
2025-01-10 order anna A1 of candle 30.00 taxes 6.00 shipping 4.00
balance anna available 30
2025-02-01 programme
  taxes earn
2025-02-02 order anna A2 of candle 30.00 taxes 6.00 shipping 4.00
balance anna available 66
2025-03-01 programme
  shipping earns
2025-03-02 order anna A3 of candle 30.00 taxes 6.00 shipping 4.00
balance anna available 100

story What was paid with points does not earn
rules S4.2, S1.5
programme
  collection gift-cards earns nothing
2025-01-10 order anna A1 of candle 30.00 + card (gift-cards) 30.00 tender 10.00
balance anna available 25
order anna A2 50.00 tender 20.00
balance anna available 55

story Multipliers are multiplied
rules S4.2
programme
  2x
  1.5x
2025-01-10 order anna A1 10.00
balance anna available 30

story Multipliers are added
rules S4.2
programme
  multipliers add
  2x
  1.5x
2025-01-10 order anna A1 10.00
balance anna available 25

story Only the best multiplier counts
rules S4.2
programme
  multipliers best
  2x
  1.5x
2025-01-10 order anna A1 10.00
balance anna available 20

story A multiplier is for its own lines
rules S4.2
programme
  2x on collection sale
2025-01-10 order anna A1 of candle (sale) 10.00 + mug 10.00
balance anna available 30

story A multiplier of nought earns nothing but the money counts
rules S4.2
programme
  0x on product card
2025-01-10 order anna A1 of candle 10.00 + card 10.00
balance anna available 10
spend anna life 20.00

story A campaign begins and ends at midnight
rules S4.2, S1.3
programme
  2x from 2025-03-02 to 2025-03-09
2025-03-01 23:59 order anna A1 1.00
2025-03-02 order anna A2 10.00
2025-03-08 23:59 order anna A3 100.00
2025-03-09 order anna A4 1000.00
balance anna available 1221

story The tier held before the order multiplies it
rules S4.2, S4.4
programme
  tiers count for life
  tier Friend
  tier Gold from 100 points
  2x for Gold
2025-01-10 order anna A1 100.00
tier anna Gold
balance anna available 100
order anna A2 100.00
balance anna available 300

story A lost tier does not shrink what an older order earned
rules S4.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 150 points
  2x for Gold
2025-01-10 order anna A1 150.00
2025-02-10 order anna A2 50.00
balance anna available 250
2027-01-01
tier anna Friend
2027-01-10 refund anna A2 to 40.00
balance anna available 230

story A refund is reckoned at the rate of its day, not at today's
rules S4.4, S6.1
programme
  10 points per 1.00
2025-01-10 order anna A1 100.00
balance anna available 1000
2025-02-01 programme
  1 point per 1.00
2025-02-10 refund anna A1 to 50.00
balance anna available 500
refund anna A1 to 0.00
balance anna available 0 earned 0 debt 0

story The campaign of its day stays with an order
rules S4.4
programme
  2x on collection sale from 2025-01-01 to 2025-02-01
2025-01-10 order anna A1 of candle (sale) 30.00
balance anna available 60
2025-03-10 order anna A1 of candle (sale) 20.00
balance anna available 40

story A product that leaves a collection keeps what its line was granted
rules S4.4
programme
  2x on collection sale
2025-01-10 order anna A1 of candle (sale) 30.00
2025-01-11 order anna A1 of candle 30.00
balance anna available 60

story A line that joins later uses the programme of the order
rules S4.4
2025-01-10 order anna A1 of candle 30.00
2025-02-01 programme
  2x
2025-02-10 order anna A1 of candle 30.00 + mug 10.00
balance anna available 40
order anna A2 of candle 30.00 + mug 10.00
balance anna available 120

story An older order that arrives late earns by the programme of its day
rules S4.4, S4.9
programme
  10 points per 1.00
2025-01-10 order anna A1 1.00
2025-02-01 programme
  1 point per 1.00
2025-02-10 order anna A2 10.00 placed 2025-01-20
balance anna available 110

story Points wait fourteen days
rules S4.6
programme
  pending 14 days
2025-01-10 12:00 order anna A1 100.00
balance anna available 0 pending 100 earned 100
value anna 0.00
value anna pending 1.00
expires anna never
2025-01-24 11:59
balance anna available 0 pending 100
2025-01-24 12:00
balance anna available 100 pending 0

story Pending points cannot be spent
rules S4.6, S5.2
programme
  pending 14 days
2025-01-10 order anna A1 100.00
redeem anna 1
refused not_enough_points available 0 missing 1

story The wait counts from the first confirmation
rules S4.6
programme
  pending 14 days
2025-01-10 12:00 order anna A1 100.00 unconfirmed
2025-01-20 12:00 confirm anna A1
lots anna 100 from 2025-02-03 forever
2025-01-25 12:00 order anna A1 110.00
lots anna 110 from 2025-02-03 forever

story A completed order's points mature at once
rules S4.5, S4.6
programme
  pending 14 days
2025-01-10 order anna A1 100.00
2025-01-12 complete anna A1
balance anna available 100 pending 0

story The wait may count from completion
rules S4.6
programme
  pending 14 days after completion
2025-01-10 12:00 order anna A1 100.00
2025-03-10 12:00
balance anna pending 100
complete anna A1
balance anna pending 100
2025-03-24 11:59
balance anna pending 100
2025-03-24 12:00
balance anna available 100 pending 0

story Points mature on a calendar day
rules S4.6
programme
  pending until the next 02-01
2025-01-10 order anna A1 100.00
lots anna 100 from 2025-02-01 forever
2025-02-01
balance anna available 100
order anna A2 50.00
lots anna 100 forever, 50 from 2026-02-01 forever

story The shop may say when an order's points mature
rules S4.6
programme
  pending 14 days
2025-01-10 order anna A1 100.00 matures 2025-01-15
2025-01-14 23:59
balance anna pending 100
2025-01-15
balance anna available 100

story Points that wait for completion are dropped when it does not come
rules S4.6
programme
  pending until completed, dropped after 30 days
2025-01-10 12:00 order anna A1 100.00
lots anna 100 from 2025-02-09 forever
2025-02-09 11:59
balance anna pending 100 earned 100
2025-02-09 12:00
balance anna pending 0 available 0 earned 0 expired 0
history anna last points_dropped -100 at 2025-02-09 12:00

story Points that wait for completion may mature when it does not come
rules S4.6
programme
  pending until completed, mature after 30 days
2025-01-10 12:00 order anna A1 100.00
2025-02-09 12:00
balance anna pending 0 available 100 earned 100

story Dropped points do not come back because the order is sent again
rules S4.3, S4.6
programme
  pending until completed, dropped after 30 days
2025-01-10 12:00 order anna A1 100.00
2025-03-01 again anna A1
balance anna pending 0 available 0 earned 0
2025-03-02 order anna A1 120.00
balance anna pending 0 available 0 earned 0

story Completion after the time-out still gives the points
rules S4.5, S4.6
programme
  pending until completed, dropped after 30 days
2025-01-10 12:00 order anna A1 100.00
2025-03-01 complete anna A1
balance anna pending 0 available 100 earned 100

story Without a programme nothing is earned, ever
rules S10.1, S11.4
programme none
2025-01-10 order anna A1 100.00
balance anna available 0 earned 0
2025-02-01 programme
  1 point per 1.00
2025-02-10 again anna A1
balance anna available 0 earned 0
order anna A2 50.00
balance anna available 50 earned 50

story While the programme is switched off nothing is earned
rules S10.1, S5.2
programme
  switched off
2025-01-10 order anna A1 100.00
balance anna available 0 earned 0
redeem anna 1
refused redemption_disabled

story Of awards whose event does not come by one instant the one that gave something first is dropped first
rules S3.2, S4.6, S6.1
programme
  pending until completed, dropped after 20 days
  candle earns 9
2024-01-31 12:00 order anna A1 of mug 70.00 placed 2024-01-31 11:00 updated 2024-01-31 11:00
order anna A2 of candle 33.00 placed 2024-01-30 11:00 updated 2024-01-31 11:00
staff take anna 42
order anna A1 of mug 70.00 + candle 1.00
balance anna pending 80 earned 80
2024-02-21 balance anna pending 0 earned 0 debt 0
complete anna A2
balance anna available 9 earned 9
complete anna A1
balance anna available 80 earned 80
