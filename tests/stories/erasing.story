# A person who is to be forgotten (S11.3).

story An erased member is nobody, and a later push makes a new one
rules S11.3
2025-01-10 order anna A1 100.00
redeem anna 30 -> CODE1
order anna A2 50.00 code CODE1 unconfirmed
erase anna
order ben B1 10.00
2025-02-10 order anna A3 20.00
balance anna available 20 earned 20 redeemed 0
history anna joined, earned_from_order +20

story An order that comes again after its customer was erased is new
rules S11.3
2025-01-10 order anna A1 100.00
erase anna
customer anna
balance anna available 0
again anna A1
balance anna available 100

story Pending points lapse, debt is forgiven, a tier is left; nothing falls due any more
rules S11.3
programme
  pending 14 days
  lapse after 1 month
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
  warn 7 days before points lapse
2025-01-10 order anna A1 100.00
order ben B1 40.00
2025-01-25 order ben B2 10.00
redeem ben 40
cancel ben B1
balance ben pending 0 debt 30
erase ben
erase anna
2026-06-01 programme
  2 points per 1.00
2026-06-02 order cleo C1 1.00
balance cleo available 2

story A member who took another over is erased with all of it
rules S11.3, S11.2
2025-01-10 order anna A1 100.00
order ben B1 60.00
redeem ben 20 -> CODE1
staff give ben 5 "for Ben"
merge anna with ben
erase anna
customer ben
balance ben available 0 earned 0
order ben B1 10.00
balance ben available 10

story A new programme finds nothing of a member who is gone
rules S11.3, S7.4
2025-01-10 order anna A1 100.00
order ben B1 50.00
order cleo C1 10.00
erase anna
merge cleo with ben
2025-02-01 programme
  lapse after 12 months
  everything lapses after 12-31 each year
2025-02-02 order cleo C2 10.00
balance cleo available 70

story Whoever is erased where tiers count the member's year is verified
rules S11.3
programme
  tiers count the member's year
  tier Friend
  tier Gold from 100 points
2025-01-10 customer anna
erase anna
customer ben
balance ben available 0

story The codes of somebody who is erased are taken out of the checkout, once the shop knows them
rules S11.3, S9.2
programme
  offer five costs 20 gives 5.00 off
  offer ship costs 20 gives free shipping
  offer mug costs 20 gives product mug
2025-01-10 order anna A1 100.00
take anna five -> CODE1
outbox done CODE1
take anna ship -> CODE2
outbox done CODE2
order anna A2 10.00 code CODE2 unconfirmed
take anna mug -> CODE3
redeem anna 20 -> CODE4
outbox done CODE4
order anna A3 10.00 code CODE4
erase anna
errands remove five, remove ship
outbox done CODE1
errands remove ship

story A code that was void before its owner is erased is still taken out of the checkout
rules S11.3, S9.2, S11.2
programme
  offer five costs 20 gives 5.00 off
2025-01-10 order anna A1 100.00
order ben B1 100.00
take anna five -> CODE1
outbox done CODE1
take anna five -> CODE2
outbox done CODE2
unredeem anna CODE1
errands remove five
merge ben with anna
erase ben
customer anna
errands remove five, remove five
outbox done CODE1
outbox fails CODE2
errands none
