# Offers: what is to be had for points, and what keeps somebody from it (S9.1).

story An offer is bought with points, and its code is used on an order
rules S9.1, S9.2, S5.7
programme
  offer five costs 60 gives 5.00 off
2025-01-10 order anna A1 100.00
offers anna five 60
take anna five -> CODE1
balance anna available 40 redeemed 60
code anna CODE1 unused worth 5.00
rewards anna five unused
errands code five
2025-01-11 order anna A2 50.00 unconfirmed code CODE1
rewards anna five locked
confirm anna A2
rewards anna none
code anna CODE1 gone
balance anna available 90 redeemed 60
history anna joined, earned_from_order +100, vendible_redemption -60, earned_from_order +50

story Every reason against an offer is told
rules S9.1
programme
  offer mug costs 100 gives product mug, 1 times monthly, from 2025-02-01 to 2025-03-01, where member.orders > 1
  offer five costs 60 gives 5.00 off
2025-01-10 order anna A1 50.00
staff mark anna readonly
offers anna mug 100 (read_only offer_not_open condition_not_met not_enough_points), five 60 (read_only not_enough_points)
take anna mug
refused read_only, offer_not_open, condition_not_met, not_enough_points available 50 missing 50
staff unmark anna readonly
2025-02-01 order anna A2 150.00
offers anna mug 100, five 60
take anna mug
offers anna mug 100 (offer_limit_reached), five 60
take anna mug
refused offer_limit_reached count 1 period monthly
anna leaves
take anna five
refused not_a_member
anna joins
2025-03-01
offers anna mug 100 (offer_ended), five 60
take anna mug
refused offer_ended

story An offer that a member does not see is none for that member
rules S9.1, S9.6
programme
  offer secret costs 10 gives 5.00 off, seen where "vip" in customer.tags
2025-01-10 order anna A1 100.00
offers anna none
take anna secret
refused unknown_offer
take anna nothing
refused unknown_offer
customer anna tagged vip
offers anna secret 10
take anna secret
balance anna available 90

story What an offer costs is a matter of the tier
rules S9.1
programme
  tier Friend
  tier Gold from 200 points
  offer five costs 100 (Gold 50) gives 5.00 off
2025-01-10 order anna A1 150.00
offers anna five 100
order anna A2 100.00
tier anna Gold
offers anna five 50
take anna five -> CODE1
balance anna available 200 redeemed 50

story Offers do not count in the redemption limit
rules S5.3, S9.1
programme
  limit 50 monthly
  offer five costs 60 gives 5.00 off
2025-01-10 order anna A1 200.00
take anna five
limit anna remaining 50 of 50 monthly
redeem anna 50
take anna five
balance anna available 30

story A member takes an offer so many times in a calendar period
rules S9.1
programme
  offer five costs 10 gives 5.00 off, 2 times weekly
2025-01-10 order anna A1 200.00
take anna five
take anna five
take anna five
refused offer_limit_reached
2025-01-12 23:59 take anna five
refused offer_limit_reached
2025-01-13 take anna five
take anna five
take anna five
refused offer_limit_reached
balance anna redeemed 40

story Of the last piece there is one
rules S9.1, S4.7
programme
  offer mug costs 10 gives product mug, 3 in stock
2025-01-10 order anna A1 100.00
order ben B1 100.00
5 times at once take anna mug
granted 3
offers ben mug 10 (out_of_stock)
take ben mug
refused out_of_stock

story A larger stock is more for all, a smaller one leaves what was sold
rules S9.1, S4.7
programme
  offer mug costs 10 gives product mug, 2 in stock
2025-01-10 order anna A1 100.00
take anna mug
take anna mug
2025-01-11 programme
  offer mug costs 10 gives product mug, 3 in stock
take anna mug
take anna mug
refused out_of_stock
2025-01-12 programme
  offer mug costs 10 gives product mug, 1 in stock
take anna mug
refused out_of_stock
2025-01-13 programme
  offer mug costs 10 gives product mug, 4 in stock
take anna mug
balance anna redeemed 40

story The same wish twice under one key is one
rules S9.1
programme
  offer five costs 60 gives 5.00 off
2025-01-10 order anna A1 200.00
take anna five key K1 -> CODE1
take anna five key K1 -> CODE2
same code CODE1 CODE2
balance anna redeemed 60

story A free offer costs nothing, and counts
rules S9.1
programme
  offer gift gives 10% off, 1 times yearly
2025-01-10 customer anna
take anna gift -> CODE1
code anna CODE1 unused
take anna gift
refused offer_limit_reached
history anna joined, vendible_redemption

story What costs nothing is taken once, where the programme does not say how often
rules S9.1
programme
  offer gift gives 10.00 off
2025-01-10 customer anna
take anna gift -> CODE1
take anna gift
refused offer_limit_reached count 1 period lifetime
staff grant anna gift "for the trouble"    # what is given is not asked how often
unredeem anna CODE1
offers anna gift 0
take anna gift -> CODE2

story What is bought keeps points alive, what is free does not
rules S9.1, S7.2
programme
  everything lapses 6 months after the last activity
  offer five costs 10 gives 5.00 off
  offer gift gives 1.00 off
2025-01-10 order anna A1 100.00
2025-06-10 take anna gift
2025-06-20 take anna five
2025-12-20 23:59
balance anna available 90
2025-12-21
balance anna available 0 expired 90

story A logged-out visitor's offers are those of a member with nothing
rules S13.2, S9.1
programme
  offer five costs 60 gives 5.00 off
2025-01-10 customer ben
ben leaves
offers ben five 60 (not_a_member not_enough_points)
