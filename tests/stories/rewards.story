# Rewards: what members hold, how it is used, given back, given for nothing and taken away (S9.2).

story A cancelled order gives back what an offer cost, and the piece with it
rules S5.7, S9.2, S9.1
programme
  offer mug costs 60 gives product mug, 1 in stock, 1 times monthly
2025-01-10 order anna A1 100.00
take anna mug -> CODE1
order anna A2 50.00 code CODE1
offers anna mug 60 (offer_limit_reached out_of_stock)
2025-01-12 cancel anna A2
balance anna available 100 redeemed 0
rewards anna none
offers anna mug 60
2025-01-13 confirm anna A2                 # it is sold after all
balance anna available 90 redeemed 60
offers anna mug 60 (offer_limit_reached out_of_stock)

story An order confirmed again uses a piece that is sold to somebody else by now
rules S5.7, S9.1
programme
  offer mug costs 60 gives product mug, 1 in stock
2025-01-10 order anna A1 100.00
order ben B1 100.00
take anna mug -> CODE1
order anna A2 50.00 code CODE1
cancel anna A2
take ben mug -> CODE2
confirm anna A2
balance anna available 90 redeemed 60
cancel anna A2
offers ben mug 60 (not_enough_points out_of_stock)

story A cancelled order gives the reward back where the programme says so
rules S5.7, S9.2
programme
  cancelled orders give the reward back
  offer five costs 60 gives 5.00 off
2025-01-10 order anna A1 100.00
take anna five -> CODE1
order anna A2 50.00 code CODE1
cancel anna A2
balance anna available 40 redeemed 60
rewards anna five unused

story What cost nothing is given back as it was
rules S5.7, S9.2
programme
  offer gift gives 5.00 off
2025-01-10 order anna A1 100.00
take anna gift -> CODE1
order anna A2 50.00 code CODE1
rewards anna none
cancel anna A2
rewards anna gift unused

story A reward lapses when it is not used in time
rules S9.2, S3.2
programme
  offer five costs 60 gives 5.00 off, lapses after 30 days
2025-01-10 12:00 order anna A1 100.00
take anna five -> CODE1
staff grant anna five "sorry"
2025-02-09 23:59:59
rewards anna five unused, five without code
2025-02-10
rewards anna none
balance anna available 40 redeemed 60
history anna last vendible_redemption -60, earned_as_reward, reward_lapsed at 2025-02-10, reward_lapsed at 2025-02-10
as of 2025-02-01 rewards anna five unused, five without code

story A reward that was given has no code until the member wants one
rules S9.2
programme
  offer five costs 60 gives 5.00 off
2025-01-10 customer anna
staff grant anna five "for the delay"
rewards anna five without code
errands none
use anna five -> CODE1
rewards anna five unused
code anna CODE1 unused worth 5.00
errands code five
order anna A1 100.00 code CODE1
rewards anna none
use anna five -> CODE2
refused not_found
history anna joined, earned_as_reward, earned_from_order +100

story A reward that was given waits while staff bar the member from rewards
rules S5.2, S9.2
programme
  offer mug costs 60 gives product mug
2025-01-10 order anna A1 10.00
staff mark anna disable_rewards
staff mark anna readonly
staff grant anna mug "the handle broke"
use anna mug -> CODE1
refused read_only, rewards_disabled
staff unmark anna readonly
staff unmark anna disable_rewards
use anna mug -> CODE1
rewards anna mug unused

story What is given asks neither price nor condition, but a piece of the stock
rules S9.2, S4.7
programme
  offer mug costs 60 gives product mug, 1 in stock, 1 times lifetime, where member.orders > 5
2025-01-10 customer anna
staff grant anna mug
rewards anna mug without code
staff grant anna mug
refused out_of_stock
offers anna mug 60 (condition_not_met not_enough_points out_of_stock)
staff void anna mug "a mistake"
rewards anna none
offers anna mug 60 (condition_not_met not_enough_points)
history anna joined, earned_as_reward, reward_voided

story Staff take a code away, and the points come back
rules S9.2, S5.5
programme
  offer five costs 60 gives 5.00 off, 1 times monthly
2025-01-10 order anna A1 100.00
take anna five -> CODE1
staff void anna CODE1
balance anna available 100 redeemed 0
offers anna five 60
errands none
staff void anna CODE1
refused reward_in_use
redeem anna 50 -> CODE2
errands code points
staff void anna CODE2
balance anna available 100

story A purchase is undone while its code is unused
rules S5.5, S9.2
programme
  offer five costs 60 gives 5.00 off, 1 times monthly
  offer card costs 50 gives a gift card of 5.00
2025-01-10 order anna A1 110.00
take anna five -> CODE1
take anna card -> CODE2
unredeem anna CODE1
balance anna available 60 redeemed 50
unredeem anna CODE1
refused change_already_reverted
unredeem anna CODE2
refused invalid_redemption_for_unredeem
take anna five -> CODE3
order anna A2 10.00 code CODE3
unredeem anna CODE3
refused invalid_redemption_for_unredeem

story What has given all of its points back is undone already, whatever became of its code
rules S5.5, S9.2
programme
  offer card costs 50 gives a gift card of 5.00
2025-01-10 order anna A1 100.00
take anna card -> CODE1
redeem anna 50 -> CODE2
order anna A2 10.00 code CODE1 code CODE2
staff unspend anna 100
balance anna available 110 redeemed 0
unredeem anna CODE1
refused change_already_reverted
unredeem anna CODE2
refused change_already_reverted

story What the shop hands out itself is delivered, or fails
rules S9.1, S9.2, S5.5
programme
  offer visit costs 40 gives atelier-visit by the shop, 2 in stock
2025-01-10 order anna A1 100.00
take anna visit -> CODE1
take anna visit -> CODE2
errands deliver atelier-visit, deliver atelier-visit
offers anna visit 40 (not_enough_points out_of_stock)
outbox done CODE1
outbox fails CODE2
balance anna available 60 redeemed 40
errands none
offers anna visit 40
history anna last vendible_redemption -40, vendible_redemption -40, points_returned +40

story A code that the shop could not make gives the points back
rules S5.5, S5.3
programme
  limit 50 monthly
  offer five costs 30 gives 5.00 off
2025-01-10 order anna A1 100.00
redeem anna 50 -> CODE1
take anna five -> CODE2
limit anna remaining 0 of 50 monthly
outbox fails CODE1
limit anna remaining 50 of 50 monthly
outbox fails CODE2
balance anna available 100 redeemed 0
rewards anna none

story A code that the checkout knows is taken out of it when it is undone
rules S5.5, S9.2
programme
  offer five costs 30 gives 5.00 off
2025-01-10 order anna A1 100.00
redeem anna 50 -> CODE1
take anna five -> CODE2
outbox done CODE1
unredeem anna CODE1
unredeem anna CODE2                        # the checkout was never told of it
errands remove points
outbox fails CODE1                         # what it was about is void already
errands none
balance anna available 100 redeemed 0
order ben B1 100.00
take ben five -> CODE3
outbox done CODE3
merge anna with ben
staff void anna CODE3
errands remove five
outbox done CODE3
errands none

story Staff give spent points back, codes that are unused last
rules S6.4, S9.1
programme
  offer five costs 30 gives 5.00 off, 1 in stock
2025-01-10 order anna A1 100.00
take anna five -> CODE1
staff unspend anna 30 "why not"
balance anna available 100 redeemed 0
rewards anna none
offers anna five 30

story Rewards go along with whoever is merged
rules S11.2, S9.2
programme
  offer mug costs 10 gives product mug, 3 in stock, 3 times monthly, lapses after 30 days
2025-01-10 order anna A1 100.00
order ben B1 100.00
take anna mug -> CODE1
take ben mug -> CODE2
staff grant ben mug
merge anna with ben
rewards anna mug unused, mug unused, mug without code
offers anna mug 10 (out_of_stock)
use anna mug -> CODE3
outbox fails CODE2
offers anna mug 10
take anna mug -> CODE4
take anna mug
refused out_of_stock
2025-02-10
rewards anna none

story Whoever is erased has no reward, and what was sold stays sold
rules S11.3, S9.1
programme
  offer mug costs 10 gives product mug, 2 in stock
2025-01-10 order anna A1 100.00
order ben B1 100.00
take anna mug -> CODE1
erase anna
errands none
order anna A2 50.00 code CODE1
offers ben mug 10
take ben mug
offers ben mug 10 (out_of_stock)

story A reward gives what its offer gave when it was taken
rules S9.2, S10.1
programme
  offer five costs 30 gives 5.00 off, 1 in stock
2025-01-10 order anna A1 100.00
take anna five -> CODE1
2025-02-01 programme
  2 points per 1.00
offers anna none
code anna CODE1 unused worth 5.00
staff void anna CODE1
balance anna available 100

story Of another instant a reward has no code before one was made, and is locked while an order locked it
rules S3.5, S5.7, S9.2
programme
  offer five costs 60 gives 5.00 off
2025-01-10 customer anna
staff grant anna five
2025-01-12 use anna five -> CODE1
2025-01-13 order anna A1 100.00 unconfirmed code CODE1
2025-01-14 confirm anna A1
2025-01-15
rewards anna none
as of 2025-01-11 rewards anna five without code
as of 2025-01-12 12:00 rewards anna five unused
as of 2025-01-13 12:00 rewards anna five locked
as of 2025-01-14 12:00 rewards anna none
