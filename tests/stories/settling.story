# Time passing (S3): what falls due, in which order, judged by which programme.

story What is due at one instant comes in order: points mature, then they lapse
rules S3.2, S3.3
programme
  lapse after 1 month from earning
2025-01-10 12:00 order anna A1 100.00 matures 2025-02-11
2025-02-10 23:59
balance anna pending 100
2025-02-11
balance anna available 0 pending 0 expired 100
history anna last points_matured at 2025-02-11, points_expired -100 at 2025-02-11

story What is due at one instant comes in order: the tier is judged, then points lapse
rules S3.2, S8.4
programme
  lapse after 12 months
  tiers count the calendar year
  tier Gold from 100 points
2025-12-31 12:00 order anna A1 100.00
tier anna Gold until 2026-12-31 then none
2027-01-01
tier anna none
history anna last tier_expired at 2027-01-01, points_expired -100 at 2027-01-01

story Each instant is judged by the programme in force just before it
rules S3.2, S8.4
programme
  tiers count the calendar year
  tier Gold from 100 points, kept with 50 points
2025-06-01 order anna A1 100.00
2026-06-01 order anna A2 60.00
2027-01-01 programme
  tiers count the calendar year
  tier Gold from 100 points
tier anna Gold until 2027-12-31
2028-01-01
tier anna none

story A kinder programme does not judge what ended the moment it began
rules S3.2, S8.4
programme
  tiers count the calendar year
  tier Gold from 100 points
2025-06-01 order anna A1 100.00
2026-06-01 order anna A2 60.00
2027-01-01 programme
  tiers count the calendar year
  tier Gold from 100 points, kept with 50 points
tier anna none

story A programme that takes effect lifts members at that instant
rules S3.2, S3.3, S8.8
programme
  tiers count for life
  tier Gold from 100 points
2025-01-10 order anna A1 60.00
tier anna none
2025-03-01 programme
  tiers count for life
  tier Gold from 50 points
2025-06-01
tier anna Gold
history anna last tier_acquired at 2025-03-01

story Months may pass before anybody looks
rules S3.1, S3.3
programme
  pending 14 days
  lapse after 2 months
2025-01-10 12:00 order anna A1 100.00
2025-02-10 12:00 order anna A2 50.00
2025-08-01
balance anna available 0 pending 0 earned 150 expired 150
history anna last points_matured at 2025-01-24 12:00, earned_from_order +50, points_matured at 2025-02-24 12:00, points_expired -100 at 2025-03-25, points_expired -50 at 2025-04-25

story Lapsed points cannot be spent though no job has run
rules S3.1, S5.2
programme
  lapse after 1 month
2025-01-10 order anna A1 100.00
2025-02-11 redeem anna 1
refused not_enough_points available 0 missing 1
balance anna expired 100

story Reading first and writing later come to the same
rules S3.1, S3.4
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-02-11
balance anna available 0 expired 100
2025-02-20 12:00 order anna A2 10.00
balance anna available 10 expired 100 earned 110
history anna last points_expired -100 at 2025-02-11, earned_from_order +10

story Orders whose event does not come are dropped at one instant, beside one that matures
rules S3.2, S4.6
programme
  pending until completed, dropped after 60 days
2025-01-10 12:00 order anna A1 100.00
order anna A2 50.00
order anna A3 30.00 matures 2025-03-11 12:00
balance anna pending 180
2025-03-11 12:00
balance anna available 30 pending 0 earned 30 expired 0

story An order whose time to be completed has passed before it is told of earns only when it is completed
rules S4.6, S4.9
programme
  pending until completed, dropped after 60 days
  lapse after 12 months
2025-06-10 12:00 order anna A1 100.00 placed 2025-01-10 updated 2025-01-10
balance anna available 0 pending 0 earned 0
2025-06-11 12:00 complete anna A1
lots anna 100 until 2026-06-11

story A clock that was moved far ahead still tells changes, invitations and friends apart
rules S2.5, S1.4
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
2039-09-07 order anna A1 100.00
2040-01-10 order anna A2 50.00
anna invites by whatsapp -> REF1
anna invites by sms -> REF2
2090-02-01 order ben B1 50.00 code REF2
referrals anna sms qualified +500, whatsapp invited
staff undo anna A2
order cleo C1 10.00
redeem cleo 4 -> CODE1
unredeem cleo CODE1
2090-03-01 merge cleo with anna
balance cleo available 610 pending 0
history cleo last merged_from
