# Climbing tiers (S8.1 to S8.3, S8.5, S8.6).

story A tier is reached at its very threshold
rules S8.1, S8.3
programme
  tiers count for life
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-01-10 order anna A1 99.99
tier anna Friend
next anna Silver lacks 1 points progress 9900
order anna A2 1.00
tier anna Silver forever
next anna Gold lacks 400 points progress 2000
order anna A3 399.00
tier anna Silver
next anna Gold lacks 1 points progress 9980
order anna A4 1.00
tier anna Gold forever
next anna none

story A large order jumps over tiers
rules S8.3
programme
  tiers count for life
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-01-10 order anna A1 500.00
tier anna Gold
history anna joined, earned_from_order +500, tier_acquired

story Nobody has a tier where the first one asks for something
rules S8.1, S8.6
programme
  tiers count for life
  tier Silver from 100 points
  tier Gold from 500 points
2025-01-10 customer anna
tier anna none
next anna Silver lacks 100 points progress 0

story Everything that a tier asks for must be there
rules S8.1, S8.5
programme
  tiers count for life
  tier Friend
  tier Gold from 100 points and 200.00 spend and 3 orders
2025-01-10 order anna A1 150.00
next anna Gold lacks 50.00 spend, 2 orders progress 3333
order anna A2 50.00
tier anna Friend
next anna Gold lacks 1 orders progress 6666
order anna A3 0.00
tier anna Gold

story One of several things is enough
rules S8.1, S8.5
programme
  2 points per 1.00
  tiers count for life
  tier Friend
  tier Gold from 400 points or 300.00 spend or 4 orders
2025-01-10 order anna A1 100.00
next anna Gold lacks 200 points, 200.00 spend, 3 orders progress 5000
order anna A2 100.00
tier anna Gold
step anna Gold lacks nothing progress 10000

story Progress is floored and full only when the tier is reached
rules S8.5
programme
  tiers count for life
  tier Friend
  tier Gold from 30000.00 spend
2025-01-10 order anna A1 29999.99
next anna Gold lacks 0.01 spend progress 9999
order anna A2 0.01
tier anna Gold
step anna Gold lacks nothing progress 10000

story Spending points does not lower a tier
rules S8.1, S8.3
programme
  tiers count for life
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
redeem anna 100
tier anna Gold
counts anna 100 points, 1 orders

story Lapsed points do not lower a tier
rules S8.1, S7.1
programme
  lapse after 1 month
  tiers count for life
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
2026-01-10
balance anna available 0
tier anna Gold

story Redemptions are no spend
rules S8.1, S13.1
programme
  tiers count for life
  tier Friend
  tier Gold from 150.00 spend
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
order anna A2 49.00 code CODE1
spend anna life 149.00
tier anna Friend

story Pending points qualify
rules S8.1, S4.6
programme
  pending 14 days
  tiers count for life
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
tier anna Gold

story Points that do not qualify are spent like others and count for no tier
rules S4.1, S8.1
programme
  order points do not qualify
  tiers count for life
  tier Friend
  tier Gold from 100.00 spend
2025-01-10 order anna A1 100.00
tier anna Gold
counts anna 0 points, 1 orders
balance anna available 100

story Money that does not earn does not lift
rules S8.1, S4.2
programme
  collection gift-cards earns nothing
  tiers count for life
  tier Friend
  tier Gold from 100.00 spend
2025-01-10 order anna A1 of card (gift-cards) 100.00 + candle 50.00
tier anna Friend
spend anna life 50.00

story A tier may give its points a longer life
rules S7.1
programme
  lapse after 1 month
  tiers count for life
  tier Friend
  tier Gold from 100 points, points lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-01-11 12:00 order anna A2 50.00
lots anna 100 until 2025-02-10, 50 until 2026-01-11

story A source may give its points a life of their own
rules S7.1
programme
  lapse after 1 month
  order points lapse after 6 months
2025-01-10 12:00 order anna A1 100.00
staff give anna 50
lots anna 50 until 2025-02-10, 100 until 2025-07-10

story A calendar year forgets the year before
rules S8.2
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2024-12-31 23:58 order anna A1 60.00
next anna Gold lacks 40 points
2025-01-01
next anna Gold lacks 100 points progress 0
order anna A2 60.00
tier anna Friend
spend anna life 120.00 window 60.00

story Late news counts in its own year and lifts nobody now
rules S4.9, S8.2
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2024-12-20 order anna A1 60.00
2025-01-05 order anna A2 60.00 placed 2024-12-22
tier anna Friend
spend anna life 120.00 window 0.00

story A ladder that is lowered lifts at once, one that is raised lowers at the next deadline
rules S8.8
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
order bert B1 60.00
2025-03-01 programme
  tiers count the calendar year
  tier Friend
  tier Gold from 50 points
tier bert Gold
2025-06-01 programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
tier anna Gold until 2026-12-31
tier bert Gold until 2026-12-31
2027-01-01
tier anna Friend
tier bert Friend

story A new step above is entered at once
rules S8.8, S8.3
programme
  tiers count for life
  tier Friend
  tier Silver from 100 points
2025-01-10 order anna A1 600.00
tier anna Silver
2025-03-01 programme
  tiers count for life
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
tier anna Gold

story Points of an undone redemption that lapse at once lift before they do, like those of a cancelled order
rules S3.2, S5.5
programme
  tiers go by available points
  tiers last 12 months
  tier Friend
  tier Silver from 100 points
  lapse after 1 month
  returned points live 0 days
2025-01-10 order anna A1 150.00
redeem anna 140 -> CODE1
2026-06-01
tier anna Friend
unredeem anna CODE1
balance anna available 0 expired 150
tier anna Silver

story Points of a cancelled order's code that lapse at once lift before they do
rules S3.2, S5.5
programme
  tiers go by available points
  tiers last 12 months
  tier Friend
  tier Silver from 100 points
  lapse after 1 month
  returned points live 0 days
2025-01-10 order anna A1 150.00
redeem anna 140 -> CODE1
2025-01-11 order anna A2 1.00 code CODE1
2026-06-01
tier anna Friend
cancel anna A2
balance anna available 0 expired 150
tier anna Silver

story Who falls into a tier that is entered now is looked at from then on, also where a version moved the zone since the last was entered
rules S8.4
programme
  zone Pacific/Kiritimati
  tiers count the calendar year
  tier Silver from 2 orders
  tier Gold from 400 spend
2025-03-30 01:00 order anna A1 500.00
tier anna Gold
2025-04-01 programme
  zone Europe/Berlin
  tiers count the calendar year
  tier Silver from 2 orders
  tier Gold from 400 spend
2025-06-14 order anna A2 10.00
order anna A3 10.00
cancel anna A1
tier anna Silver until 2026-12-31
keeps anna lacks 2 orders progress 0
