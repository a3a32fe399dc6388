# Two customers become one (S11.2).

story Both together have what each of them had
rules S11.2
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-02-10 12:00 order ben B1 60.00
redeem ben 20 -> CODE1
2025-03-01 12:00 merge anna with ben
balance anna available 140 earned 160 redeemed 20
balance ben available 140 earned 160 redeemed 20
lots anna 100 until 2026-01-10, 40 until 2026-02-10
spend anna life 160.00
counts anna 160 points, 2 orders
code anna CODE1 unused worth 0.20
history anna joined, earned_from_order +100, joined, earned_from_order +60, redeemed_towards_order -20, merged_from

story A preview changes nothing
rules S11.2
2025-01-10 order anna A1 100.00
order ben B1 60.00
merge anna with ben as a preview
balance anna available 100
balance ben available 60
history ben joined, earned_from_order +60

story A refund of the other's order takes from its own lot
rules S11.2, S6.1
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-02-10 12:00 order ben B1 60.00
2025-03-01 12:00 merge anna with ben
refund ben B1 to 10.00
lots anna 100 until 2026-01-10, 10 until 2026-02-10
refund anna A1 to 90.00
again ben B1
cancel anna B1
balance anna available 90 earned 90
spend anna life 90.00

story The other's order goes on maturing
rules S11.2, S4.6
programme
  pending 14 days
2025-01-10 order anna A1 100.00
2025-01-20 order ben B1 60.00
merge anna with ben
balance anna pending 160
2025-01-24
balance anna available 100 pending 60
2025-02-03
balance anna available 160

story The other's redemption is undone after the merger, and its code is used on either's order
rules S11.2, S5.5, S5.7
2025-01-10 order anna A1 100.00
order ben B1 60.00
redeem ben 20 -> CODE1
redeem ben 10 -> CODE2
merge anna with ben
unredeem anna CODE1
balance anna available 150 redeemed 10
unredeem ben CODE1
refused change_already_reverted
order anna A2 30.00 code CODE2
code anna CODE2 gone
balance anna available 180 redeemed 10
cancel anna A2
balance anna available 160 redeemed 0

story A code that the other's order has locked stays with it
rules S11.2, S5.7
2025-01-10 order ben B1 60.00
redeem ben 20 -> CODE1
order ben B2 30.00 code CODE1 unconfirmed
order anna A1 10.00
merge anna with ben
code anna CODE1 locked
unredeem anna CODE1
refused invalid_redemption_for_unredeem
confirm ben B2
code anna CODE1 gone
balance anna available 80 redeemed 20

story Debt of the one is paid by points of the other, those that end first
rules S11.2, S6.2
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
redeem anna 100
cancel anna A1
balance anna debt 100
2025-02-10 12:00 order ben B1 60.00
2025-03-10 12:00 order ben B2 70.00
merge anna with ben
balance anna available 30 debt 0 earned 130 redeemed 100
lots anna 30 until 2026-03-10

story Debt that is larger than both's points stays
rules S11.2, S6.2
2025-01-10 order ben B1 60.00
redeem ben 60
cancel ben B1
order anna A1 40.00
merge anna with ben
balance anna available 0 debt 20 earned 40 redeemed 60
order anna A2 30.00
balance anna available 10 debt 0

story Pending points pay debt after available ones
rules S11.2, S6.2
programme
  pending 14 days
2025-01-01 order anna A1 100.00
2025-01-15 redeem anna 100
cancel anna A1
balance anna debt 100
order ben B1 80.00 matures 2025-01-15
order ben B2 50.00
balance ben available 80 pending 50
merge anna with ben
balance anna available 0 pending 30 debt 0

story The higher tier stays, with its deadline
rules S11.2, S8.3, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
  tier Star from 500 points
2025-01-10 order ben B1 100.00
2026-02-10 order anna A1 20.00
tier ben Gold until 2026-12-31 then Friend
merge anna with ben
tier anna Gold until 2026-12-31 then Friend or kept until 2027-12-31
keeps anna lacks 80 points

story What both count lifts the member
rules S11.2, S8.2, S8.3
programme
  tiers count the last 12 months
  tiers last forever
  tier Friend
  tier Gold from 100.00 spend
2025-01-10 order anna A1 60.00
2025-02-10 order ben B1 50.00
merge anna with ben
tier anna Gold
spend anna life 110.00 window 110.00
2026-01-10
spend anna life 110.00 window 50.00

story Of two ends of the same tier the later one holds
rules S11.2, S8.4
programme
  tiers last 12 months
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
2025-03-10 order ben B1 100.00
merge anna with ben
tier anna Gold until 2026-03-10

story The limit's use adds, and an undone redemption gives its part back
rules S11.2, S5.3
programme
  limit 100 monthly
2025-01-10 order anna A1 100.00
order ben B1 100.00
redeem anna 30 -> CODE1
redeem ben 40 -> CODE2
merge anna with ben
limit anna remaining 30 of 100 monthly
redeem anna 40
refused redemption_limit_reached remaining 30
unredeem anna CODE2
limit anna remaining 70 of 100 monthly

story Limit use of another month does not add
rules S11.2, S5.3
programme
  limit 100 monthly
2025-01-10 order anna A1 100.00
redeem anna 30
2025-02-10 order ben B1 100.00
redeem ben 40
merge anna with ben
limit anna remaining 60 of 100 monthly

story Points for entering a tier are paid once to both
rules S11.2, S8.4
programme
  tier Friend
  tier Gold from 100.00 spend
  entering Gold earns 50
2025-01-10 order anna A1 100.00
order ben B1 60.00
merge anna with ben
balance anna earned 210
order ben B2 100.00
balance anna earned 310

story Points for a tier that the other had entered are not paid again
rules S11.2, S8.4
programme
  tier Friend
  tier Gold from 100.00 spend
  entering Gold earns 50
2025-01-10 order ben B1 100.00
order anna A1 60.00
merge anna with ben
tier anna Gold
balance anna earned 210

story The first order has been made by either
rules S11.2, S4.1
programme
  the first order earns 50
2025-01-10 order ben B1 100.00
customer anna
merge anna with ben
order anna A1 10.00
balance anna earned 160

story The joining day is the earlier one
rules S11.2, S8.2
programme
  tiers count the member's year
  tier Friend
  tier Gold from 100 points
2025-01-10 order ben B1 60.00
2025-06-10 customer anna
merge anna with ben
2026-01-09 order anna A1 40.00
tier anna Gold

story What lapsed of the other's order is taken back from what lapsed
rules S11.2, S6.1
programme
  lapse after 1 month
2025-01-10 order ben B1 100.00
2025-02-15 balance ben expired 100
order anna A1 50.00
merge anna with ben
balance anna available 50 expired 100
refund ben B1 to 30.00
balance anna available 50 expired 30 earned 80

story What was written off of the other's order is still owed
rules S11.2, S4.3, S5.5
programme
  no debt
2025-01-10 order ben B1 100.00
redeem ben 100 -> CODE1
refund ben B1 to 40.00
balance ben earned 100 redeemed 100
order anna A1 5.00
merge anna with ben
order ben B1 60.00
balance anna available 5 earned 105
unredeem anna CODE1
balance anna available 65 earned 65

story Staff take back what the other's order gave, once
rules S11.2, S6.4
2025-01-10 order anna A1 100.00
order ben B1 60.00
staff give ben 7 "sorry"
merge anna with ben
staff undo ben B1
staff undo anna "sorry"
balance anna available 100 earned 100
staff undo anna B1
refused change_already_neutralised
again ben B1
balance anna available 100

story Three become one, and what came by two steps is still known
rules S11.2, S6.1, S5.5
programme
  lapse after 12 months
2025-01-10 12:00 order cleo C1 30.00
redeem cleo 10 -> CODE1
2025-02-10 12:00 order ben B1 60.00
merge ben with cleo
2025-03-10 12:00 order anna A1 100.00
merge anna with ben
balance cleo available 180 redeemed 10
refund cleo C1 to 20.00
unredeem cleo CODE1
lots anna 20 until 2026-01-10, 60 until 2026-02-10, 100 until 2026-03-10
cancel ben B1
balance anna available 120 earned 120
history anna joined, earned_from_order +30, redeemed_towards_order -10, joined, earned_from_order +60, merged_from, joined, earned_from_order +100, merged_from, order_refund -10, points_returned +10, order_refund -60

story Several are merged at once, and again nothing happens
rules S11.2
2025-01-10 order anna A1 1.00
order ben B1 2.00
order cleo C1 4.00
merge anna with ben and cleo key K1
merge anna with ben and cleo key K1
merge cleo with ben and anna
balance anna available 7
counts anna 7 points, 3 orders

story An order that comes again under the other's name stays
rules S11.2, S11.1
2025-01-10 order ben B1 60.00
order anna A1 10.00
merge anna with ben
order anna B1 50.00
order ben B1 40.00
balance anna available 50 earned 50
counts anna 50 points, 2 orders

story Orders that moved between them before are told once
rules S11.2, S11.1
2025-01-10 order ben B1 60.00
order anna B1 60.00
merge ben with anna
balance anna available 60
counts ben 60 points, 1 orders
cancel anna B1
balance ben available 0 earned 0

story A member who left is not brought back by a merger, one who never decided is
rules S11.2, S11.4
2025-01-10 order anna A1 10.00
anna leaves
order ben B1 20.00
merge anna with ben
membership anna none
balance anna available 30

story All points lapse at the later of both moments
rules S11.2, S7.2
programme
  everything lapses 6 months after the last activity
2025-01-10 order anna A1 10.00
2025-03-10 order ben B1 20.00
2025-04-01 merge anna with ben
2025-09-10
balance anna available 30
2025-09-11
balance anna available 0 expired 30

story What a give-back finds after a merger is the lot's own end
rules S11.2, S5.5
programme
  lapse after 2 months
  returned points live 30 days
2025-01-10 order ben B1 60.00
redeem ben 20 -> CODE1
order anna A1 10.00
2025-02-10 merge anna with ben
2025-03-20 unredeem anna CODE1
lots anna 20 until 2025-04-19
balance anna expired 50

story Who is merged is lifted by the tags that both together have
rules S11.2, S8.1
programme
  members opt in
  tier Friend
  tier Gold where !("vip" in customer.tags)
2025-01-10 customer anna
customer ben tagged vip
ben joins
merge anna with ben
tier anna Friend

story Of several who are merged nobody's tags lift before that one is taken over
rules S11.2, S8.4
programme
  part tiers {"window":{"kind":"lifetime"},"life":{"ends":"term","term":"3 months"},"steps":[{"slug":"gold","name":"Gold","requires":{"condition":"\"vip\" in customer.tags"}}]}
2025-01-01 12:00 customer cleo tagged vip
2025-02-01 12:00 order anna A1 10.00
order ben B1 10.00
merge anna with ben and cleo
tier anna Gold until 2025-04-01

story Who is told to have no tags has none of those whom they take over, but whoever was told nothing of them has
rules S11.2, S9.6
programme
  tier Silver from 100 points
  tier Gold from 400 points where "vip" in customer.tags
2025-01-10 12:00 customer anna tagged nothing
customer ben
customer eve tagged vip
customer finn tagged vip
merge anna with eve
merge ben with finn
step anna Gold lacks 400 points, condition
step ben Gold lacks 400 points

story  A subscription of both began when the shop told of either
rules  S9.4, S11.2
programme
  subscriptions count the newest
2025-01-10 subscription anna S1 since 2024-12-01 cycle 2
subscription anna S2 cycle 5
subscription ben S2 since 2025-01-01 cycle 7
merge anna with ben
subscribed anna active cycle 7

story What three reach together is paid as each of them is taken over
rules S9.3, S8.3, S11.2
programme
  part tiers {"window":{"kind":"lifetime"},"steps":[{"slug":"friend","name":"Friend"},{"slug":"silver","name":"Silver","requires":{"orders":2},"entry_points":30},{"slug":"gold","name":"Gold","requires":{"orders":3},"entry_points":100}]}
  milestone second at 2 orders gives 7 points
  milestone third at 3 orders gives 15 points
2025-01-10 order anna A1 30.00
order ben B1 30.00
order cleo C1 30.00
2025-01-11
merge anna with ben and cleo
tier anna Gold
balance anna available 242
merge anna with ben
balance anna available 242

story  What was taken back between two mergers is not taken back again
rules  S6.4, S11.2
2025-01-10 customer anna
order ben B1 10.00
order dan D1 10.00
staff give dan 50 "gift"
order cleo C1 10.00
merge anna with cleo
merge ben with dan
staff undo ben "gift"
balance ben available 20 earned 20
merge anna with ben
staff undo anna "gift"
refused change_already_neutralised
balance anna available 30 earned 30

story  Who takes over somebody who took another over had neither's codes and rewards before
rules  S3.5, S11.2
programme
  offer mug costs 20 gives product mug
2025-01-10 12:00 order anna A1 100.00
take anna mug -> R1
redeem anna 30 -> CODE1
order ben B1 10.00
order cleo C1 10.00
2025-01-12 12:00 merge ben with anna
2025-02-01 12:00 merge cleo with ben
rewards cleo mug unused, points unused
as of 2025-01-20 12:00 rewards cleo none

story  Of the same tier, which neither of them loses, whoever takes over keeps the own one and its days
rules  S11.2, S8.8
programme
  tiers count the last 3 months
  tiers last 3 months
  tiers never fall
  tier Friend
  tier Silver from 100 points
2025-01-10 order anna A1 100.00
2025-02-01 order anna A2 100.00
2025-03-01 order ben B1 100.00
2025-04-01 merge ben with anna
tier ben Silver forever
2026-01-01 programme
  who falls short is lowered
  tiers count the last 3 months
  tiers last 3 months
  tiers never fall
  tier Friend
  tier Silver from 100 points
tier ben Friend

story A birthday that was told to be none is not filled in from the other
rules S11.2, S4.8
programme
  birthdays earn 50
2025-01-10 12:00 customer anna born 05-17
customer anna born never
customer ben born 06-17
customer cleo born 06-17
customer eve
merge anna with ben
merge eve with cleo
2025-12-31
balance anna earned 0
balance eve earned 50

story A common lapse of the one is none of the points that the other spent before
rules S11.2, S5.5, S7.2
programme
  everything lapses 2 months after the last activity
  returned points live 3 days
2025-01-10 12:00 order ben B1 50.00
redeem ben 20 -> CODE1
order dan D1 50.00
redeem dan 20 -> CODE2
2025-03-01 12:00 order anna A1 100.00
redeem anna 40 -> CODE3
order cleo C1 100.00
redeem cleo 40 -> CODE4
2025-03-15 12:00 merge anna with ben     # ben's points lapsed on the 11th
unredeem anna CODE3
lots anna 100 forever
unredeem anna CODE1
lots anna 20 until 2025-03-18, 100 forever
merge dan with cleo
unredeem dan CODE4
lots dan 100 forever
unredeem dan CODE2
lots dan 20 until 2025-03-18, 100 forever
balance dan available 120 expired 30

story A common lapse of the one is none of the points that the other held meanwhile
rules S11.2, S5.6, S7.2
programme
  holds last 60 minutes, at most 120
  everything lapses 2 months after the last activity
2025-01-10 12:00 order ben B1 50.00
order dan D1 50.00
2025-03-10 12:00 order anna A1 100.00
order cleo C1 100.00
2025-03-10 23:50 hold ben 20 under H1
hold dan 20 under H2
hold anna 40 under H3
hold cleo 40 under H4
2025-03-11 00:10 merge anna with ben
balance anna available 60 held 60 expired 30
release anna H3
balance anna available 100 held 20 expired 30
release anna H1
balance anna available 100 held 0 expired 50
merge dan with cleo
release dan H2
balance dan available 60 held 40 expired 50
2025-03-11 00:51 balance dan available 100 held 0 expired 50

story Of three who become one, each one's points were passed by the own common lapses, and by those of all since then
rules S11.2, S5.5, S7.2
programme
  everything lapses 2 months after the last activity
  returned points live 3 days
2024-12-01 12:00 order anna A1 60.00
redeem anna 10 -> CODE1
order eve E1 60.00
redeem eve 10 -> CODE5
2025-01-01 12:00 order cleo C1 60.00
redeem cleo 10 -> CODE3
order gus G1 60.00
redeem gus 10 -> CODE7
2025-02-01 12:00 order ben B1 60.00
redeem ben 10 -> CODE2
order fay F1 60.00
redeem fay 10 -> CODE6
2025-02-10 12:00 order anna A2 60.00     # hers lapsed on the 2nd
redeem anna 10 -> CODE4
order eve E2 60.00
redeem eve 10 -> CODE8
2025-03-11 12:00 merge ben with cleo     # hers on the 2nd
merge anna with ben
balance anna available 100 expired 100
unredeem anna CODE2
unredeem anna CODE4
lots anna 60 forever, 60 forever
unredeem anna CODE1
unredeem anna CODE3
lots anna 10 until 2025-03-14, 10 until 2025-03-14, 60 forever, 60 forever
merge eve with fay
merge gus with eve
balance gus available 100 expired 100
unredeem gus CODE6
unredeem gus CODE8
lots gus 60 forever, 60 forever
unredeem gus CODE5
unredeem gus CODE7
lots gus 10 until 2025-03-14, 10 until 2025-03-14, 60 forever, 60 forever
2025-03-20 12:00 redeem anna 100 -> CODE9
2025-05-25 12:00 unredeem anna CODE9
lots anna 60 until 2025-05-28, 40 until 2025-05-28

story What is dropped at one instant after a merger goes as it was given, first the member's own
rules S3.2, S4.6, S6.1, S11.2
programme
  no debt
  pending until completed, dropped after 1 month
  candle earns 9
2025-01-10 12:00 anna joins
order ben B1 of candle 100.00 updated 2025-01-10
merge anna with ben
order anna A1 30.00 updated 2025-01-10
staff take anna 100 "a loan"
balance anna pending 39
2025-02-10
balance anna available 0 pending 0 earned 0
complete anna A1
lots anna 30 forever
complete anna B1
lots anna 30 forever, 9 forever

story Of several who are taken over, those of whom the first of them took over drop theirs after its own
rules S3.2, S4.6, S11.2
programme
  no debt
  pending until completed, dropped after 1 month
  candle earns 9
2025-01-10 12:00 anna joins
ben joins
order cleo C1 of candle 20.00 updated 2025-01-10
merge ben with cleo
order ben B1 50.00 updated 2025-01-10
order dan D1 of candle 40.00 updated 2025-01-10
merge anna with ben and dan
staff take anna 76 "a loan"
balance anna pending 52
2025-02-10
complete anna B1
lots anna 50 forever
complete anna D1
lots anna 50 forever
complete anna C1
lots anna 50 forever, 2 forever

story Of two open holds of one reference the newest is meant, whoever had it
rules S5.6, S11.2
programme
  holds last 600 minutes, at most 600
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
hold anna 10 under H1
hold ben 40 under H1
merge anna with ben
balance anna available 150 held 50
capture anna H1 -> R1
balance anna available 150 held 10 redeemed 40
capture anna H1 -> R2
balance anna available 150 held 0 redeemed 50
