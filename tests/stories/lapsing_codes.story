# Codes that lapse when they are not used in time (S9.2, S3.2).

story An unused code lapses, and its points stay spent
rules S9.2, S3.2
programme
  codes lapse after 30 days
2025-01-10 12:00 order anna A1 100.00
redeem anna 60 -> CODE1
code anna CODE1 unused worth 0.60
2025-02-09 23:59:59
code anna CODE1 unused
2025-02-10
code anna CODE1 gone
balance anna available 40 redeemed 60 expired 0
history anna last redeemed_towards_order -60, reward_lapsed at 2025-02-10
unredeem anna CODE1
refused invalid_redemption_for_unredeem

story A lapsed code does nothing on a later order
rules S9.2, S5.7
programme
  codes lapse after 30 days
2025-01-10 12:00 order anna A1 100.00
redeem anna 60 -> CODE1
2025-02-10 order anna A2 50.00 code CODE1
code anna CODE1 gone
cancel anna A2
balance anna available 40 redeemed 60

story An order that was placed in time uses the code, however late it is told
rules S9.2, S5.7, S4.9
programme
  codes lapse after 30 days
2025-01-10 12:00 order anna A1 100.00
redeem anna 60 -> CODE1
2025-02-12 order anna A2 50.00 code CODE1 placed 2025-02-09 20:00 updated 2025-02-09 20:00
balance anna available 90 redeemed 60
cancel anna A2
balance anna available 100 redeemed 0

story A locked code does not lapse while its order waits
rules S9.2, S5.7
programme
  codes lapse after 30 days
2025-01-10 12:00 order anna A1 100.00
redeem anna 60 -> CODE1
2025-02-01 order anna A2 50.00 unconfirmed code CODE1
2025-03-01
code anna CODE1 locked
confirm anna A2
code anna CODE1 gone
balance anna redeemed 60
history anna last redeemed_towards_order -60, earned_from_order +50

story A code that comes free after its end lapses at once
rules S9.2, S5.7
programme
  codes lapse after 30 days
2025-01-10 12:00 order anna A1 100.00
redeem anna 60 -> CODE1
2025-02-01 order anna A2 50.00 unconfirmed code CODE1
2025-03-01 cancel anna A2
code anna CODE1 gone
balance anna available 40 redeemed 60
history anna last redeemed_towards_order -60, reward_lapsed

story A code that comes free before its end keeps it
rules S9.2, S5.7
programme
  codes lapse after 30 days
  cancelled orders give the reward back
2025-01-10 12:00 order anna A1 100.00
redeem anna 60 -> CODE1
2025-02-01 order anna A2 50.00 code CODE1
code anna CODE1 gone
2025-02-05 cancel anna A2
code anna CODE1 unused
2025-02-10
code anna CODE1 gone

story The end of a code is that of the programme it was made under
rules S9.2, S10.1
programme
  codes lapse after 1 month
2025-01-31 12:00 order anna A1 100.00
redeem anna 10 -> CODE1
2025-02-10 programme
  a point is worth 0.02
2025-02-10 redeem anna 10 -> CODE2
2025-02-28 23:59:59
code anna CODE1 unused
2025-03-01
code anna CODE1 gone
code anna CODE2 unused

story Several codes lapse at one instant
rules S9.2, S3.2
programme
  codes lapse after 30 days
2025-01-10 12:00 order anna A1 100.00
redeem anna 60 -> CODE1
redeem anna 10 -> CODE2
redeem anna 10 without code
unredeem anna CODE2
redeem anna 20 -> CODE3
2025-02-10
code anna CODE1 gone
code anna CODE3 gone
history anna last points_returned +10, redeemed_towards_order -20, reward_lapsed, reward_lapsed

story Codes of whoever becomes one lapse as they would have
rules S11.2, S9.2
programme
  codes lapse after 30 days
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
redeem ben 60 -> CODE1
2025-01-20 redeem anna 10 -> CODE2
merge anna with ben
code anna CODE1 unused
2025-02-10
code anna CODE1 gone
code anna CODE2 unused
2025-02-20
code anna CODE2 gone
balance anna redeemed 70

story A code that lapsed was gone until the news of an order placed before
rules S5.7, S3.5
programme
  1 point per 1.00
  a point is worth 0.05
  part redemption {"coupon_expires":"2 months"}
2025-01-10 12:00 order joe J1 20.00
redeem joe 1 -> CODE1
redeem joe 2 -> CODE2
2025-06-01 12:00 order joe J2 10.00 unconfirmed code CODE1 placed 2025-01-11
order joe J3 10.00 code CODE2 placed 2025-01-11
as of 2025-03-09 code joe CODE1 unused
as of 2025-03-12 code joe CODE1 gone
as of 2025-03-12 code joe CODE2 gone
as of 2025-03-12 rewards joe none
code joe CODE1 locked
code joe CODE2 gone
