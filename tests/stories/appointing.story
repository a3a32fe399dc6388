# Tiers that staff set by hand (S8.7), and marks (S5.2).

story A tier set by hand holds until its end, and what the rules give follows
rules S8.7, S3.2
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-03-01 customer anna
staff tier anna Gold until 2025-05-31 "her wedding"
tier anna Gold until 2025-05-31 then Friend or kept until 2025-12-31
2025-04-01 order anna A1 120.00
tier anna Gold until 2025-05-31 then Silver
2025-05-31 23:59
tier anna Gold
2025-06-01
tier anna Silver until 2026-12-31
history anna joined, tier_set, earned_from_order +120, tier_beneath, tier_expired at 2025-06-01

story What the tier asks to be kept, done in its time, keeps it
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points, kept with 200 points
2025-03-01 customer anna
staff tier anna Gold until 2025-05-31
keeps anna lacks 200 points
2025-05-31 order anna A1 200.00
keeps anna lacks nothing
2025-06-01
tier anna Gold until 2025-12-31 then Friend or kept until 2026-12-31
history anna last tier_renewed at 2025-06-01
2026-01-01
tier anna Gold until 2026-12-31
2027-01-01
tier anna Friend

story What was bought on the day it was set, or before, does not keep a tier in a rolling window that has moved on
rules S8.7, S8.4
programme
  tiers count the last 1 month
  tiers last 6 months
  tier Friend
  tier Gold from 500 points, kept with 200 points
2025-01-01 order anna A1 200.00
2025-03-01 staff tier anna Gold until 2025-05-31
order anna A2 200.00
2025-06-01
tier anna Friend

story The window is stretched back to the day after the tier was set
rules S8.7, S8.4
programme
  tiers count the last 1 month
  tiers last 6 months
  tier Friend
  tier Gold from 500 points, kept with 200 points
2025-03-01 customer anna
staff tier anna Gold until 2025-05-31
2025-03-02 order anna A2 200.00
2025-06-01
tier anna Gold

story A refund of what kept the tier ends it
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points, kept with 200 points
2025-03-01 customer anna
staff tier anna Gold until 2025-05-31
2025-05-01 order anna A1 200.00
2025-06-02
tier anna Gold
refund anna A1 to 199.00
tier anna Friend

story Without a lock it is a floor: she may climb above it, and never falls below it
rules S8.7, S8.3, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
  tier Pearl from 1000 points
2025-03-01 customer anna
staff tier anna Silver until 2028-12-31
2025-04-01 order anna A1 600.00
tier anna Gold until 2026-12-31 then Silver or kept until 2027-12-31
refund anna A1 to 50.00
tier anna Silver until 2028-12-31 then Friend
2025-05-01 order anna A1 600.00
tier anna Gold until 2026-12-31
2027-01-01
tier anna Silver until 2028-12-31 then Friend
2029-01-01                                 # what she bought since the day after it was set keeps it
tier anna Silver until 2029-12-31
2030-01-01
tier anna Friend

story A tier that was earned is there again when the one set by hand ends
rules S8.7
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
  tier Pearl from 1000 points
2025-03-01 order anna A1 600.00
tier anna Gold until 2026-12-31
2026-02-01 staff tier anna Pearl until 2026-06-30
tier anna Pearl until 2026-06-30 then Gold
2026-07-01
tier anna Gold until 2026-12-31 then Friend
2027-01-01
tier anna Friend

story The tier that was earned ends beneath the one set by hand
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
  tier Pearl from 1000 points
2025-03-01 order anna A1 600.00
2026-02-01 staff tier anna Pearl until 2027-06-30
2026-12-31 23:59
tier anna Pearl until 2027-06-30 then Gold
2027-01-01
tier anna Pearl until 2027-06-30 then Friend
history anna last tier_beneath at 2027-01-01
2027-07-01
tier anna Friend

story Both ends at one moment: the deadline first
rules S8.7, S3.2
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
  tier Pearl from 1000 points
2025-03-01 order anna A1 600.00
2026-02-01 staff tier anna Pearl until 2026-12-31
2027-01-01
tier anna Friend
history anna last tier_beneath at 2027-01-01, tier_expired at 2027-01-01

story The same tier set for longer holds for longer
rules S8.7
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
2025-03-01 order anna A1 600.00
2025-04-01 staff tier anna Gold until 2027-06-30
tier anna Gold until 2027-06-30 then Gold
2027-01-01
tier anna Gold until 2027-06-30
2027-07-01
tier anna Friend

story With a lock she neither climbs nor falls before the end, then what was earned counts
rules S8.7, S8.3
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
  entering Gold earns 50
2025-03-01 order anna A1 100.00
staff tier anna Friend until 2025-06-30 locked "under inquiry"
tier anna Friend
2025-04-01 order anna A2 500.00
tier anna Friend
balance anna earned 600
2025-06-30 23:59
tier anna Friend
2025-07-01
tier anna Gold until 2026-12-31
balance anna earned 650
history anna last tier_released at 2025-07-01, tier_acquired at 2025-07-01, earned_from_source +50

story A lock holds against refunds
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-03-01 order anna A1 100.00
staff tier anna Silver until 2025-06-30 locked
2025-03-02 refund anna A1 to 0.00
tier anna Silver until 2025-06-30 then Friend
2025-07-01
tier anna Friend

story Without an end it holds for good, until it is let go
rules S8.7
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
2025-03-01 customer anna
staff tier anna Gold
tier anna Gold forever
2035-03-01
tier anna Gold forever
staff release anna
tier anna Friend
staff release anna
refused no_tier_set

story Letting go of a lock lifts at once
rules S8.7
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
2025-03-01 customer anna
staff tier anna none locked
2025-03-02 order anna A1 500.00
tier anna Friend
2025-03-03 staff release anna
tier anna Gold until 2026-12-31

story Another tier set by hand takes the place of the first, its lock too
rules S8.7
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-03-01 customer anna
staff tier anna Friend until 2025-12-31 locked
2025-03-02 order anna A1 500.00
tier anna Friend
2025-03-03 staff tier anna Silver until 2025-12-31
tier anna Gold until 2026-12-31

story Locked below a ladder without a tier for everybody
rules S8.7
programme
  tier Silver from 100 points
2025-03-01 order anna A1 100.00
tier anna Silver
staff tier anna none until 2025-03-31 locked
tier anna none
2025-04-01
tier anna Silver

story What cannot be meant is refused, with every reason
rules S8.7
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
2025-03-01 customer anna
staff tier anna Pearl
refused unknown_tier
staff tier anna Friend
refused lock_needed
staff tier anna none
refused lock_needed
staff tier anna Pearl until 2025-02-28
refused unknown_tier, end_has_passed
staff tier anna Gold until 2025-02-28
refused end_has_passed

story Without tiers none can be set
rules S8.7
2025-03-01 customer anna
staff tier anna Gold
refused no_tiers

story Points for entering are paid for earning the tier, not for being given it
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
  entering Gold earns 50
2025-03-01 customer anna
staff tier anna Gold until 2025-12-31
balance anna earned 0
2025-04-01 order anna A1 500.00
balance anna earned 550

story What a tier gives, a tier set by hand gives
rules S8.7, S4.4, S5.3
programme
  2x for Gold
  limit 100 monthly
  tiers count the calendar year
  tier Friend
  tier Gold from 5000 points, limit unlimited
2025-03-01 order anna A1 100.00
balance anna earned 100
staff tier anna Gold until 2025-12-31
order anna A2 100.00
balance anna earned 300
limit anna none

story Where the tier leaves the ladder, what the rules give is there; where it comes back, it holds again
rules S8.7, S8.8
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 5000 points
2025-03-01 order anna A1 100.00
staff tier anna Gold until 2025-12-31 locked
tier anna Gold
2025-04-01 programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
2025-04-02
tier anna Silver until 2026-12-31
2025-05-01 programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 5000 points
2025-05-02
tier anna Gold until 2025-12-31 then Silver

story She is warned before a tier set by hand ends
rules S8.7, S3.2
programme
  tiers count the calendar year
  warn 10 days before a tier ends
  tier Friend
  tier Gold from 500 points
2025-03-01 customer anna
staff tier anna Gold until 2025-05-31
2025-05-21
notices anna Gold until 2025-05-31 lacks 500 points

story A floor of the same tier takes the risk away
rules S8.7
programme
  tiers count the calendar year
  warn 10 days before a tier ends
  tier Friend
  tier Gold from 500 points
2025-03-01 order anna A1 500.00
staff tier anna Gold until 2027-06-30
2027-01-01
notices anna none
tier anna Gold until 2027-06-30

story A read-only member earns and does not spend
rules S5.2
2025-03-01 order anna A1 100.00
staff mark anna readonly
redeem anna 50
refused read_only
redeem anna 150
refused read_only, not_enough_points missing 50
order anna A2 50.00
balance anna available 150
staff unmark anna readonly
redeem anna 50 -> CODE1
balance anna available 100

story Rewards that were taken from a member are given back by their opposite
rules S5.2
2025-03-01 order anna A1 100.00
staff mark anna disable_rewards
redeem anna 50
refused rewards_disabled
staff mark anna enable_rewards
redeem anna 50 -> CODE1
staff mark anna disable_rewards
redeem anna 10
refused rewards_disabled
history anna joined, earned_from_order +100, marked, marked, redeemed_towards_order -50, marked

story Who earns no rewards earns no points, and climbs all the same
rules S4.4, S8.4
programme
  tier Friend
  tier Gold from 100.00 spend
  entering Gold earns 50
2025-03-01 order anna A1 10.00
staff mark anna disable_earning_rewards
2025-03-02 order anna A2 100.00
balance anna earned 10
spend anna life 110.00
tier anna Gold
staff unmark anna disable_earning_rewards
order anna A2 200.00                       # it was pinned when it was first confirmed
balance anna earned 10
order anna A1 20.00                        # this one, too
balance anna earned 20
order anna A3 10.00
balance anna earned 30

story A tester is a member like any other
rules S5.2
2025-03-01 order anna A1 100.00
staff mark anna tester
redeem anna 50 -> CODE1
balance anna available 50

story What is counted under a lock leaves a rolling window in its time
rules S8.7, S8.2
programme
  tiers count the last 1 month
  tiers last 6 months
  tier Friend
  tier Gold from 500 points
2025-03-01 customer anna
staff tier anna none locked
2025-03-10 order anna A1 100.00
spend anna life 100.00 window 100.00
2025-04-09 23:59
spend anna life 100.00 window 100.00
2025-04-10
spend anna life 100.00 window 0.00

story One who takes another over has the higher of the tiers that were set, and the marks of both
rules S8.7, S11.2
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-03-01 customer anna
customer ben
staff tier anna Silver until 2025-12-31
staff tier ben Gold until 2025-06-30
staff mark ben readonly
merge anna with ben
tier anna Gold until 2025-06-30 then Friend
redeem anna 1
refused read_only, not_enough_points missing 1

story A lock of the one who is taken over holds before a higher tier without
rules S8.7, S11.2
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 points
  tier Gold from 500 points
2025-03-01 customer anna
customer ben
customer cleo
staff tier anna Gold until 2025-12-31
staff tier ben Friend until 2025-06-30 locked
staff tier cleo Silver until 2025-09-30 locked
merge anna with ben
tier anna Friend until 2025-06-30 then Friend
merge anna with cleo
tier anna Friend until 2025-06-30 then Friend

story Of two marks that are opposites the one of who takes over stays
rules S11.2, S5.2
2025-03-01 order anna A1 100.00
staff mark anna enable_rewards
customer ben
staff mark ben disable_rewards
merge anna with ben
redeem anna 50 -> CODE1
balance anna available 50 redeemed 50

story A tier set by hand that is kept is renewed, also where the same tier was earned beneath
rules S8.7, S8.4
programme
  tiers count for life
  tiers last 6 months
  tier Friend
  tier Silver from 100 points
2024-01-31 order anna A1 100.00
staff tier anna Silver until 2024-12-02
tier anna Silver until 2024-12-02 then Silver or kept until 2025-06-02
2024-12-03
tier anna Silver until 2025-06-02

story A locked tier that is kept is renewed, also where the same tier was earned beneath
rules S8.7, S8.4
programme
  tiers count for life
  tiers last 6 months
  tier Friend
  tier Silver from 100 points
2024-01-31 order anna A1 100.00
staff tier anna Silver until 2024-03-31 locked
tier anna Silver until 2024-03-31 then Silver or kept until 2024-09-30
2024-04-01
tier anna Silver until 2024-09-30

story What follows a lock is told by the window of today, whatever was stored
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 100 spend
2023-10-29 customer sam
staff tier sam Silver until 2024-12-01 locked
order sam S2 100.00
tier sam Silver until 2024-12-01 then Silver
2024-11-18
tier sam Silver until 2024-12-01 then Friend

story A kept tier set by hand leaves the same earned one alone where that ends no sooner
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points, kept with 80 points
2025-03-10 12:00 order anna A1 100.00
2025-10-01 12:00 order anna A2 50.00
staff tier anna Gold until 2025-10-01
2025-10-03
tier anna Gold until 2026-12-31
history anna last tier_released

story A kept tier that never falls takes the place of the same earned one that would end
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 spend, kept with 50 spend
2025-01-10 12:00 order anna A1 100.00
staff tier anna Gold until 2026-11-30 "a friend of the house"
2025-06-01 programme
  tiers count the calendar year
  tiers never fall
  tier Friend
  tier Gold from 100 spend, kept with 50 spend
2026-03-01 order anna A2 50.00
2026-12-01
tier anna Gold forever

story A tier set by hand is judged at its end for who takes part no more, too
rules S8.7, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 spend, kept with 50 spend
2025-01-10 12:00 order anna A1 60.00
staff tier anna Gold until 2025-03-31 "a trial"
2025-03-01 anna leaves
2025-04-01
tier anna Gold until 2025-12-31 then Friend
