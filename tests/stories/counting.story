# Rounding, money and days (S1.1, S1.2, S1.3, S1.5, S1.6).

story An order is rounded once, not line by line
rules S1.5, S4.2
2025-01-10 order anna A1 of candle 1.50 + mug 1.50 + soap 1.50
balance anna available 4

story Half a point goes up where the programme says so
rules S1.5
programme
  round half_up
2025-01-10 order anna A1 1.50
order anna A2 1.49
balance anna available 3

story Any part of a point goes up where the programme says so
rules S1.5
programme
  round ceil
2025-01-10 order anna A1 1.01
order anna A2 1.00
balance anna available 3

story Rounding comes after all multipliers
rules S1.5, S4.2
programme
  1.5x
  1.5x
2025-01-10 order anna A1 of candle 1.00 + mug 1.00
balance anna available 4

story A rate is a proportion, exact to the last millionth
rules S1.1, S4.2
programme
  5 points per 2.50
2025-01-10 order anna A1 3.00
balance anna available 6
order anna A2 2.99
balance anna available 11
order anna A3 0.499999
balance anna available 11

story A third of a point never drifts
rules S1.1, S1.5
programme
  1 point per 3
2025-01-10 order anna A1 of candle 1.00 + mug 1.00 + soap 1.00
balance anna available 1
order anna A2 2.999999
balance anna available 1

story Money is floored to the smallest coin
rules S1.1, S1.5, S5.4
programme
  a point is worth 0.0333
2025-01-10 order anna A1 100.00
value anna 3.33
order anna A1 10.00
value anna 0.33

story Yen have no smaller coin
rules S1.1, S5.4
programme
  currency JPY
  zone Asia/Tokyo
  a point is worth 0.5
  redeem from 2
2025-01-10 order anna A1 3
value anna 1.00

story A dinar has a thousand fils
rules S1.1, S5.4
programme
  currency KWD
  zone Asia/Kuwait
  a point is worth 0.0015
  redeem from 1
2025-01-10 order anna A1 3
value anna 0.004

story A month after the 31st is the end of the month
rules S1.2, S7.1
programme
  lapse after 1 month
2025-01-31 12:00 order anna A1 100.00
expires anna 100 on 2025-02-28
2025-02-28 23:59
balance anna available 100
2025-03-01
balance anna available 0 expired 100

story A year after the 29th of February is the 28th
rules S1.2, S7.1
programme
  lapse after 1 year
2024-02-29 12:00 order anna A1 100.00
expires anna 100 on 2025-02-28

story Lots may last to the end of the month, quarter, half-year or year
rules S1.2, S7.1
programme
  lapse after 1 month to the end of the month
2025-02-10 12:00 order anna A1 1.00
2025-02-11 programme
  lapse after 1 month to the end of the quarter
2025-02-12 order anna A2 2.00
2025-02-13 programme
  lapse after 1 month to the end of the half-year
2025-02-14 order anna A3 3.00
2025-02-15 programme
  lapse after 1 month to the end of the year
2025-02-16 order anna A4 4.00
expires anna 3 on 2025-03-31, 3 on 2025-06-30, 4 on 2025-12-31

story An end that falls on the turn of the month stays there
rules S1.2, S1.3
programme
  lapse after 1 month to the end of the month
2025-01-01 order anna A1 100.00
expires anna 100 on 2025-01-31
2025-01-31 23:59
balance anna available 100
2025-02-01
balance anna expired 100

story A lot may end to the second
rules S1.3, S7.1
programme
  lapse after 1 month to the second
2025-01-10 12:00 order anna A1 100.00
expires anna 100 on 2025-02-10
2025-02-10 11:59
balance anna available 100
2025-02-10 12:00
balance anna available 0 expired 100

story An hour that the clock skips moves to the next that exists
rules S1.2, S4.6
programme
  pending 1 days
2025-03-29 02:30 order anna A1 100.00
2025-03-30 01:59
balance anna available 0 pending 100
2025-03-30 03:00
balance anna available 100 pending 0

story Of an hour that comes twice the first counts
rules S1.2, S4.6
programme
  pending 1 days
2025-10-25 02:30 order anna A1 100.00
2025-10-26 02:29
balance anna available 0 pending 100
2025-10-26 02:30
balance anna available 100 pending 0

story A day lasts until the next midnight that exists
rules S1.2, S1.3
programme
  zone America/Sao_Paulo
  lapse after 1 month
2018-10-03 12:00 order anna A1 100.00
expires anna 100 on 2018-11-03
2018-11-03 23:59
balance anna available 100
2018-11-04 01:00
balance anna expired 100

story A day of 23 hours does not shorten a term
rules S1.2
programme
  pending 1 days
2025-03-29 12:00 order anna A1 100.00
2025-03-30 11:59
balance anna pending 100
2025-03-30 12:00
balance anna available 100

story The programme's zone says which year it is
rules S1.2, S8.2
programme
  zone Asia/Tokyo
  tiers count the calendar year
  tier Friend
  tier Gold from 100.00 spend
2025-01-01 00:30 order anna A1 60.00
order anna A2 30.00 placed 2024-12-31 23:30
spend anna life 90.00 window 60.00

story An order from the future counts as now
rules S1.6, S7.1
programme
  lapse after 12 months from earning
2025-01-10 12:00 order anna A1 100.00 placed 2026-03-01
expires anna 100 on 2026-01-10
