# Subscriptions, what their orders earn, and milestones of every count (S4.1, S6.3, S9.3, S9.4).

story Cycle orders count, and milestones of cycles pay once
rules S9.3, S9.4
programme
  milestone starter at 2 cycles gives 50 points
  milestone loyal at 3 cycles gives 100 points
2025-01-10 12:00 order anna A1 10.00 cycle of S1
subscribed anna active cycle 1
reached anna none
2025-02-10 12:00 order anna A2 10.00 cycle of S1
subscribed anna active cycle 2
reached anna starter
balance anna available 70
again anna A2
order anna A3 10.00
subscribed anna active cycle 2
2025-03-10 order anna A4 10.00 cycle of S1
reached anna starter, loyal
balance anna available 190 earned 190
counts anna 40 points, 4 orders
history anna joined, earned_from_order +10, subscription_changed, earned_from_order +10, subscription_changed, milestone_reached +50, earned_from_order +10, earned_from_order +10, subscription_changed, milestone_reached +100

story A cancelled cycle order takes the milestone back, and another one gives it again
rules S9.3, S6.3
programme
  milestone starter at 2 cycles gives 50 points
2025-01-10 12:00 order anna A1 10.00 cycle of S1
order anna A2 10.00 cycle of S1
balance anna available 70
cancel anna A2
subscribed anna active cycle 1
reached anna none
balance anna available 10 earned 10
order anna A3 10.00 cycle of S1
reached anna starter
balance anna available 70 earned 70
unconfirm anna A3
reached anna none
confirm anna A3
balance anna available 70 earned 70

story That a subscription pauses or ends takes nothing back
rules S9.3, S9.4
programme
  milestone starter at 2 cycles gives 50 points
2025-01-10 12:00 order anna A1 10.00 cycle of S1
order anna A2 10.00 cycle of S1
order anna A3 10.00
subscription anna S1 paused
subscribed anna inactive cycle 2
cancel anna A3
reached anna starter
order anna A4 10.00 cycle of S2
subscribed anna active cycle 1
cancel anna A4
subscribed anna active cycle 0
reached anna starter
subscription anna S1 active
subscribed anna active cycle 2

story The longest of several by default, or the sum
rules S9.4
programme
  subscriptions count the longest
2025-01-10 12:00 order anna A1 10.00 cycle of S1
order anna A2 10.00 cycle of S1
2025-01-11 order anna A3 10.00 cycle of S2
subscribed anna active cycle 2
2025-02-10 programme
  subscriptions count the sum
subscribed anna active cycle 3
2025-03-10 programme
  subscriptions count the newest
subscribed anna active cycle 1
2025-04-10 programme
  a point is worth 0.01
subscribed anna inactive cycle 0
as of 2025-02-20 subscribed anna active cycle 3

story The newest is the one that began last
rules S9.4
programme
  subscriptions count the newest
2025-01-10 12:00 order anna A1 10.00 cycle of S1
2025-02-10 order anna A2 10.00 cycle of S2
order anna A3 10.00 cycle of S2
subscribed anna active cycle 2
subscription anna S1 since 2025-03-01
subscribed anna active cycle 1
subscription anna S2 since 2025-03-02
subscribed anna active cycle 2

story What the shop counts itself, and what came before
rules S9.4
programme
  milestone starter at 3 cycles gives 50 points
2025-01-10 12:00 subscription anna S1 earlier 2
subscribed anna active cycle 2
order anna A1 10.00 cycle of S1
subscribed anna active cycle 3
reached anna starter
subscription ben S2 cycle 5
subscribed ben active cycle 5
balance ben available 50
order ben B1 10.00 cycle of S2
subscribed ben active cycle 5
subscription ben S2 cycle 6
subscribed ben active cycle 6

story Lines may belong to a subscription of their own
rules S4.1, S9.4
programme
  subscription orders earn 20
2025-01-10 12:00 order anna A1 of candle of S1 30.00 + mug of S2 10.00 + pen 5.00
subscribed anna active cycle 1
balance anna available 65
history anna joined, earned_from_order +45, earned_from_subscription +20, subscription_changed
refund anna A1 candle to 0.00
balance anna available 35
refund anna A1 mug to 0.00
balance anna available 5
subscribed anna active cycle 1
cancel anna A1
subscribed anna active cycle 0
order anna A2 5.00
balance anna available 5

story Subscription orders may earn by money
rules S4.1, S1.5
programme
  subscription orders earn 1 per 10.00 which count
2025-01-10 12:00 order anna A1 of candle of S1 25.00 + mug 19.00
balance anna available 46
counts anna 46 points, 1 orders
order anna A2 39.99 cycle of S1
balance anna available 88
refund anna A2 to 10.00
balance anna available 57

story Orders, spend and points
rules S9.3, S6.3
programme
  milestone third at 3 orders gives 10 points
  milestone spender at 100.00 spend gives 20 points
  milestone points at 150 points gives 30 points
2025-01-10 12:00 order anna A1 60.00
order anna A2 40.00
reached anna spender
balance anna available 120
order anna A3 49.00
reached anna third, spender
order anna A4 1.00
reached anna third, spender, points
balance anna available 210
refund anna A1 to 10.00
reached anna third, spender
balance anna available 130 earned 130
cancel anna A2
reached anna third
balance anna available 70
cancel anna A1
reached anna none
balance anna available 50 earned 50

story Time since joining, at the start of the day
rules S9.3, S3.2
programme
  milestone year after 12 months gives 100 points
  milestone month after 1 month gives 10 points
2024-01-31 12:00 customer anna
2024-02-28 23:59:59
reached anna none
2024-02-29
reached anna month
balance anna available 10
2025-01-31
balance anna available 110
history anna joined, milestone_reached +10 at 2024-02-29, milestone_reached +100 at 2025-01-31
as of 2024-02-28 balance anna available 0
as of 2024-03-01 balance anna available 10
2025-03-01 balance anna available 110

story A milestone may give a tier, which ends with it or as tiers do
rules S9.3, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 500 points
  entering Gold earns 5
  milestone five at 2 orders gives the tier Gold
2025-01-10 12:00 order anna A1 10.00
order anna A2 10.00
tier anna Gold until 2026-12-31 then Friend
balance anna available 25
cancel anna A2
tier anna Friend
balance anna available 10
order anna A3 10.00
tier anna Gold
2027-01-01
tier anna Friend
reached anna five

story A tier that is met by itself stays when the milestone is lost
rules S9.3, S8.4
programme
  tiers count for life
  tier Friend
  tier Gold from 100 points
  milestone five at 2 orders gives 10 points and the tier Gold
2025-01-10 12:00 order anna A1 10.00
order anna A2 10.00
tier anna Gold
balance anna available 30
order anna A3 90.00
cancel anna A1
cancel anna A2
tier anna Friend

story What staff take back of a milestone is not given again
rules S9.3, S6.4
programme
  milestone two at 2 orders gives 10 points
2025-01-10 12:00 order anna A1 10.00
order anna A2 10.00
balance anna available 30
staff undo anna the last milestone_reached
balance anna available 20
cancel anna A2
balance anna available 10 earned 10
confirm anna A2
balance anna available 20

story A new version gives milestones to whoever has reached them, and takes none back
rules S9.3, S10.1
programme
  a point is worth 0.01
2025-01-10 12:00 order anna A1 10.00
order anna A2 10.00
2025-02-10 programme
  milestone two at 2 orders gives 10 points
reached anna two
balance anna available 30
2025-03-10 programme
  milestone two at 5 orders gives 10 points
order anna A3 10.00
cancel anna A3
reached anna two
cancel anna A2
reached anna none
balance anna available 10

story Only members reach milestones
rules S9.3, S11.4
programme
  milestone one at 1 orders gives 10 points
  milestone month after 1 month gives 7 points
2025-01-10 12:00 customer anna
anna leaves
order anna A1 10.00
2025-03-01
balance anna available 0
anna joins
balance anna available 7
order anna A2 10.00
balance anna available 27

story Members who merge have one set of milestones, and reach more together
rules S9.3, S9.4, S11.2
programme
  milestone one at 1 orders gives 10 points
  milestone three at 3 orders gives 30 points
  milestone two at 2 cycles gives 20 points
2025-01-10 12:00 order anna A1 10.00 cycle of S1
order ben B1 10.00 cycle of S1
order ben B2 10.00
balance anna available 20
balance ben available 30
merge anna with ben
reached anna one, three, two
subscribed anna active cycle 2
balance anna available 100
cancel anna B1
reached anna one
balance anna available 40
cancel anna B2
cancel anna A1
reached anna none
balance anna available 10                  # both were paid for the first; one of them is taken back

story A drop that comes by time takes a milestone back
rules S9.3, S4.6
programme
  pending until completed, dropped after 30 days
  milestone points at 50 points gives 10 points
2025-01-10 12:00 order anna A1 60.00
balance anna available 10 pending 60
2025-02-09 12:00:01
balance anna available 0 pending 0 earned 0
reached anna none
history anna joined, earned_from_order +60, milestone_reached +10, points_dropped -60 at 2025-02-09 12:00, milestone_lost -10 at 2025-02-09 12:00

story An order that moves to another customer takes its cycle along
rules S4.3, S9.4
programme
  milestone two at 2 cycles gives 20 points
2025-01-10 12:00 order anna A1 10.00 cycle of S1
order anna A2 10.00 cycle of S1
balance anna available 40
order ben A2 10.00 cycle of S1
subscribed anna active cycle 1
subscribed ben active cycle 1
balance anna available 10
balance ben available 10

story A milestone may give an offer, once and for all
rules S9.3, S9.2
programme
  offer tote costs 500 gives 10.00 off
  milestone two at 2 orders gives 5 points and the offer tote
  milestone year after 12 months gives the offer tote
2025-01-10 12:00 order anna A1 10.00
rewards anna none
order anna A2 10.00
rewards anna tote without code
balance anna available 25 redeemed 0
cancel anna A2
balance anna available 10
rewards anna tote without code
order anna A3 10.00
balance anna available 25
rewards anna tote without code
2026-01-10
rewards anna tote without code, tote without code

story What subscriptions came to is told of a past instant as it was then
rules S3.5, S9.3, S9.4
programme
  subscriptions count the longest
2025-01-10 customer ben
order anna A1 30.00 cycle of S1
2025-02-01 programme
  subscriptions count the sum
  milestone first at 1 cycles gives 15 points
2025-03-01 order ben B1 50.00 cycle of S2
customer anna born 05-17                       # her birthday was not known before, her subscription was
as of 2025-02-01 reached ben none
as of 2025-02-01 subscribed ben inactive cycle 0
as of 2025-02-01 balance ben available 0
as of 2025-02-01 subscribed anna active cycle 1
as of 2025-02-01 reached anna first
as of 2025-02-01 balance anna available 45

story Lines go before the order that they are in
rules S9.4
programme
  subscriptions count the newest
2025-01-10 order anna A1 of candle as l1 30.00 cycle of S1
order anna A2 of candle as l1 of S2 30.00 cycle of S1
subscribed anna active cycle 1

story A version that brings milestones lifts to their tiers after its own
rules S9.3, S3.2, S8.4
programme
  orders earn nothing
2025-01-10 order gail G1 500.00
2025-02-01 programme
  orders earn nothing
  part tiers {"window":{"kind":"lifetime"},"steps":[{"slug":"friend","name":"Friend"},{"slug":"silver","name":"Silver","requires":{"spend":"100"},"entry_points":30},{"slug":"gold","name":"Gold","requires":{"spend":"400"}}]}
  milestone first at 80 spend gives 15 points and the tier Silver
lots gail 15 forever
tier gail Gold

story A subscription that both had who are one now is one, with the larger counts
rules S9.4, S11.2
programme
  subscriptions count the sum
2025-01-10 subscription anna S1 ended earlier 2
subscription ben S1 active cycle 5 earlier 1
merge anna with ben
subscribed anna inactive cycle 5
2025-01-11 order anna A1 30.00 cycle of S1
subscribed anna inactive cycle 5

story Of a subscription that both had the status that was told counts
rules S9.4, S11.2
programme
  subscriptions count the longest
2025-01-10 order anna A1 30.00 cycle of S1
subscription anna S2 cycle 2
subscription ben S1 paused cycle 5
subscription ben S2 ended
merge anna with ben
subscribed anna inactive cycle 5
subscription anna S2 active
subscribed anna active cycle 2

story A tier that another reached milestone gives is not lost with the first
rules S9.3
programme
  tiers count the calendar year
  tier Friend
  tier Silver from 300 points
  tier Gold from 500 points
  milestone one at 2 orders gives the tier Gold
  milestone two at 15.00 spend gives the tier Gold
  milestone big at 8.00 spend gives the tier Silver
2025-01-10 12:00 order anna A1 10.00
tier anna Silver
order anna A2 10.00
tier anna Gold
order anna A1 16.00
cancel anna A2
reached anna two, big
tier anna Gold
2025-01-11 refund anna A1 to 9.00
reached anna big
tier anna Silver
2025-01-12 cancel anna A1
reached anna none
tier anna Friend

story Points for entering a tier that time brings reach a milestone at that instant
rules S9.3, S3.2
programme
  tiers go by available points
  tier Friend
  tier Silver from 100 points
  entering Silver earns 60 which count
  pending 10 days
  milestone known at 150 points gives 15 points
2025-01-10 12:00 order anna A1 100.00
reached anna none
2025-01-20 12:00
tier anna Silver
reached anna known
balance anna available 175
history anna joined, earned_from_order +100, points_matured, tier_acquired, earned_from_source +60, milestone_reached +15

story A gift that lifts reaches what points for entering the tier reach
rules S9.3, S5.8
programme
  tiers go by available points
  tier Friend
  tier Silver from 100 points
  entering Silver earns 60 which count
  gifts from 1
  milestone known at 50 points gives 15 points
2025-01-10 12:00 order anna A1 100.00
order ben B1 40.00
anna gives ben 60
tier ben Silver
reached ben known
balance ben available 175

story The tier of a milestone lifts further where entering it earns what a higher one asks
rules S9.3, S8.3
programme
  tier Friend
  tier Silver from 1000 points
  tier Gold from 1100 points
  entering Silver earns 1050 which count
  milestone fan at 2 orders gives the tier Silver
2025-01-10 12:00 order anna A1 100.00
order anna A2 10.00
tier anna Gold

story  A milestone of points is looked at after the ladder, also where a day of the year brings it
rules  S3.2, S9.3
programme
  lapse after 12 months
  tier Friend
  tier Gold from 150 points, points lapse after 24 months
  birthdays earn 50 which count
  milestone keen at 150 points gives 70 points
2025-01-10 customer anna born 1980-05-17
order anna A1 100.00
2025-05-17 balance anna available 220
lots anna 100 until 2026-01-09, 50 until 2026-05-16, 70 until 2027-05-16

story  Who comes back reaches what time brought meanwhile in the order of the document
rules  S9.3, S5.1
programme
  milestone spender at 250.00 spend gives 70 points
  milestone months after 2 months gives 15 points
2025-01-10 order rosa R1 100.00
rosa leaves
2025-06-01 order rosa R1 300.00
rosa joins
lots rosa 300 forever, 70 forever, 15 forever

story  What a lost milestone gave is taken before what came to an ended lot lapses, for milestones come first
rules  S3.2, S4.9, S9.3, S6.1
programme
  lapse after 30 days
  candle earns 20
  milestone keen at 60 points gives 15 points
2025-01-10 12:00 order anna A1 of mug 61.00
redeem anna 76
2025-03-01 12:00 staff give anna 50 "sorry"
order anna A1 of candle 39.00
reached anna none
balance anna available 28 expired 5

story What being a friend, or bringing one, leads to is in hand at once
rules S9.3, S9.5
programme
  friends come by invitation, after 0 days
  bringing a friend earns 500 which count
  coming by a friend earns 200 which count
  offer treat gives 3.00 off
  milestone comer at 240 points gives the offer treat
2025-01-10 12:00 order anna A1 100.00
anna invites by whatsapp -> REF1
order ben B1 50.00 code REF1
reached ben comer
rewards ben treat without code
reached anna comer
rewards anna treat without code

story What a gift leads to is in hand at once
rules S9.3, S5.8
programme
  gifts from 10
  tiers go by available points
  tier Gold from 100 points
  entering Gold earns 100 which count
  offer treat gives 3.00 off
  milestone lifted at 100 points gives the offer treat
2025-01-10 12:00 customer ben
order anna A1 90.00
anna gives ben 50
rewards ben none
order cleo C1 60.00
cleo gives ben 50
tier ben Gold
reached ben lifted
rewards ben treat without code

story Of milestones that are lost at once none goes on holding a tier, nor one whose higher tier a lock kept back
rules S9.3, S8.7
programme
  tiers count the calendar year
  tier Silver from 2 orders
  tier Gold from 8 orders
  milestone second at 2 orders gives the tier Silver
  milestone spender at 150 spend gives the tier Gold
2025-01-20 12:00 order anna A1 20.00
order anna A2 20.00 placed 2024-12-30
tier anna Silver
staff tier anna Gold until 2025-02-08 locked
order anna A2 200.00
reached anna second, spender
delete anna A2
reached anna none
tier anna Gold until 2025-02-08 then none
2025-02-10 12:00 tier anna none

story Whose subscriptions came to something is no stranger at a past instant
rules S3.5, S9.4, S13.2
programme
  members opt in
  subscriptions count the longest
2025-01-10 12:00 subscription zoe S2 active cycle 2 earlier 1
subscription anna S3 ended cycle 0
2025-02-10 12:00
as of 2025-01-20 subscribed zoe active cycle 2
as of 2025-01-20 subscribed anna inactive cycle 0

story A milestone that is reached again holds no tier that it did not lift into
rules S9.3, S8.4
programme
  tiers count the calendar year
  tier Silver from 2 orders
  milestone spender at 150 spend gives the tier Silver
2025-01-20 12:00 order anna A1 200.00
order anna A2 20.00
order anna A1 20.00
reached anna none
tier anna Silver
order anna A1 200.00
reached anna spender
delete anna A2
order anna A1 20.00
reached anna none
tier anna Silver
