# Notices (S3.2): what members are told before points lapse or a tier ends.

story Points are told of at the start of the day that lies so many days before the last one
rules S3.2, S1.3
programme
  zone Pacific/Kiritimati
  lapse after 1 month
  warn 3 days before points lapse
2025-01-10 12:00 order anna A1 100.00
2025-02-06 23:59:59
notices anna none
2025-02-07
notices anna 100 points until 2025-02-10 worth 1.00
2025-02-10 23:59
notices anna 100 points until 2025-02-10 worth 1.00
balance anna available 100

story The day is one of the programme's zone, also far west
rules S3.2, S1.2
programme
  zone Pacific/Pago_Pago
  lapse after 1 month
  warn 1 days before points lapse
2025-01-10 23:59 order anna A1 100.00
2025-02-08 23:59:59
notices anna none
2025-02-09
notices anna 100 points until 2025-02-10

story Across the change of the clocks a day is a day
rules S3.2, S1.2
programme
  lapse after 1 month
  warn 7 days before points lapse
2025-03-05 12:00 order anna A1 100.00
2025-03-28 23:59:59
notices anna none
2025-03-29
notices anna 100 points until 2025-04-05

story Lots of one end are told of together, and each notice with what is left by then
rules S3.2, S7.3
programme
  lapse after 1 month to the end of the month
  warn 10 and 2 days before points lapse
  redeem from 1
2025-01-10 12:00 order anna A1 100.00
2025-01-20 12:00 order anna A2 40.00
2025-02-18
notices anna 140 points until 2025-02-28
2025-02-20 redeem anna 60 -> CODE1
2025-02-26
notices anna 140 points until 2025-02-28, 80 points until 2025-02-28

story Of two that fell due while nobody looked the last is made
rules S3.2, S3.1
programme
  lapse after 1 month
  warn 10 and 2 days before points lapse
2025-01-10 12:00 order anna A1 100.00
2025-02-09 12:00
notices anna 100 points until 2025-02-10
2025-02-10 12:00
notices anna 100 points until 2025-02-10

story Nobody is told of what is past
rules S3.2
programme
  lapse after 1 month
  warn 10 days before points lapse
2025-01-10 12:00 order anna A1 100.00
2025-02-11
notices anna none
balance anna expired 100

story Points that come later than the notice would have been are told of by the next one
rules S3.2
programme
  lapse after 1 month to the end of the month
  warn 40 and 5 days before points lapse
2025-01-30 12:00 order anna A1 100.00
2025-02-22 12:00
notices anna none
2025-02-23
notices anna 100 points until 2025-02-28

story Pending points are not told of
rules S3.2, S7.3
programme
  pending until the next 06-01
  lapse after 1 month from earning
  warn 5 days before points lapse
2025-01-10 12:00 order anna A1 100.00
2025-02-09 12:00
notices anna none

story All points that lapse at one moment are told of together, those with an earlier own end apart
rules S3.2, S7.2, S7.3
programme
  lapse after 6 months
  everything lapses after 12-31 each year
  warn 4 days before points lapse
2025-01-10 12:00 order anna A1 100.00
2025-07-01 12:00 order anna A2 30.00
2025-07-06
notices anna 100 points until 2025-07-10
2025-08-01 12:00 order anna A3 20.00
2025-12-27
notices anna 100 points until 2025-07-10, 50 points until 2025-12-31

story A tier at risk is told of with what keeping it lacks
rules S3.2, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 300.00 spend
  warn 30 days before a tier ends
2025-03-01 12:00 order anna A1 300.00
2026-03-01 12:00 order anna A2 120.00
2026-11-30 23:59:59
notices anna none
2026-12-01
notices anna Gold until 2026-12-31 lacks 180.00 spend
2026-12-10 order anna A3 180.00
2027-01-01
tier anna Gold until 2027-12-31 then Friend

story A tier that is already kept is not at risk
rules S3.2, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 300.00 spend, kept with 100.00 spend
  warn 30 days before a tier ends
2025-03-01 12:00 order anna A1 300.00
2026-03-01 12:00 order anna A2 120.00
2026-12-15
notices anna none

story A programme that begins to warn does so from its instant on
rules S3.2, S3.4
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-02-03 programme
  lapse after 1 month
  warn 10 and 2 days before points lapse
2025-02-04
notices anna none
2025-02-08
notices anna 100 points until 2025-02-10
