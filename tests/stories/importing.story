# Imports: orders of the past, each lived at its time (S4.10).

story A member lives through imported orders in their order
rules S4.10, S4.4, S7.1, S8.3
programme
  lapse after 6 months
  tiers count the calendar year
  tier Friend
  tier Gold from 100 points
2025-12-01
import anna A1 60.00 placed 2025-01-10 12:00
import anna A2 40.00 placed 2025-03-10 12:00
import anna A3 30.00 placed 2025-11-10 12:00
balance anna available 30 expired 100 earned 130
tier anna Gold until 2026-12-31
expires anna 30 on 2026-05-10
history anna joined at 2025-01-10 12:00, earned_from_order +60, earned_from_order +40 at 2025-03-10 12:00, tier_acquired at 2025-03-10 12:00, points_expired -60, points_expired -40, earned_from_order +30

story An imported order from before what the account was settled to is late news
rules S4.10, S4.9
programme
  lapse after 6 months
  tiers count for life
  tier Friend
  tier Gold from 100 points
2025-12-01 order anna A1 60.00
import anna A2 40.00 placed 2025-01-10 12:00
balance anna available 60 expired 40 earned 100
tier anna Gold
history anna last earned_from_order +40, tier_acquired, points_expired -40

story An imported order that says nothing of when it was completed was so from its time on
rules S4.10, S4.6
programme
  pending 14 days after completion
2025-12-01 customer anna
import anna A1 60.00 completed placed 2025-01-10 12:00
balance anna available 60 pending 0

story An imported customer is a member since then, and is paid for joining and for birthdays since
rules S4.10, S4.1, S4.8
programme
  joining earns 50
  birthdays earn 20
  lapse after 12 months
2025-12-01
import since 2024-03-01 customer anna born 05-17
balance anna available 20 expired 70 earned 90
history anna joined at 2024-03-01, earned_from_source +50 at 2024-03-01, birthday_gift +20 at 2024-05-17, points_expired -50, birthday_gift +20, points_expired -20 at 2025-05-17

story What is imported of a customer whose account is further counts from where it is
rules S4.10, S4.9
programme
  newsletter earns 30
  lapse after 6 months
2025-12-01 order anna A1 60.00
import since 2024-03-01 customer anna subscribed on 2024-03-01
import since 2024-03-01 anna leaves
balance anna available 60 expired 30 earned 90
membership anna none

story An imported order whose event's time was over when it was told gives nothing, and its explanation says why
rules S4.6, S4.10
programme
  trigger visit
  pending until the event visit, dropped after 1 month
2025-03-31 customer anna
import since 2025-01-01 anna joins
import anna A1 of mug 100.00 placed 2025-02-01
balance anna available 0 pending 0
