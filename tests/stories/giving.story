# Points of one member that become another's (S5.8).

story A gift is spent by the one and earned by the other
rules S5.8, S2.2
programme
  gifts from 10
2025-01-10 12:00 order anna A1 100.00
customer ben
anna gives ben 30 "Happy birthday"
balance anna available 70 redeemed 30 earned 100
balance ben available 30 earned 30 redeemed 0
history anna last points_given -30
history ben joined, points_received +30
redeem ben 30
balance ben available 0 redeemed 30

story A gift counts for no tier
rules S5.8, S8.1
programme
  gifts from 1
  tier Gold from 50 points
2025-01-10 12:00 order anna A1 40.00
customer ben
order cleo C1 60.00
cleo gives anna 20
cleo gives ben 40
tier anna none
tier ben none
tier cleo Gold
counts anna 40 points, 1 orders

story Where tiers go by available points a gift may lift
rules S5.8, S8.1
programme
  gifts from 1
  tiers go by available points
  tier Gold from 50 points
2025-01-10 12:00 order anna A1 40.00
order ben B1 45.00
ben gives anna 10
tier anna Gold
tier ben none

story Points keep their ends, those that end first go first
rules S5.8, S5.1, S7.1
programme
  gifts from 1
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-01-20 12:00 order anna A2 100.00
2025-02-01 12:00 customer ben
anna gives ben 150
lots ben 100 until 2025-02-10, 50 until 2025-02-20
lots anna 50 until 2025-02-20
2025-02-11 balance ben available 50 expired 100
2025-02-21 balance ben available 0 expired 150
balance anna available 0 expired 50 redeemed 150

story Debt of the receiver takes the points that end first
rules S5.8, S6.2
programme
  gifts from 1
  lapse after 1 month
2025-01-10 12:00 order anna A1 100.00
2025-01-20 12:00 order anna A2 50.00
order ben B1 60.00
redeem ben 60 without code
cancel ben B1
balance ben debt 60 available 0 redeemed 60
anna gives ben 120
balance ben debt 0 available 60 redeemed 60 earned 120
lots ben 40 until 2025-02-10, 20 until 2025-02-20

story Every reason against a gift is told, with what is missing
rules S5.8, S5.2
programme
  gifts from 50
  gifts at most 60 monthly
2025-01-10 12:00 order anna A1 40.00
customer ben
staff mark ben readonly
staff mark anna readonly
anna gives ben 45
refused read_only, receiver_not_eligible, not_enough_points available 40 missing 5, gift_too_small min 50 missing 5
anna gives ben 61
refused read_only, receiver_not_eligible, not_enough_points missing 21, gift_limit_reached total 60 remaining 60
anna gives anna 50
refused receiver_is_sender
staff unmark anna readonly
staff unmark ben readonly
order anna A2 100.00
anna gives ben 50
balance ben available 50

story Nobody is given anything who is no member, or earns nothing
rules S5.8, S11.4
programme
  gifts from 1
2025-01-10 12:00 order anna A1 40.00
customer ben
ben leaves
customer cleo
staff mark cleo disable_earning_rewards
anna gives ben 5
refused receiver_not_eligible
anna gives cleo 5
refused receiver_not_eligible
anna leaves
ben joins
anna gives ben 5
refused not_a_member

story Without the programme's word for it nobody gives anything
rules S5.8
2025-01-10 12:00 order anna A1 40.00
customer ben
anna gives ben 5
refused gifts_disabled

story Gifts have a limit of their own, by the calendar
rules S5.8, S5.3
programme
  gifts from 1
  gifts at most 50 daily
  limit 30 daily
2025-01-10 12:00 order anna A1 200.00
customer ben
redeem anna 30
anna gives ben 30
limit anna remaining 0 of 30 daily
anna gives ben 21
refused gift_limit_reached total 50 remaining 20
anna gives ben 20
anna gives ben 1
refused gift_limit_reached remaining 0
2025-01-11 anna gives ben 50
balance ben available 100

story Two who become one have given what both gave
rules S5.8, S11.2
programme
  gifts from 1
  gifts at most 50 monthly
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
customer cleo
anna gives cleo 30
ben gives cleo 15
ben gives anna 4
merge anna with ben
anna gives cleo 2
refused gift_limit_reached remaining 1
anna gives cleo 1
balance anna available 154 redeemed 50 earned 204
balance cleo available 46

story Only staff undo a gift, on each side
rules S5.8, S6.4
programme
  gifts from 1
2025-01-10 12:00 order anna A1 100.00
customer ben
anna gives ben 30 "By mistake"
staff undo ben "By mistake"
staff unspend anna 30
balance anna available 100 redeemed 0 earned 100
balance ben available 0 earned 0

story A gift keeps nobody's points alive
rules S5.8, S7.2
programme
  gifts from 1
  everything lapses 6 months after the last activity
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
2025-06-10 12:00 anna gives ben 30
ben gives anna 30
2025-07-11 balance anna available 0 expired 100
balance ben available 0 expired 100

story Points are not parked with somebody who has long been idle
rules S5.8, S7.2
programme
  gifts from 10
  everything lapses 6 months after the last activity
2024-01-10 12:00 customer ben              # whose half year is over when he is given something
2025-01-10 12:00 order anna A1 100.00
2025-02-10 12:00 anna gives ben 50
2025-03-10 12:00 ben gives anna 20         # to and fro wins no time
as of 2025-04-01 balance ben available 30
2025-07-10 23:59
balance anna available 70
balance ben available 30
2025-07-11
balance anna available 0 expired 70
balance ben available 0 expired 30

story Held points are not given away
rules S5.8, S5.6
programme
  gifts from 1
  holds last 10 minutes, at most 60
2025-01-10 12:00 order anna A1 100.00
customer ben
hold anna 60 under H1
anna gives ben 41
refused not_enough_points available 40 missing 1

story Twenty gifts at once give no point twice, whichever way they go
rules S5.8, S2.2
programme
  gifts from 1
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
20 times at once anna gives ben 30
granted 3
balance anna available 10 redeemed 90
balance ben available 190

story The same gift under one key is one gift
rules S5.8
programme
  gifts from 1
2025-01-10 12:00 order anna A1 100.00
customer ben
anna gives ben 30 key K1
anna gives ben 30 key K1
anna gives ben 80 key K2
refused not_enough_points missing 10
order anna A2 50.00
anna gives ben 80 key K2
refused not_enough_points missing 10
balance ben available 30
