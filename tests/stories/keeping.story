# Keeping and losing tiers (S8.3, S8.4).

story A tier lasts to the end of the next year, and is kept by what is earned in it
rules S8.3, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2025-03-10 order anna A1 100.00
tier anna Gold until 2026-12-31 then Friend or kept until 2027-12-31
2026-05-10 order anna A2 100.00
keeps anna lacks nothing progress 10000
2026-12-31 23:59
tier anna Gold until 2026-12-31
2027-01-01
tier anna Gold until 2027-12-31 then Friend or kept until 2028-12-31
history anna last tier_renewed at 2027-01-01

story A tier that is not kept is lost at the turn of the year
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2025-03-10 order anna A1 100.00
2026-05-10 order anna A2 99.00
keeps anna lacks 1 points progress 9900
2026-12-31 23:59
tier anna Gold
2027-01-01
tier anna Friend
next anna Gold lacks 100 points progress 0
history anna last tier_expired at 2027-01-01

story Less may be enough to keep a tier
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points, kept with 50 points
2025-03-10 order anna A1 100.00
2026-05-10 order anna A2 50.00
2027-01-01
tier anna Gold until 2027-12-31

story The year's window is stretched back to the day after entry
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2025-03-10 order anna A1 100.00
2025-03-11 order anna A2 100.00
2027-01-01
tier anna Gold until 2027-12-31
2028-01-01
tier anna Friend

story What was bought on the day of entry does not keep the tier
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2025-03-10 order anna A1 100.00
order anna A2 100.00
2027-01-01
tier anna Friend

story Grace is shown, and what is bought in it counts
rules S8.4
programme
  tiers count the calendar year
  tiers have 30 days of grace
  tier Friend
  tier Gold from 100 points
2025-03-10 order anna A1 100.00
tier anna Gold until 2027-01-30 then Friend or kept until 2028-01-30
2026-05-10 order anna A2 60.00
2027-01-20 order anna A3 40.00
2027-01-30 23:59
tier anna Gold until 2027-01-30
2027-01-31
tier anna Gold until 2028-01-30

story After grace the tier is lost
rules S8.4
programme
  tiers count the calendar year
  tiers have 30 days of grace
  tier Friend
  tier Gold from 100 points
2025-03-10 order anna A1 100.00
2026-05-10 order anna A2 60.00
2027-01-20 order anna A3 39.00
2027-01-30 23:59
tier anna Gold
2027-01-31
tier anna Friend

story Who misses a tier falls to what was earned
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
  tier Pearl from 1000 points
2025-03-10 order anna A1 1000.00
tier anna Pearl until 2026-12-31 then Gold
2026-05-10 order anna A2 120.00
tier anna Pearl until 2026-12-31 then Silver
2027-01-01
tier anna Silver until 2027-12-31 then Friend
2028-01-01
tier anna Friend

story Who misses a tier may fall one step a year
rules S8.4
programme
  tiers count the calendar year
  tiers fall one step
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
  tier Pearl from 1000 points
2025-03-10 order anna A1 1000.00
tier anna Pearl until 2026-12-31 then Gold
2027-01-01
tier anna Gold until 2027-12-31 then Silver
2028-01-01
tier anna Silver until 2028-12-31 then Friend
2029-01-01
tier anna Friend

story Tiers may never fall
rules S8.4
programme
  tiers count the calendar year
  tiers never fall
  tier Friend
  tier Gold from 100 points
2025-03-10 order anna A1 100.00
tier anna Gold forever
2035-01-01
tier anna Gold forever

story A tier may last a term
rules S8.3, S8.4, S1.2
programme
  tiers count for life
  tiers last 12 months to the end of the month
  tier Friend
  tier Gold from 100 points
2025-03-10 12:00 order anna A1 100.00
tier anna Gold until 2026-03-31 or kept until 2027-03-31
2026-04-01
tier anna Gold until 2027-03-31 or kept until 2028-03-31

story A new tier has a deadline of its own
rules S8.3
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-03-10 order anna A1 100.00
tier anna Silver until 2026-12-31
2026-02-10 order anna A2 500.00
tier anna Gold until 2027-12-31

story A refund of what led into the tier ends it at once
rules S8.4, S6.3
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-03-10 order anna A1 100.00
2025-03-11 order anna A2 400.00
tier anna Gold
refund anna A2 to 399.00
tier anna Silver
refund anna A2 to 400.00
tier anna Gold

story A refund of anything bought later does not end the tier
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
2025-03-10 order anna A1 500.00
2025-04-10 order anna A2 300.00
2025-04-11 refund anna A2 to 0.00
tier anna Gold until 2026-12-31

story A refund does not end a tier that other orders have earned meanwhile
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
2025-03-10 order anna A1 500.00
2025-04-10 order anna A2 500.00
2025-04-11 refund anna A1 to 0.00
tier anna Gold

story Where refunds never end tiers, they do not
rules S8.4
programme
  tiers count the calendar year
  refunds never end tiers
  tier Friend
  tier Gold from 500 points
2025-03-10 order anna A1 500.00
2025-03-11 refund anna A1 to 0.00
tier anna Gold until 2026-12-31
2027-01-01
tier anna Friend

story Points that count for nothing end no tier as they are dropped
rules S8.4, S4.6
programme
  trigger visit
  pending until the event visit, dropped after 1 month
  order points do not qualify
  tiers count the calendar year
  refunds never end tiers
  tier Friend
  tier Gold from 500 spend
2025-03-10 order anna A1 500.00
2025-03-11 refund anna A1 to 100.00
2025-03-12 programme
  trigger visit
  pending until the event visit, dropped after 1 month
  order points do not qualify
  tiers count the calendar year
  tier Friend
  tier Gold from 500 spend
2025-04-11
balance anna pending 0 earned 0
tier anna Gold until 2026-12-31

story What gave a tier is of its day, though another zone would call it the day before
rules S8.4
programme
  zone Pacific/Kiritimati
  tiers count the calendar year
  tier Friend
  tier Gold from 500 spend
2025-03-10 08:00 order anna A1 500.00
order anna A2 100.00
2025-03-09 18:30Z programme
  zone Etc/GMT+12
  tiers count the calendar year
  tier Friend
  tier Gold from 500 spend
refund anna A2 to 50.00
tier anna Gold
order ben B1 500.00
2025-03-09 19:00Z programme
  zone Pacific/Kiritimati
  tiers count the calendar year
  tier Friend
  tier Gold from 500 spend
refund anna A1 to 499.00
refund anna A2 to 0.50
tier anna Friend
tier ben Gold
cleo joins
merge cleo with ben
order cleo C1 10.00
refund cleo C1 to 5.00
tier cleo Gold

story What entering a tier gave leaves the day on which it was given
rules S6.3, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 spend
  tier Gold from 500 points and 1000 spend
  entering Silver earns 60 which count
2025-12-10 order anna A1 100.00
2026-01-05 refund anna A1 to 50.00
tier anna Friend
balance anna available 50 earned 50
step anna Gold lacks 500 points, 1000.00 spend

story What entering a tier gave leaves it, though it would not count now
rules S6.3, S8.4
programme
  tiers count for life
  tier Friend
  tier Silver from 100 spend
  entering Silver earns 60 which count
2025-12-10 order anna A1 100.00
2025-12-11 programme
  tiers count for life
  tier Friend
  tier Silver from 100 spend
  entering Silver earns 60
2026-01-05 refund anna A1 to 50.00
tier anna Friend
counts anna 50 points, 1 orders

story A refund after the turn of the year asks what counted at entry
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
2025-12-10 order anna A1 500.00
2026-01-05 refund anna A1 to 499.00
tier anna Friend

story A refund after renewal asks what counted at the renewal
rules S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points, kept with 200 points
2025-03-10 order anna A1 500.00
2026-03-10 order anna A2 200.00
2027-01-01
tier anna Gold until 2027-12-31
2027-01-10 refund anna A1 to 0.00
tier anna Gold
refund anna A2 to 199.00
tier anna Friend

story A refund falls no deeper than what is left has earned
rules S8.4
programme
  tiers count the calendar year
  tiers fall one step
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-03-10 order anna A1 500.00
2025-03-11 refund anna A1 to 150.00
tier anna Silver until 2026-12-31
refund anna A1 to 0.00
tier anna Friend

story What a tier would fall to is told as if its deadline were now
rules S8.4
programme
  tiers count the calendar year
  tier Member
  tier Silver from 50 points
  tier Gold from 100 points
2025-03-10 12:00 order anna A1 100.00
tier anna Gold until 2026-12-31 then Silver or kept until 2027-12-31

story A tier that was reached by falling one step is not ended by a refund
rules S8.4
programme
  tiers count the calendar year
  tiers fall one step
  tier Silver from 50 points
  tier Gold from 100 points
2025-03-10 12:00 order anna A1 100.00
2026-06-10 12:00 order anna A2 10.00
2027-01-01
tier anna Silver until 2027-12-31
cancel anna A2
tier anna Silver until 2027-12-31

story A tier that points which matured gave is renewed
rules S8.4, S3.1
programme
  tiers go by available points
  pending until completed
  tier Friend
  tier Silver from 100 points
  tiers last 12 months
2025-01-10 12:00 order anna A1 120.00
2025-01-11 12:00 complete anna A1
2027-06-01
tier anna Silver until 2028-01-11
