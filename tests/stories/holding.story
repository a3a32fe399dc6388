# Points set aside for a checkout (S5.6, and what hangs on it in S3.2, S5.3, S5.5, S6.1, S6.2, S11).

story Points are set aside, captured, and what is left of them comes back
rules S5.6, S2.2
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
balance anna available 40 held 60 redeemed 0 earned 100
holds anna 60 under H1 worth 0.60 to 2025-01-10 12:10
redeem anna 41
refused not_enough_points available 40 missing 1
capture anna H1 50 -> R1
balance anna available 50 held 0 redeemed 50
holds anna none
unredeem anna R1
balance anna available 100 redeemed 0
unredeem anna R1
refused change_already_reverted
history anna joined, earned_from_order +100, points_held -60, redeemed_towards_order, points_released +10, points_returned +50

story A hold runs out by the clock, in what is read and in what is written
rules S5.6, S3.1, S3.2
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
2025-01-10 12:09 balance anna available 40 held 60
2025-01-10 12:11 balance anna available 100 held 0
as of 2025-01-10 12:09 balance anna held 60
capture anna H1
refused hold_ended
extend anna H1
refused hold_ended
release anna H1
hold anna 70 under H1
balance anna available 30 held 70
2025-01-10 12:20 capture anna H1
balance anna available 30 held 0 redeemed 70

story A minute is a minute
rules S5.6
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1 for 1 minutes
2025-01-10 12:00:55 redeem anna 100
refused not_enough_points missing 60
2025-01-10 12:01:05 redeem anna 100
balance anna redeemed 100 held 0

story A hold is extended up to its whole life, never shortened
rules S5.6
programme
  holds last 10 minutes, at most 25
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1 for 26 minutes
refused hold_too_long longest 25
hold anna 60 under H1
2025-01-10 12:05 extend anna H1
holds anna 60 under H1 to 2025-01-10 12:15
extend anna H1 by 2 minutes
holds anna 60 under H1 to 2025-01-10 12:15
extend anna H1 by 30 minutes
refused hold_at_its_longest
extend anna H1 by 19 minutes
holds anna 60 under H1 to 2025-01-10 12:24
extend anna H1
holds anna 60 under H1 to 2025-01-10 12:24
2025-01-10 12:20 extend anna H1
holds anna 60 under H1 to 2025-01-10 12:25
extend anna H1
refused hold_at_its_longest
2025-01-10 12:26 balance anna available 100 held 0

story An extension without a time is cut at the whole life
rules S5.6
programme
  holds last 10 minutes, at most 25
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1 for 20 minutes
2025-01-10 12:18 extend anna H1
holds anna 60 under H1 to 2025-01-10 12:25

story The same reference resizes, and its end stays
rules S5.6, S5.2
programme
  holds last 10 minutes, at most 60
  redeem from 20
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
2025-01-10 12:04 hold anna 60 under H1
hold anna 90 under H1
balance anna available 10 held 90
hold anna 101 under H1
refused not_enough_points available 100 missing 1
hold anna 19 under H1
refused below_minimum min 20 missing 1
hold anna 30 under H1
balance anna available 70 held 30
holds anna 30 under H1 to 2025-01-10 12:10
hold anna 70 under H2
holds anna 70 under H2 to 2025-01-10 12:14, 30 under H1 to 2025-01-10 12:10
2025-01-10 12:11 balance anna available 30 held 70

story A captured reference is used up, and capturing again answers the same
rules S5.6
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
capture anna H1 61
refused more_than_held held 60 missing 1
capture anna H1 50 -> R1
capture anna H1 50 -> R2
same code R1 R2
capture anna H1 -> R2
same code R1 R2
capture anna H1 49
refused hold_captured
hold anna 10 under H1
refused hold_captured
release anna H1
refused hold_captured
capture anna H2
refused hold_not_found
balance anna available 50 redeemed 50

story A hold is refused for every reason at once
rules S5.2, S5.3, S5.6
programme
  holds last 10 minutes, at most 60
  redeem 10..50 step 10
  minimum cart 30.00
  limit 40 monthly
2025-01-10 order anna A1 30.00
hold anna 65 under H1 for 61 minutes cart 29.00
refused not_enough_points missing 35, not_a_step lower 60, above_maximum over 15, redemption_limit_reached remaining 40, minimum_cart_not_reached missing 1.000000, hold_too_long longest 60
balance anna available 30 held 0

story Without the programme's word for it nothing is set aside
rules S5.6
2025-01-10 order anna A1 100.00
hold anna 60 under H1
refused holds_disabled
staff mark anna readonly
hold anna 60 under H1
refused read_only, holds_disabled

story Whoever may not spend any more still pays what was promised
rules S5.6
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
staff mark anna readonly
hold anna 70 under H1
refused read_only
capture anna H1
balance anna available 40 redeemed 60

story Money is set aside as the fewest points that are worth it
rules S5.4, S1.5, S5.6
programme
  holds last 10 minutes, at most 60
  redeem 100..2000 step 50
  400 points are worth 5.00
2025-01-10 12:00 order anna A1 1000.00
hold anna worth 1.01 under H1
holds anna 150 under H1 worth 1.50 to 2025-01-10 12:10
hold anna worth 3.51 under H1
holds anna 400 under H1 worth 5.00 to 2025-01-10 12:10
hold anna worth 5.01 under H1
holds anna 450 under H1 worth 5.62 to 2025-01-10 12:10
hold anna worth 12.51 under H1
refused not_enough_points missing 50

story A hold keeps the worth it was promised at
rules S5.4, S5.6
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
2025-01-10 12:05 programme
  holds last 10 minutes, at most 60
  a point is worth 0.02
hold anna 40 under H2
holds anna 40 under H2 worth 0.80 to 2025-01-10 12:15, 60 under H1 worth 0.60 to 2025-01-10 12:10

story A hold counts in the limit of the period of its placing, and gives back to that period
rules S5.3, S5.6
programme
  holds last 10 minutes, at most 60
  limit 100 daily
2025-01-09 order anna A1 500.00
2025-01-10 23:55 hold anna 80 under H1
limit anna remaining 20 of 100 daily
redeem anna 21
refused redemption_limit_reached remaining 20
hold anna 70 under H1
limit anna remaining 30 of 100 daily
2025-01-11 limit anna remaining 100 of 100 daily
capture anna H1 60 -> R1
limit anna remaining 100 of 100 daily
as of 2025-01-10 23:59 limit anna remaining 30 of 100 daily
unredeem anna R1
limit anna remaining 100 of 100 daily

story What is released the same day may be spent again
rules S5.3, S5.6
programme
  holds last 10 minutes, at most 60
  limit 100 daily
2025-01-09 order anna A1 500.00
2025-01-10 hold anna 80 under H1
capture anna H1 50 -> R1
limit anna remaining 50 of 100 daily
unredeem anna R1
limit anna remaining 100 of 100 daily
hold anna 100 under H2
2025-01-10 00:11 limit anna remaining 100 of 100 daily

story More points after midnight count anew as a whole
rules S5.3, S5.6
programme
  holds last 10 minutes, at most 60
  limit 100 daily
2025-01-09 order anna A1 500.00
2025-01-10 23:55 hold anna 80 under H1
2025-01-11 redeem anna 30
hold anna 71 under H1
hold anna 81 under H1
refused redemption_limit_reached remaining 70
hold anna 70 under H1
redeem anna 71
refused redemption_limit_reached remaining 70
hold anna 71 under H1
refused redemption_limit_reached remaining 70

story Held points do not lapse, and lapse at once when their lot has ended
rules S5.6, S7.1
programme
  holds last 10 minutes, at most 1440
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-02-10 23:50 hold anna 60 under H1 for 600 minutes
expires anna 40 on 2025-02-10
2025-02-11 balance anna available 0 held 60 expired 40
order anna A2 30.00
release anna H1
balance anna available 30 held 0 expired 100
2025-02-11 01:00 history anna last points_expired -40, earned_from_order +30, points_released +60, points_expired -60

story Captured in time, points of an ended lot are spent; given back they get their grace
rules S5.5, S5.6
programme
  holds last 10 minutes, at most 1440
  lapse after 1 month
  returned points live 3 days
2025-01-10 12:00 order anna A1 100.00
2025-02-10 23:50 hold anna 60 under H1 for 600 minutes
2025-02-11 01:00 capture anna H1 50 -> R1
balance anna available 0 held 0 redeemed 50 expired 50
unredeem anna R1
balance anna available 50 redeemed 0 expired 50
lots anna 50 until 2025-02-14

story A lapse of everything passes held points by, and takes them as they are released
rules S5.5, S5.6, S7.2
programme
  holds last 10 minutes, at most 1440
  everything lapses after 01-31 each year
  returned points live 3 days
2025-01-10 12:00 order anna A1 100.00
2025-01-31 23:50 hold anna 60 under H1 for 600 minutes
2025-01-31 23:55 hold anna 30 under H2 for 600 minutes
2025-02-01 balance anna available 0 held 90 expired 10
2025-02-01 00:05 order anna A2 50.00
hold anna 80 under H1
balance anna available 30 held 110
release anna H1
balance anna available 50 held 30 expired 70
capture anna H2 -> R1
unredeem anna R1
lots anna 30 until 2025-02-04, 50 forever

story A lapse of everything while all is held
rules S5.6, S7.2
programme
  holds last 10 minutes, at most 1440
  everything lapses after 01-31 each year
2025-01-10 12:00 order anna A1 100.00
2025-01-31 23:55 hold anna 100 under H1
2025-02-01 balance anna available 0 held 100 expired 0
2025-02-01 00:06 balance anna available 0 held 0 expired 100

story What a lapse of everything passed by while it was held starts no clock as it lapses
rules S7.2, S5.6
programme
  zone Europe/Paris
  holds last 30 minutes, at most 60
  everything lapses 2 months after the last activity
2025-01-10 order anna A1 100.00
2025-03-10 23:50 hold anna 100 under H1
2025-03-11 00:10 balance anna held 100
2025-03-12 balance anna available 0 expired 100
2025-04-01 12:00 staff give anna 10 "sorry"
2025-06-01 23:59 balance anna available 10
2025-06-02 balance anna available 0 expired 110

story A hold is no activity until it is captured
rules S5.6, S7.2
programme
  holds last 10 minutes, at most 60
  everything lapses 6 months after the last activity
2025-01-10 12:00 order anna A1 100.00
2025-03-10 12:00 hold anna 60 under H1
release anna H1
2025-07-10 23:59 balance anna available 100
hold anna 60 under H2
capture anna H2 10
2025-07-11 balance anna available 90 redeemed 10
2026-01-10 23:59 balance anna available 90

story Refunds do not touch held points, which pay the debt as they are released
rules S5.6, S6.1, S6.2
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
cancel anna A1
balance anna available 0 held 60 debt 60 earned 0
2025-01-10 12:11 balance anna available 0 held 0 debt 0 earned 0

story What is left after the debt is the member's, and a part of it was captured
rules S5.6, S6.1, S6.2
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
order anna A2 20.00
hold anna 90 under H1
refund anna A1 to 50.00
balance anna available 0 held 90 debt 20 earned 70
capture anna H1 45
balance anna available 25 held 0 debt 0 redeemed 45 earned 70

story Staff take back and spend nothing that is held
rules S5.6, S6.1, S6.4
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
staff spend anna 41
refused not_enough_points missing 1
staff take anna 100
balance anna available 0 held 60 debt 60
capture anna H1 -> R1
balance anna held 0 debt 60 redeemed 60
unredeem anna R1
balance anna available 0 debt 0 redeemed 0

story Points of several lots are held in the order in which they are spent, and released the other way
rules S5.1, S5.6
programme
  holds last 10 minutes, at most 60
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-01-20 12:00 order anna A2 100.00
2025-02-01 12:00 hold anna 150 under H1
expires anna 50 on 2025-02-20
hold anna 80 under H1
expires anna 20 on 2025-02-10, 100 on 2025-02-20
capture anna H1 -> R1
lots anna 20 until 2025-02-10, 100 until 2025-02-20

story Of two who become one, both holds stay open
rules S11.2, S5.6
programme
  holds last 10 minutes, at most 60
  limit 200 daily
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
hold anna 60 under H1
2025-01-10 12:02 hold ben 70 under H1
hold ben 10 under H2
merge anna with ben
balance anna available 60 held 140
limit anna remaining 60 of 200 daily
holds anna 10 under H2 to 2025-01-10 12:12, 70 under H1 to 2025-01-10 12:12, 60 under H1 to 2025-01-10 12:10
capture anna H2 -> R1
capture anna H1 -> R2
balance anna available 60 held 60 redeemed 80
2025-01-10 12:11 balance anna available 120 held 0 redeemed 80
capture anna H2 -> R3
same code R1 R3
unredeem anna R2
balance anna available 190 redeemed 10
limit anna remaining 190 of 200 daily

story Debt of one is not paid out of what the other holds
rules S11.2, S5.6, S6.1
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
order ben B1 50.00
redeem ben 50
cancel ben B1
hold anna 80 under H1
merge anna with ben
balance anna available 0 held 80 debt 30 redeemed 50
2025-01-10 12:11 balance anna available 50 held 0 debt 0

story Held points of somebody who is erased lapse
rules S11.3, S5.6
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
erase anna
order ben B1 10.00
balance ben available 10

story A hold may lift nobody, its release may
rules S5.6, S8.1
programme
  holds last 10 minutes, at most 60
  tiers go by available points
  tier Gold from 120 points
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
order anna A2 30.00
tier anna none
2025-01-10 12:11 tier anna Gold forever

story Twenty checkouts at once hold no point twice
rules S5.6, S2.2
programme
  holds last 10 minutes, at most 60
2025-01-10 order anna A1 100.00
20 times at once hold anna 30 under H1
balance anna available 70 held 30
20 times at once capture anna H1
balance anna available 70 held 0 redeemed 30

story The same wish under one key is one hold
rules S5.6
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1 key K1
hold anna 30 under H1
hold anna 60 under H1 key K1
balance anna available 70 held 30

story Twenty holds may be open at once
rules S5.6
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 1 under H1
hold anna 1 under H2
hold anna 1 under H3
hold anna 1 under H4
hold anna 1 under H5
hold anna 1 under H6
hold anna 1 under H7
hold anna 1 under H8
hold anna 1 under H9
hold anna 1 under H10
hold anna 1 under H11
hold anna 1 under H12
hold anna 1 under H13
hold anna 1 under H14
hold anna 1 under H15
hold anna 1 under H16
hold anna 1 under H17
hold anna 1 under H18
hold anna 1 under H19
hold anna 1 under H20
hold anna 1 under H21
refused too_many_holds most 20
hold anna 2 under H20
release anna H1
hold anna 1 under H21
balance anna available 79 held 21

story Growing by and by is the same as growing at once
rules S5.6, S5.1
programme
  holds last 10 minutes, at most 60
  lapse after 1 month
2025-01-10 12:00 order anna A1 50.00
2025-01-20 12:00 order anna A2 50.00
2025-02-01 12:00 hold anna 20 under H1
hold anna 40 under H1
hold anna 70 under H1
hold anna 45 under H1
hold anna 60 under H1
expires anna 40 on 2025-02-20
capture anna H1 55 -> R1
lots anna 45 until 2025-02-20
unredeem anna R1
lots anna 50 until 2025-02-10, 50 until 2025-02-20

story Holds go along twice, under whoever takes over in the end
rules S11.2, S5.6
programme
  holds last 10 minutes, at most 1440
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
order cleo C1 100.00
hold cleo 50 under H3 for 600 minutes
hold cleo 20 under H4 for 600 minutes
capture cleo H4 -> R4
hold ben 30 under H2 for 600 minutes
merge ben with cleo
merge anna with ben
balance anna available 200 held 80 redeemed 20
capture anna H4 -> R5
same code R4 R5
capture anna H3 40 -> R3
release anna H2
unredeem anna R4
balance anna available 260 held 0 redeemed 40
2025-01-10 23:00 balance anna available 260 held 0 redeemed 40

story A version that shortens lives shortens them for held points, too
rules S5.6, S7.4
programme
  holds last 10 minutes, at most 14400
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-02-01 12:00 hold anna 60 under H1 for 14400 minutes
2025-02-02 programme
  holds last 10 minutes, at most 14400
  lapse after 1 month
  existing points are shortened, not before 1 day
2025-02-04 12:00 balance anna available 40 held 60
2025-02-11 balance anna available 0 held 60 expired 40
2025-02-12 balance anna available 0 held 0 expired 100

story What is held when a warning is due is not warned of
rules S5.6, S3.2
programme
  holds last 10 minutes, at most 14400
  lapse after 1 month
  warn 3 days before points lapse
2025-01-10 12:00 order anna A1 100.00
2025-02-06 12:00 hold anna 60 under H1 for 7200 minutes
2025-02-09 notices anna 40 points until 2025-02-10
release anna H1
2025-02-10 balance anna available 100
2025-02-11 balance anna available 0 expired 100

story An extension that a hold at its longest already has is granted and changes nothing
rules S5.6
programme
  holds last 60 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
extend anna H1 by 30 minutes
holds anna 60 under H1 to 2025-01-10 13:00

story Held points that end last pay debt first, as they would one by one
rules S5.6, S6.2
programme
  holds last 10 minutes, at most 60
  lapse after 1 month
2025-01-10 12:00 order anna A1 60.00
2025-01-20 12:00 order anna A2 40.00
hold anna 100 under H1
refund anna A1 to 35.00
balance anna available 0 held 100 debt 25
release anna H1
lots anna 60 until 2025-02-10, 15 until 2025-02-20

story What a hold set aside only after a common lapse comes back after its capture
rules S5.5, S5.6, S7.2
programme
  holds last 60 minutes, at most 120
  everything lapses after 03-31 each year
  returned points live 0 days
2025-03-31 23:50 order anna A1 40.00
hold anna 40 under H1
2025-04-01 00:10 order anna A2 50.00
hold anna 90 under H1
capture anna H1 -> R1
unredeem anna R1
balance anna available 50 expired 40 redeemed 0

story Money that no choice is worth lacks the points that are worth it
rules S5.2, S5.4, S5.6
programme
  holds last 10 minutes, at most 60
  redeem only 15, 30 or 100
2025-01-10 12:00 order anna A1 180.00
hold anna worth 1.01 under H1
refused not_a_choice
hold anna worth 2.00 under H1
refused not_enough_points, not_a_choice

story More points under a reference need a programme with holds, and ask nothing of the time, for the end stays
rules S5.6
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
hold anna 70 under H1 for 90 minutes
holds anna 70 under H1 worth 0.70 to 2025-01-10 12:10
2025-01-10 12:01 programme
  redeem from 1
hold anna 80 under H1
refused holds_disabled
hold anna 50 under H1
balance anna available 50 held 50

story A reference means its open hold, else the captured one, else one that has ended
rules S5.6, S11.2
programme
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
hold anna 20 under H1
release anna H1
hold anna 30 under H1
capture anna H1
extend anna H1
refused hold_captured
hold anna 10 under H1
refused hold_captured
hold ben 10 under H1
hold anna 10 under H2
release anna H2
hold ben 20 under H2
capture ben H2 -> R2
merge anna with ben
hold anna 25 under H1
balance anna held 25 redeemed 50
capture anna H2
extend anna H2
refused hold_captured

story  Released points of a lot that has ended lift their member before they lapse
rules  S3.2, S5.6, S8.1
programme
  tiers go by available points
  tier Friend
  tier Silver from 100 points
  holds last 10 minutes, at most 60
  lapse after 1 months
2025-01-10 12:00 order anna A1 60.00
2025-02-10 23:30 hold anna 60 under H1 for 60 minutes
2025-02-11 00:10 staff give anna 50 "sorry"
tier anna Friend
release anna H1
tier anna Silver
balance anna available 50 expired 60

story While the programme is switched off a hold may give points up, to an amount that may be redeemed
rules S5.2, S5.6
programme
  holds last 10 minutes, at most 60
  redeem 10..90 step 10
2025-01-10 12:00 order anna A1 100.00
hold anna 60 under H1
2025-01-10 12:01 programme
  switched off
  holds last 10 minutes, at most 60
  redeem 10..90 step 10
hold anna 70 under H1
refused redemption_disabled
hold anna 45 under H1
refused not_a_step lower 40
hold anna 40 under H1
balance anna available 60 held 40

story What is captured is as old as its hold, also where that grew since
rules S5.5, S5.6, S6.4
programme
  holds last 600 minutes, at most 600
2025-01-10 12:00 order anna A1 100.00
hold anna 10 under H1
2025-01-10 13:00 redeem anna 50 without code -> R1
2025-01-10 14:00 hold anna 20 under H1
capture anna H1 -> R2
balance anna available 30 redeemed 70
staff unspend anna 50
unredeem anna R1
refused change_already_reverted
unredeem anna R2
balance anna available 100 redeemed 0

story What a hold took from one lot in two steps comes back in one lot after its end
rules S5.5, S5.6
programme
  holds last 600 minutes, at most 600
  lapse after 30 days
2025-01-10 12:00 order anna A1 100.00
hold anna 10 under H1
2025-01-10 13:00 hold anna 30 under H1
capture anna H1 25 -> R1
2025-03-10 12:00 staff unspend anna 25
lots anna 25 until 2025-04-09
balance anna available 25 held 0 redeemed 0 expired 75
