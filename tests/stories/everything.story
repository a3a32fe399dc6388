story All available points lapse at the end of a fixed day, wherever they come from
rules S7.2, S7.3
programme
  zone Europe/Paris
  everything lapses after 12-31 each year
  pending 14 days
2025-03-01 12:00 order anna A1 100.00
2025-12-25 12:00 order anna A2 50.00
2025-12-31 23:59:59
balance anna available 100 pending 50 expired 0
2026-01-01 00:00
balance anna available 0 pending 50 expired 100
2026-01-08 12:00
balance anna available 50 expired 100
2027-01-01 00:00
balance anna available 0 expired 150 earned 150

story Of several fixed days the next one counts
rules S7.2
programme
  everything lapses after 06-30 and 12-31 each year
2025-03-01 12:00 order anna A1 100.00
2025-07-01 00:00
balance anna available 0 expired 100
order anna A2 50.00
2025-12-31 23:59:59
balance anna available 50
2026-01-01 00:00
balance anna available 0 expired 150

story The last day of February is every year's last day of February
rules S7.2, S1.2
programme
  everything lapses after 02-29 each year
2025-01-10 12:00 order anna A1 100.00
2025-02-28 23:59:59
balance anna available 100
2025-03-01 00:00
balance anna available 0 expired 100
order anna A2 50.00
2028-02-29 23:59:59
balance anna available 0 expired 150

story Points live on while the member orders or redeems
rules S7.2
programme
  everything lapses 6 months after the last activity
  redeem from 1
2025-01-10 12:00 order anna A1 100.00
2025-06-10 12:00 redeem anna 10 -> CODE1
2025-07-10 23:59:59
balance anna available 90
2025-12-10 23:59:59
balance anna available 90
2025-12-11 00:00
balance anna available 0 expired 90
history anna last points_expired -90 at 2025-12-11

story Undoing, maturing and staff keep nothing alive
rules S7.2, S6.4
programme
  everything lapses 6 months after the last activity
  redeem from 1
2025-01-10 12:00 order anna A1 100.00
redeem anna 10 -> CODE1
2025-06-10 12:00 unredeem anna CODE1
staff give anna 20 "sorry"
2025-07-10 23:59:59
balance anna available 120
2025-07-11 00:00
balance anna available 0 expired 120

story Where only redemptions keep points alive, orders do not
rules S7.2
programme
  everything lapses 6 months after the last redemption
  redeem from 1
2025-01-10 12:00 order anna A1 100.00
2025-06-10 12:00 order anna A2 100.00
2025-07-11 00:00
balance anna available 0 expired 200

story A lot lapses at the earlier of its own end and the common moment
rules S7.3
programme
  lapse after 3 months
  everything lapses after 12-31 each year
2025-01-10 12:00 order anna A1 100.00
2025-04-11 00:00
balance anna available 0 expired 100
2025-11-10 12:00 order anna A2 50.00
2026-01-01 00:00
balance anna available 0 expired 150

story What comes back after a common lapse comes with grace
rules S5.5, S7.2
programme
  everything lapses after 06-30 each year
  redeem from 1
2025-01-10 12:00 order anna A1 100.00
2025-06-10 12:00 redeem anna 60 -> CODE1
2025-07-01 00:00
balance anna available 0 expired 40
2025-07-05 12:00 unredeem anna CODE1
balance anna available 60 expired 40
lots anna 60 until 2025-08-04
2025-08-05 00:00
balance anna available 0 expired 100

story Switching rolling expiration on starts the clock at the switch
rules S7.4
programme
  pending 14 days
2025-01-10 12:00 order anna A1 100.00
2025-05-25 12:00 order anna A2 50.00
lots anna 100 forever, 50 from 2025-06-08 forever
2025-06-01 12:00 programme
  pending 14 days
  lapse after 6 months
2025-06-02 12:00
lots anna 100 until 2025-12-01, 50 from 2025-06-08 forever
2025-12-02 00:00
balance anna available 50 expired 100

story Another term never shortens the life of points that are there
rules S7.4
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-06-01 12:00 programme
  lapse after 1 month
order anna A2 50.00
lots anna 50 until 2025-07-01, 100 until 2026-01-10

story Switching inactivity on starts the clock at the switch
rules S7.4, S7.2
programme
  redeem from 1
2025-01-10 12:00 order anna A1 100.00
2025-12-01 12:00 programme
  everything lapses 6 months after the last activity
2026-06-01 23:59:59
balance anna available 100
2026-06-02 00:00
balance anna available 0 expired 100

story A global expiration switched off leaves the points alone
rules S7.4
programme
  everything lapses after 12-31 each year
2025-01-10 12:00 order anna A1 100.00
2025-06-01 12:00 programme
  lapse after 36 months
2026-01-01 00:00
balance anna available 100 expired 0

story A fixed day that passes while there is nothing to lapse gives way to the next
rules S7.2, S3.1
programme
  everything lapses after 03-31 each year
  pending 400 days
2025-03-01 12:00 order anna A1 100.00
2025-06-01 12:00
balance anna available 0 pending 100
2026-04-05 12:00
balance anna available 100 pending 0 expired 0
2027-03-31 23:59:59
balance anna available 100
2027-04-01 00:00
balance anna available 0 expired 100

story Late news of long ago does not end what has matured since
rules S7.2, S4.9
programme
  everything lapses 2 months after the last activity
  pending 100 days
2025-01-10 12:00 order anna A1 100.00
2025-04-20 12:00
balance anna available 100
order anna A2 50.00 placed 2024-12-01
balance anna available 100 pending 50 expired 0

story A version that leaves the policy as it is leaves its clock alone
rules S7.2, S7.4
programme
  everything lapses 2 months after the last activity
2025-01-10 12:00 order anna A1 100.00
2025-02-10 programme
  everything lapses 2 months after the last activity
  redeem from 10
2025-03-11
balance anna available 0 expired 100

story What a tier pays at its entry is an activity
rules S7.2, S8.4
programme
  everything lapses 2 months after the last activity
  pending 40 days
  tiers count for life
  tiers go by available points
  tiers last forever
  tier Gold from 100 points
  entering Gold earns 10
2025-01-10 12:00 order anna A1 100.00
2025-02-19 12:00
balance anna available 110
2025-04-19 23:59:59
balance anna available 110
2025-04-20
balance anna available 0 expired 110

story Points that were spent again after a common lapse come back to their own lot
rules S5.5, S5.7, S7.2
programme
  everything lapses after 03-31 each year
  returned points live 0 days
2025-03-01 order anna A1 100.00
redeem anna 100 -> CODE1
order anna A2 60.00 code CODE1
2025-04-02 order anna A3 100.00
cancel anna A2
balance anna available 100 expired 100 redeemed 0
confirm anna A2
balance anna available 60 redeemed 100
cancel anna A2
balance anna available 100 expired 100 redeemed 0

story What staff give somebody who has been idle for long has a clock of its own
rules S7.2, S6.4
programme
  everything lapses 6 months after the last activity
2024-01-10 12:00 customer anna             # whose half year ends in July
2025-01-10 12:00 staff give anna 100
2025-03-10 12:00 staff give anna 50        # staff keep nothing alive
2025-07-10 23:59
balance anna available 150 expired 0
2025-07-11
balance anna available 0 expired 150
2025-08-01 12:00 staff give anna 10
2025-09-01 12:00 order anna A1 1.00        # an activity does
2026-02-28 23:59
balance anna available 11
2026-03-02
balance anna available 0 expired 161

story Points that mature after their member's moment have a clock of their own
rules S7.2, S4.6
programme
  everything lapses 2 months after the last activity
  pending 100 days
2025-01-10 12:00 order anna A1 100.00
2025-01-20 12:00 order anna A2 50.00
2025-04-20 12:00
balance anna available 100 pending 50
2025-04-30 12:00
balance anna available 150
2025-06-20 23:59
balance anna available 150 expired 0
2025-06-21
balance anna available 0 expired 150

story What staff give back to somebody who has been idle for long has a clock of its own
rules S7.2, S5.5
programme
  redeem from 10
  everything lapses 2 months after the last activity
2025-01-10 12:00 order anna A1 100.00
redeem anna 100
2025-05-10 12:00 staff unspend anna 150    # 100 with a grace of 30 days, and 50
balance anna available 150
2025-06-10
balance anna available 50 expired 100
2025-07-10 23:59
balance anna available 50
2025-07-11
balance anna available 0 expired 150

story A fixed day ends also what staff give to somebody who takes no part
rules S7.2, S11.4
programme
  everything lapses after 06-30 each year
2025-01-10 12:00 anna leaves               # before anybody knew her, so she never joined
staff give anna 50
2025-06-30 23:59
balance anna available 50
2025-07-01
balance anna available 0 expired 50

story Points that a push dates into the past and takes back start no clock
rules S7.2, S4.6
programme
  candle earns 9
  pending until the next 12-31
  everything lapses 2 months after the last activity
2025-01-10 12:00 order anna A1 of candle 30.00
2025-04-10 12:00 order anna A1 of candle 30.00 canceled matures 2025-04-01
balance anna available 0 pending 0 earned 0
2025-05-01 12:00 staff give anna 10 "sorry"
2025-07-01 23:59 balance anna available 10
2025-07-02 balance anna available 0 expired 10

story Points that mature as others are dropped start no clock where the drop takes them
rules S7.2, S4.6
programme
  trigger visit
  pending until the event visit, dropped after 2 months
  part expiration {"global":{"mode":"inactivity","term":"10 days","keeps":["redemption"]}}
2025-01-10 12:00 order anna A1 100.00 completed
redeem anna 100 -> CODE1
refund anna A1 to 0.00
order anna A2 60.00                            # pays debt, and is dropped as the next matures
order anna A3 100.00 matures 2025-03-10 12:00
balance anna pending 60 debt 0
2025-03-10 12:00 balance anna available 0 pending 0 debt 0
2025-03-15 12:00 staff give anna 10 "sorry"
2025-03-25 23:59 balance anna available 10
2025-03-26 balance anna available 0 expired 10

story What an event matures starts the clock before the event pays for an earlier day
rules S3.2, S4.9, S7.2
programme
  trigger delivered
  pending until the event delivered
  everything lapses 2 months after the last activity
  part sources [{"slug":"orders","title":"Orders","kind":"order","points":1,"per":"1"},{"slug":"parcel","title":"Parcel","kind":"trigger","points":13,"trigger":"delivered"}]
2025-03-29 12:00 order anna A1 30.00
2025-07-31 12:00 event anna delivered on 2025-06-21
balance anna available 43
2025-09-30 23:59 balance anna available 43
2025-10-01 00:00 balance anna available 0 expired 43
