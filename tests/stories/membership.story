# Taking part: joining, leaving, coming back (S11.4).

story Outside membership nothing is earned, and lapses and refunds go on
rules S11.4, S4.4
programme
  lapse after 1 month
2025-01-10 order anna A1 100.00
2025-01-20 anna leaves
membership anna none
order anna A2 50.00
balance anna available 100 earned 100
redeem anna 10
refused not_a_member
refund anna A1 to 60.00
balance anna available 60 earned 60
2025-02-11
balance anna available 0 expired 60
history anna joined, earned_from_order +100, left, order_refund -40, points_expired -60

story A return finds what time has left, and what was confirmed outside never earns
rules S11.4, S4.4
2025-01-10 order anna A1 100.00
2025-01-20 anna leaves
order anna A2 50.00
2025-03-01 anna joins
membership anna full
order anna A2 70.00
refund anna A1 to 90.00
order anna A3 10.00
balance anna available 100 earned 100
history anna joined, earned_from_order +100, left, joined, order_refund -10, earned_from_order +10

story An order of a member is still taken back once she has left, and gives again what it gave
rules S11.4, S4.3
2025-01-10 order anna A1 100.00
anna leaves
refund anna A1 to 40.00
balance anna available 40 earned 40
order anna A1 80.00
balance anna available 80 earned 80

story Somebody who is told as no member does not join by being pushed
rules S11.4
2025-01-10 anna leaves
order anna A1 100.00
membership anna none
balance anna available 0 earned 0
history anna left
2025-02-01 programme
  2 points per 1.00
2025-02-02 order anna A2 10.00
balance anna earned 0
membership anna none

story Where members opt in, a customer is a guest until she joins
rules S11.4
programme
  members opt in
2025-01-10 order anna A1 100.00
membership anna guest
redeem anna 10
refused not_a_member, not_enough_points
2025-01-11 anna joins
order anna A2 50.00
again anna A1
balance anna available 50 earned 50
history anna joined, earned_from_order +50

story Said again, a membership changes nothing
rules S11.4
2025-01-10 order anna A1 100.00
anna joins
anna leaves
anna leaves
anna joins
anna joins
history anna joined, earned_from_order +100, left, joined

story A guest earns nothing and keeps what she has
rules S11.4
2025-01-10 order anna A1 100.00
anna looks on
order anna A2 50.00
membership anna guest
balance anna available 100

story A member who left is lifted to no tier before she returns
rules S11.4, S8.3
programme
  tier Friend
  tier Gold from 100.00 spend
2025-01-10 order anna A1 60.00
anna leaves
order anna A1 120.00
tier anna Friend
2025-02-01 anna joins
tier anna Gold

story A tier that was held goes on to its deadline while its member is away
rules S11.4, S8.4
programme
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 100.00
anna leaves
tier anna Gold until 2026-12-31 then Friend
2027-01-01
tier anna Friend

story Joining day and first membership stay when a member comes back
rules S11.4, S8.2
programme
  tiers count the member's year
  tier Friend
  tier Gold from 100 points
2025-01-10 order anna A1 60.00
2025-06-01 anna leaves
2025-07-01 anna joins
2026-01-09 order anna A2 40.00
tier anna Gold

story Coming back starts no clock that has run out
rules S7.2, S11.4
programme
  everything lapses 2 months after the last activity
2025-01-10 12:00 customer anna
2025-06-01 anna leaves
anna joins
2025-06-20 12:00 staff give anna 50
2025-08-20 23:59
balance anna available 50 expired 0
2025-08-21
balance anna available 0 expired 50

story Who is enrolled and meets a condition by having nothing is lifted at once
rules S8.1, S8.3
programme
  tier Friend
  tier Press where !("vip" in customer.tags)
2025-01-01 customer anna
tier anna Press
order ben B1 10.00
tier ben Press
order cleo C1 10.00 unconfirmed
tier cleo Press
order dan D1 10.00 deleted
tier dan Press

story The clock of inactivity of who was known before the programme and joins later starts at the joining
rules S7.2, S11.4
programme none
2025-03-29 22:00 customer finn
2028-02-02 programme
  members opt in
  everything lapses 45 days after the last activity
2028-02-10
finn joins
staff give finn 50
2028-03-20
balance finn available 50
2028-03-27
balance finn available 0

story The clock of inactivity of who is known under the programme and joins later starts at the joining
rules S7.2, S11.4
programme
  members opt in
  everything lapses 45 days after the last activity
2028-02-02 customer finn
2028-02-10
finn joins
staff give finn 50
2028-03-20
balance finn available 50
2028-03-27
balance finn available 0

story The tier that joining brings is not the one held before the order that brought the member
rules S4.4, S8.3
programme
  2x for Press
  tier Friend
  tier Press where !("vip" in customer.tags)
2025-01-01 order anna A1 10.00
tier anna Press
balance anna available 10
order anna A2 10.00
balance anna available 30
