# Turning points into discounts (S5.1 to S5.5, S5.7).

story Points that end first are spent first, those that never end last
rules S5.1
programme
  staff points lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-01-11 12:00 staff give anna 100 "sorry"
2025-01-12 redeem anna 120 -> CODE1
drew CODE1 100 until 2025-02-11, 20 forever

story An earlier end goes before an earlier purchase
rules S5.1
programme
  lapse after 12 months
  staff points lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-03-01 12:00 staff give anna 50
redeem anna 70 -> CODE1
drew CODE1 50 until 2025-04-01, 20 until 2026-01-10

story Of lots with one end those available earlier are spent first
rules S5.1
programme
  lapse after 1 month to the end of the month
2025-01-20 12:00 order anna A1 10.00
2025-01-22 12:00 order anna A2 20.00 placed 2025-01-05
redeem anna 15 -> CODE1
drew CODE1 10 until 2025-02-28, 5 until 2025-02-28

story Of lots available together those earned earlier are spent first
rules S5.1
programme
  lapse after 1 month to the end of the month
2025-01-22 12:00 order anna A1 10.00 placed 2025-01-20
order anna A2 20.00 placed 2025-01-05
redeem anna 15 -> CODE1
drew CODE1 15 until 2025-02-28
redeem anna 15 -> CODE2
drew CODE2 5 until 2025-02-28, 10 until 2025-02-28

story Of lots alike in everything the first is spent first
rules S5.1
programme
  lapse after 1 month to the end of the month
2025-01-22 12:00 order anna A1 10.00
order anna A2 20.00
redeem anna 15 -> CODE1
drew CODE1 10 until 2025-02-28, 5 until 2025-02-28

story Spent points do not lapse again, and the others stay whole
rules S5.1, S7.1
programme
  lapse after 2 months
2025-01-10 12:00 order anna A1 100.00
2025-02-10 12:00 order anna A2 100.00
2025-02-11 redeem anna 100
2025-03-11
balance anna available 100 redeemed 100 expired 0
2025-04-11
balance anna available 0 redeemed 100 expired 100 earned 200

story A refusal names every reason with what is missing
rules S5.2, S5.3
programme
  redeem 100..500 step 50
  minimum cart 30.00
  limit 300 monthly
2025-01-10 order anna A1 250.00
redeem anna 620 cart 29.99
refused not_enough_points missing 370, not_a_step lower 600, above_maximum over 120, redemption_limit_reached remaining 300, minimum_cart_not_reached missing 0.010000
redeem anna 90
refused below_minimum missing 10
balance anna available 250 redeemed 0

story Least, most and step, each at its edge
rules S5.2
programme
  redeem 100..500 step 50
2025-01-10 order anna A1 1000.00
redeem anna 99
refused below_minimum min 100 missing 1
redeem anna 100
redeem anna 149
refused not_a_step step 50 lower 100
redeem anna 150
redeem anna 500
redeem anna 550
refused not_enough_points missing 300, above_maximum over 50
balance anna available 250 redeemed 750

story Only some amounts can be had
rules S5.2
programme
  redeem only 100, 250 or 500
2025-01-10 order anna A1 1000.00
redeem anna 200
refused not_a_choice
redeem anna 250 -> CODE1
code anna CODE1 unused worth 2.50

story The least cart, at its edge
rules S5.2
programme
  minimum cart 30.00
2025-01-10 order anna A1 100.00
redeem anna 10 cart 29.999999
refused minimum_cart_not_reached missing 0.000001
redeem anna 10 cart 30.00
redeem anna 10
balance anna redeemed 20

story The last point can be spent, one more cannot
rules S5.2
2025-01-10 order anna A1 100.00
redeem anna 101
refused not_enough_points available 100 missing 1
redeem anna 100
balance anna available 0 redeemed 100

story A redemption may need no code
rules S5.2, S5.5
2025-01-10 order anna A1 100.00
redeem anna 60 without code -> R1
balance anna available 40 redeemed 60
unredeem anna R1
balance anna available 100 redeemed 0

story Points without value cannot be redeemed
rules S5.2, S5.3, S5.4
programme
  points have no value
2025-01-10 order anna A1 100.00
value anna none
limit anna none
redeem anna 10
refused redemption_disabled

story The same request under one key is one redemption
rules S5.2
2025-01-10 order anna A1 100.00
redeem anna 60 key K1 -> CODE1
redeem anna 60 key K1 -> CODE2
same code CODE1 CODE2
balance anna available 40 redeemed 60
redeem anna 30 key K1
refused idempotency_key_reused

story Twenty wishes at once spend no point twice
rules S5.2
2025-01-10 order anna A1 350.00
20 times at once redeem anna 100
granted 3
balance anna available 50 redeemed 300

story Twenty wishes at once do not pass the limit
rules S5.3
programme
  limit 250 daily
2025-01-10 order anna A1 1000.00
20 times at once redeem anna 100
granted 2
limit anna remaining 50 of 250 daily

story A monthly limit begins anew with the month
rules S5.3
programme
  limit 500 monthly
2025-01-10 order anna A1 2000.00
limit anna remaining 500 of 500 monthly
2025-01-31 23:58 redeem anna 450
limit anna remaining 50 of 500 monthly
redeem anna 51
refused redemption_limit_reached total 500 remaining 50 period monthly
2025-02-01
limit anna remaining 500 of 500 monthly
redeem anna 500
limit anna remaining 0 of 500 monthly

story A daily limit begins anew at local midnight
rules S5.3, S1.2
programme
  zone America/New_York
  limit 100 daily
2025-01-10 23:58 order anna A1 500.00
redeem anna 100
limit anna remaining 0 of 100 daily
2025-01-11
limit anna remaining 100 of 100 daily

story A weekly limit begins anew on Monday
rules S5.3
programme
  limit 100 weekly
2025-01-12 23:58 order anna A1 500.00
redeem anna 100
limit anna remaining 0 of 100 weekly
2025-01-13
limit anna remaining 100 of 100 weekly

story A yearly limit begins anew with the year
rules S5.3
programme
  limit 100 yearly
2025-12-31 23:58 order anna A1 500.00
redeem anna 100
2026-01-01
limit anna remaining 100 of 100 yearly

story A day that another zone brings once more goes on with the newest day of a limit
rules S5.3
programme
  zone Pacific/Kiritimati
  limit 100 monthly
2025-01-01 00:30 order anna A1 500.00
redeem anna 60
2024-12-31 10:45Z programme
  zone Etc/GMT+12
  limit 100 monthly
limit anna remaining 40 of 100 monthly
redeem anna 40
2025-01-01 12:00Z
limit anna remaining 0 of 100 monthly
2025-02-01 11:59Z
limit anna remaining 0 of 100 monthly
2025-02-01 12:00Z
limit anna remaining 100 of 100 monthly

story A limit for life never begins anew
rules S5.3
programme
  limit 100 lifetime
2025-01-10 order anna A1 500.00
redeem anna 60
2035-01-01
limit anna remaining 40 of 100 lifetime

story An undone redemption gives its limit back
rules S5.3, S5.5
programme
  limit 100 monthly
2025-01-10 order anna A1 500.00
redeem anna 60 -> CODE1
unredeem anna CODE1
limit anna remaining 100 of 100 monthly

story An undone redemption of last month gives nothing to this month
rules S5.3
programme
  limit 100 monthly
2025-01-10 order anna A1 500.00
redeem anna 60 -> CODE1
2025-02-01 redeem anna 30
limit anna remaining 70 of 100 monthly
unredeem anna CODE1
limit anna remaining 70 of 100 monthly

story A limit that is lowered leaves nothing, not less
rules S5.3
programme
  limit 500 monthly
2025-01-10 order anna A1 1000.00
redeem anna 400
2025-01-12 programme
  limit 300 monthly
limit anna remaining 0 of 300 monthly

story The tier's limit takes the place of the general one
rules S5.3
programme
  limit 100 monthly
  tiers count for life
  tier Friend
  tier Gold from 500 points, limit 300 monthly
  tier Pearl from 2000 points, limit unlimited
2025-01-10 order anna A1 400.00
limit anna remaining 100 of 100 monthly
redeem anna 80
order anna A2 100.00
limit anna remaining 220 of 300 monthly
order anna A3 1500.00
limit anna none
redeem anna 1000
balance anna available 920

story Staff do not count in the limit
rules S5.3, S6.4
programme
  limit 100 monthly
2025-01-10 order anna A1 500.00
staff spend anna 200
limit anna remaining 100 of 100 monthly

story A larger amount may be worth more
rules S5.4
programme
  a point is worth 0.05
  400 points are worth 25.00
2025-01-10 order anna A1 1000.00
redeem anna 399 -> CODE1
code anna CODE1 unused worth 19.95
redeem anna 401 -> CODE2
code anna CODE2 unused worth 25.06
value anna 10.00

story An undone redemption returns to its lots, with their ends
rules S5.5
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-03-10 12:00 order anna A2 100.00
2025-06-01 redeem anna 150 -> CODE1
lots anna 50 until 2026-03-10
unredeem anna CODE1
lots anna 100 until 2026-01-10, 100 until 2026-03-10
code anna CODE1 gone

story A redemption is undone once
rules S5.5
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
unredeem anna CODE1
unredeem anna CODE1
refused change_already_reverted
balance anna available 100 redeemed 0

story Ten tries at once undo a redemption once
rules S5.5
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
10 times at once unredeem anna CODE1
granted 1
balance anna available 100 redeemed 0

story What comes back first belongs to the lot that ends last
rules S5.5, S6.4
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-03-10 12:00 order anna A2 100.00
2025-06-01 redeem anna 200 without code -> R1
staff unspend anna 120
lots anna 20 until 2026-01-10, 100 until 2026-03-10
unredeem anna R1
lots anna 100 until 2026-01-10, 100 until 2026-03-10

story Points that come back after their end have thirty days
rules S5.5
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-02-10 redeem anna 100 -> CODE1
2025-06-01 12:00 unredeem anna CODE1
lots anna 100 until 2025-07-01
2025-07-01 23:59
balance anna available 100
2025-07-02
balance anna available 0 expired 100

story There is no second grace
rules S5.5
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-02-10 redeem anna 100 -> CODE1
2025-06-01 12:00 unredeem anna CODE1
redeem anna 100 -> CODE2
2025-06-20 unredeem anna CODE2
lots anna 100 until 2025-07-01
redeem anna 100 -> CODE3
2025-08-01 unredeem anna CODE3
balance anna available 0 redeemed 0 expired 100

story Without grace what comes back too late expires
rules S5.5
programme
  lapse after 1 month
  returned points live 0 days
2025-01-10 12:00 order anna A1 100.00
order anna A2 10.00
2025-02-10 redeem anna 100 -> CODE1
2025-02-11 unredeem anna CODE1
balance anna available 0 redeemed 0 expired 110

story Points that come back the moment before their end return to their lot
rules S5.5, S1.3
programme
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
redeem anna 100 -> CODE1
2025-02-10 23:59 unredeem anna CODE1
lots anna 100 until 2025-02-10
redeem anna 100 -> CODE2
2025-02-11 unredeem anna CODE2
lots anna 100 until 2025-03-13

story What comes back pays debt first
rules S5.5, S6.2
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
refund anna A1 to 30.00
balance anna available 0 earned 30 redeemed 100 debt 70
unredeem anna CODE1
balance anna available 30 earned 30 redeemed 0 debt 0

story What comes back makes good what was written off on its order
rules S5.5, S6.1
programme
  no debt
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
refund anna A1 to 30.00
balance anna available 0 earned 100 redeemed 100 debt 0
unredeem anna CODE1
balance anna available 30 earned 30 redeemed 0 debt 0

story The same undoing under one key is one undoing
rules S5.5
2025-01-10 order anna A1 100.00
redeem anna 60 -> CODE1
unredeem anna CODE1 key K1
unredeem anna CODE1 key K1
balance anna available 100 redeemed 0

story Nothing cannot be redeemed
rules S5.2
2025-01-10 order anna A1 100.00
redeem anna 0
refused below_minimum min 1 missing 1

story What comes back pays debt, then what was written off
rules S5.5, S6.1, S6.2
programme
  debt up to 30
2025-01-10 order anna A1 100.00
redeem anna 100 -> CODE1
refund anna A1 to 0.00
balance anna available 0 earned 70 redeemed 100 debt 30
unredeem anna CODE1
balance anna available 0 earned 0 redeemed 0 debt 0

story Points that come back lift into a tier, which ends in time
rules S8.1, S5.5, S3.4
programme
  tiers go by available points
  tiers last 3 months
  tier Friend
  tier Gold from 100 points
2025-01-10 12:00 order anna A1 60.00
redeem anna 60 -> CODE1
order anna A2 60.00
tier anna Friend
unredeem anna CODE1
tier anna Gold until 2025-04-10
2025-04-11
tier anna Gold until 2025-07-10
