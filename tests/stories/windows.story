story A day leaves a rolling window of months at the start of that day that many months on
rules S8.2, S8.5
programme
  tiers count the last 12 months
  tiers last forever
  tier Friend
  tier Gold from 500 points
2024-03-10 12:00 order anna A1 300.00
next anna Gold lacks 200 points progress 6000
2025-03-09 23:59:59
next anna Gold lacks 200 points progress 6000
2025-03-10 00:00
next anna Gold lacks 500 points progress 0
spend anna life 300.00 window 0.00

story A rolling window of days holds as many days as it says
rules S8.2
programme
  tiers count the last 30 days
  tiers last forever
  tier Friend
  tier Gold from 500 points
2025-01-10 12:00 order anna A1 100.00
2025-01-20 12:00 order anna A2 50.00
2025-02-08 23:59:59
spend anna life 150.00 window 150.00
2025-02-09 00:00
spend anna life 150.00 window 50.00
2025-02-19 00:00
spend anna life 150.00 window 0.00

story A rolling window of months from the end of a month
rules S8.2, S1.2
programme
  tiers count the last 1 month
  tiers last forever
  tier Friend
  tier Gold from 500 points
2025-01-31 12:00 order anna A1 100.00
2025-02-27 23:59:59
spend anna life 100.00 window 100.00
2025-02-28 00:00
spend anna life 100.00 window 0.00

story Late news counts in a rolling window only on its own day
rules S8.2, S4.9
programme
  tiers count the last 30 days
  tiers last forever
  tier Friend
  tier Gold from 500 points
2025-03-01 12:00 order anna A1 100.00
2025-03-02 12:00 order anna A2 400.00 placed 2025-01-15 12:00
spend anna life 500.00 window 100.00
tier anna Friend
order anna A3 400.00 placed 2025-02-10 12:00
spend anna life 900.00 window 500.00
tier anna Gold forever
2025-03-12 00:00
spend anna life 900.00 window 100.00
tier anna Gold forever

story A rolling tier is judged on the window that ends at its deadline, back to the day after entry
rules S8.2, S8.4
programme
  tiers count the last 6 months
  tiers last 12 months
  tier Friend
  tier Gold from 500 points
2025-01-10 12:00 order anna A1 500.00
tier anna Gold until 2026-01-10 then Friend
2025-02-01 12:00 order anna A2 500.00
2026-01-11 00:00
tier anna Gold until 2027-01-10
2027-01-11 00:00
tier anna Friend

story The member's year begins on the joining day
rules S8.2
programme
  tiers count the member's year
  tier Friend
  tier Gold from 500 points
2024-02-29 12:00 order anna A1 300.00
2025-02-27 23:59:59
spend anna life 300.00 window 300.00
2025-02-28 00:00
spend anna life 300.00 window 0.00
order anna A2 500.00
tier anna Gold until 2027-02-27 then Friend
2026-02-28 00:00
spend anna life 800.00 window 0.00

story Tiers by available points are lifted by what matures and by what is given back
rules S8.1, S8.4
programme
  pending 14 days
  redeem from 1
  tiers count for life
  tiers go by available points
  tier Friend
  tier Gold from 500 points
2025-01-10 12:00 order anna A1 600.00
tier anna Friend
next anna Gold lacks 500 points progress 0
2025-01-24 12:00
tier anna Gold forever
redeem anna 300 -> CODE1
tier anna Gold forever
2025-01-25 12:00 order ben B1 600.00
2025-02-08 12:00
redeem ben 200 -> CODE2
tier ben Gold forever

story Spending never ends a tier by available points, and points given back can lift
rules S8.1, S8.4
programme
  redeem from 1
  tiers count for life
  tiers go by available points
  tier Friend
  tier Gold from 500 points
2025-01-10 12:00 order anna A1 400.00
redeem anna 400 -> CODE1
order anna A2 150.00
tier anna Friend
unredeem anna CODE1
tier anna Gold forever
refund anna A1 to 0.00
tier anna Gold forever
balance anna available 150 earned 150

story What counts outside membership leaves the window, too
rules S8.2, S11.4
programme
  tiers count the last 30 days
  tiers last 12 months
  tier Friend
  tier Gold from 100 points
  part sources [{"slug":"orders","title":"Orders","kind":"order","points":1,"per":"1"},{"slug":"staff","title":"Staff","kind":"manual","qualifies":true}]
2025-01-10 customer anna
anna leaves
2025-01-11 staff give anna 100
2025-03-01
next anna Gold lacks 100 points

story Whoever never joined is verified where tiers count the member's year
rules S8.2, S11.4
programme
  members opt in
  tiers count the member's year
  tier Friend
  tier Gold from 400 points
2025-01-10 order anna A1 100.00
balance anna available 0

story Whoever is given points while the programme is off is verified where tiers count the member's year
rules S8.2, S11.4
programme
  switched off
  tiers count the member's year
  tier Friend
  tier Gold from 400 points
2025-01-10 customer anna
staff give anna 50
balance anna available 50
