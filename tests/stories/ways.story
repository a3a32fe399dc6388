# Ways to earn apart from orders: joining, days of the year, events, newsletters (S4.1, S4.6 to S4.9, S9.6).

story Joining pays once, at the first full membership
rules S4.1, S11.4
programme
  joining earns 100
2025-01-10 12:00 customer anna
balance anna available 100 earned 100
history anna joined, earned_from_source +100
counts anna 0 points, 0 orders
order anna A1 10.00
anna leaves
2025-02-01 anna joins
customer anna
balance anna available 110 earned 110

story Who opts in is paid then, and a guest is not
rules S4.1, S11.4
programme
  members opt in
  joining earns 100
2025-01-10 12:00 customer anna
balance anna available 0
2025-01-12 anna looks on
balance anna available 0
2025-01-14 anna joins
balance anna available 100
history anna became_guest, joined, earned_from_source +100

story Joining pays under its condition, in its time, and where staff let earn
rules S4.1, S9.6
programme
  joining earns 100 from 2025-02-01 to 2025-03-01 where "vip" in customer.tags
2025-01-31 23:59:59 customer anna tagged vip
balance anna available 0
2025-02-01 customer ben tagged vip
balance ben available 100
customer cora
balance cora available 0
2025-03-01 customer dora tagged vip
balance dora available 0
customer anna tagged vip
balance anna available 0

story Who was known before the programme joins with it; a total budget is for those who join later
rules S4.1, S4.7, S11.4
programme none
2025-01-10 12:00 customer anna
2025-02-01 programme
  joining earns 100
balance anna available 100
history anna joined, earned_from_source +100 at 2025-02-01
2025-03-01 customer ben
balance ben available 100

story The first members share a budget
rules S4.1, S4.7
programme
  joining earns 100, at most 250 in all
2025-01-10 12:00 customer anna
customer ben
customer cora
customer dora
balance ben available 100
balance cora available 50
balance dora available 0
staff undo anna the last earned_from_source
customer elsa
balance elsa available 100
customer fred
balance fred available 0

story Points for joining may count for tiers, and lift
rules S4.1, S8.3
programme
  joining earns 100 which count
  tier Friend
  tier Gold from 100 points
2025-01-10 12:00 customer anna
tier anna Gold
counts anna 100 points, 0 orders
staff undo anna the last earned_from_source
tier anna Friend
counts anna 0 points, 0 orders
balance anna available 0 earned 0
anna leaves
anna joins
balance anna available 0

story A birthday pays once in each year, at the start of the day
rules S4.8, S3.2
programme
  birthdays earn 50
2025-01-10 12:00 customer anna born 1980-05-17
2025-05-16 23:59:59
balance anna available 0
2025-05-17
balance anna available 50 earned 50
history anna joined, birthday_gift +50 at 2025-05-17
2026-05-16 12:00 balance anna available 50
2026-05-17 balance anna available 100
as of 2025-05-16 balance anna available 0
as of 2025-05-17 balance anna available 50
as of 2027-06-01 balance anna available 150
as of 2029-01-01 balance anna available 200

story Without a year it is a birthday all the same, and cleared it is none
rules S4.8
programme
  birthdays earn 50
2025-01-10 12:00 customer anna born 05-17
2025-05-17 balance anna available 50
2026-01-10 customer anna born never
2026-05-17 balance anna available 50

story The day begins where the programme is
rules S4.8, S1.2
programme
  zone Pacific/Kiritimati
  birthdays earn 50
2025-01-10 12:00 customer anna born 05-17
2025-05-16 09:59:59Z
balance anna available 0
2025-05-16 10:00Z
balance anna available 50

story The day may begin after midnight
rules S4.8, S1.2
programme
  zone America/Sao_Paulo
  birthdays earn 50
2018-01-10 12:00 customer anna born 11-04
2018-11-04 02:59:59Z
balance anna available 0
2018-11-04 03:00Z
balance anna available 50

story The 29th of February is the 28th in common years
rules S4.8
programme
  birthdays earn 50
2024-01-10 12:00 customer anna born 2000-02-29
2024-02-28 23:59:59
balance anna available 0
2024-02-29 balance anna available 50
2025-02-27 23:59:59
balance anna available 50
2025-02-28 balance anna available 100
2028-02-28 balance anna available 200
2028-02-29 balance anna available 250

story A birthday told 29 days before pays nothing this time, 30 days before it does
rules S4.8
programme
  birthdays earn 50
2025-05-17 23:59:59 customer anna born 06-16
2025-05-18 customer ben born 06-16
2025-06-16 balance anna available 50
balance ben available 0
2026-06-16 balance anna available 100
balance ben available 50

story A birthday that is changed begins to stand anew, and no year pays twice
rules S4.8
programme
  birthdays earn 50, told 10 days before
2025-01-10 12:00 customer anna born 03-01
2025-03-01 balance anna available 50
2025-03-02 customer anna born 06-01
2025-06-01 balance anna available 50
2026-06-01 balance anna available 100
2027-05-23 customer anna born 1990-06-01
2027-05-24 balance anna available 100
2027-06-01 balance anna available 150
2028-05-23 customer anna born 05-30
2028-06-02 balance anna available 150
2029-05-30 balance anna available 200

story Told on the day itself it pays from the next year on
rules S4.8
programme
  birthdays earn 50, told 0 days before
2025-05-17 12:00 customer anna born 05-17
balance anna available 0
2025-05-18 customer ben born 05-19
2025-05-19 balance ben available 50
2026-05-17 balance anna available 50

story Nobody is paid a birthday outside membership, and who returns finds the next
rules S4.8, S11.4
programme
  birthdays earn 50
2025-01-10 12:00 customer anna born 05-17
2025-05-01 anna leaves
2025-05-18 anna joins
balance anna available 0
2026-05-17 balance anna available 50

story A birthday under a condition, a mark, dates and a cap for life
rules S4.8, S4.7, S9.6
programme
  birthdays earn 50, at most 70 lifetime from 2025-01-01 to 2028-01-01 where "vip" in customer.tags
2024-11-10 12:00 customer anna tagged vip born 12-24
customer ben born 12-24
customer cora tagged vip born 12-24
2024-12-25 balance anna available 0
2025-03-01 staff mark cora disable_earning_rewards
2025-12-24 balance anna available 50
balance ben available 0
balance cora available 0
2026-12-24 balance anna available 70
2027-12-24 balance anna available 70
2028-12-25 balance anna available 70

story A birthday that counts lifts the member at that instant
rules S4.8, S8.3, S3.2
programme
  birthdays earn 50 which count
  tier Friend
  tier Gold from 150 points
2025-01-10 12:00 customer anna born 05-17
order anna A1 100.00
tier anna Friend
2025-06-01
tier anna Gold
history anna joined, earned_from_order +100, birthday_gift +50, tier_acquired at 2025-05-17

story A birthday gift lapses by its own term, pays debt, and may be taken back
rules S4.8, S7.1, S6.2
programme
  birthdays earn 50, lapsing after 1 month
2025-01-10 12:00 customer anna born 05-17
staff take anna 20
2025-05-17
balance anna available 50 debt 0
lots anna 50 until 2025-06-16
2025-05-20 staff undo anna the last birthday_gift
balance anna available 0 earned 0
2026-05-17 balance anna available 50

story The day of joining pays from the next year on
rules S4.8
programme
  anniversaries earn 30
2024-02-29 12:00 customer anna
2025-02-27 23:59 balance anna available 0
2025-02-28 balance anna available 30
2026-02-28 balance anna available 60
2028-02-28 balance anna available 90
2028-02-29 balance anna available 120
history anna joined, earned_from_source +30 at 2025-02-28, earned_from_source +30, earned_from_source +30, earned_from_source +30

story A programme that takes effect later pays the next birthday, and one that ends pays none
rules S4.8, S3.2
programme
  a point is worth 0.01
2025-01-10 12:00 customer anna born 05-17
2025-05-17 programme
  birthdays earn 50
2025-05-18 balance anna available 0
2026-05-17 balance anna available 50
2027-05-17 programme
  a point is worth 0.01
2027-05-18 balance anna available 100
2028-05-18 balance anna available 100

story Who was merged keeps the own birthday, and the year that paid
rules S4.8, S11.2
programme
  birthdays earn 50
  joining earns 10
  anniversaries earn 5
2025-01-10 12:00 customer anna born 05-17
2025-02-10 customer ben born 03-20
2025-03-20
balance ben available 60
2025-04-01 merge anna with ben
balance anna available 70
2025-05-18 balance anna available 70
2026-01-10 balance anna available 75
2026-03-20 balance anna available 75
2026-05-17 balance anna available 125

story Who takes over without a birthday has the other's
rules S4.8, S11.2
programme
  birthdays earn 50
2025-01-10 12:00 customer anna
customer ben born 05-17
2025-04-01 merge anna with ben
2025-05-17 balance anna available 50

story Who was erased has no birthday
rules S4.8, S11.3
programme
  birthdays earn 50
  joining earns 100, at most 150 in all
2025-01-10 12:00 customer anna born 05-17
erase anna
2025-01-11 customer anna
balance anna available 50
2025-05-18 balance anna available 50

story An event pays each time, under its own id once
rules S4.1, S4.3
programme
  trigger on visit earns 10
2025-01-10 12:00 customer anna
event anna visit id E1
event anna visit id E1
event anna visit
balance anna available 20 earned 20
history anna joined, event_recorded, earned_from_source +10, event_recorded, earned_from_source +10

story An event pays within its cap, in the period in which it occurred
rules S4.7, S4.9
programme
  trigger on visit earns 10, at most 25 monthly
2025-01-10 12:00 customer anna
event anna visit
event anna visit
event anna visit
event anna visit
balance anna available 25
2025-01-31 23:59:59 event anna visit
balance anna available 25
2025-02-01 event anna visit
balance anna available 35
event anna visit on 2025-01-20
balance anna available 35
staff undo anna the last earned_from_source
balance anna available 25
event anna visit
event anna visit
event anna visit
balance anna available 50

story All members share what an event gives in all
rules S4.7
programme
  review on reviewed earns 40, at most 100 in all, or nothing
2025-01-10 12:00 customer anna
event anna reviewed
event anna reviewed
event anna reviewed
balance anna available 80
customer ben
event ben reviewed
balance ben available 0
staff undo anna the last earned_from_source
event ben reviewed
balance ben available 40

story A budget of an event is never exceeded by many at once
rules S4.7
programme
  trigger on visit earns 10, at most 70 in all
2025-01-10 12:00 customer anna
20 times at once event anna visit
balance anna available 70

story Following pays once; with a cap, as often as it allows
rules S4.1
programme
  social on follow earns 10
  social on share earns 10, at most 20 weekly
2025-01-10 12:00 customer anna
event anna follow
event anna follow
balance anna available 10
event anna share
event anna share
event anna share
balance anna available 30

story What has paid while a cap let it pay often has paid, where it pays once since
rules S4.1
programme
  social on follow earns 10, at most 20 weekly
2025-01-10 12:00 customer anna
event anna follow
2025-02-10 programme
  social on follow earns 10
event anna follow
balance anna available 10
customer ben
event ben follow
event ben follow
balance ben available 10

story An event pays only members, in its time, under its condition
rules S4.1, S9.6, S11.4
programme
  trigger on visit earns 10 from 2025-02-01 to 2025-03-01 where member.orders > 0
2025-01-10 12:00 order anna A1 5.00
2025-01-31 event anna visit
balance anna available 5
2025-02-10 event anna visit on 2025-01-31
balance anna available 5
event anna visit
balance anna available 15
customer ben
event ben visit
balance ben available 0
2025-03-05 event anna visit on 2025-02-28
balance anna available 25
anna leaves
event anna visit on 2025-02-28
balance anna available 25

story What an event gives may wait for days, and counts them from the event
rules S4.6, S4.9
programme
  trigger on visit earns 10, pending 14 days
2025-01-10 12:00 customer anna
event anna visit
balance anna available 0 pending 10
event anna visit on 2024-12-20
balance anna available 10 pending 10
2025-01-24 12:01 balance anna available 20 pending 0

story What an event gives may wait for another, or be dropped
rules S4.6
programme
  review on reviewed earns 20 which count, pending until approved, dropped after 30 days, at most 40 lifetime
  trigger approved
  lapse after 12 months
2025-01-10 12:00 customer anna
event anna reviewed
balance anna available 0 pending 20
counts anna 20 points, 0 orders
2025-01-20 event anna approved
balance anna available 20 pending 0
lots anna 20 until 2026-01-20
2025-02-01 event anna reviewed
2025-03-03 00:01
balance anna available 20 pending 0 earned 20
counts anna 20 points, 0 orders
event anna approved
balance anna available 20
event anna reviewed
staff undo anna the last earned_from_source
balance anna available 20 pending 0 earned 20
event anna approved
2025-03-10 event anna reviewed
event anna approved
balance anna available 40

story What was spent while it waited for an event comes back available, where that came since
rules S4.6, S5.5
programme
  trigger reviewed
  trigger approved
  part sources [{"slug": "review", "title": "Review", "kind": "review", "trigger": "reviewed", "points": 20, "pending": {"mode": "event", "event": "trigger", "trigger": "approved", "timeout": "30 days", "then": "mature"}}]
2025-01-10 12:00 customer anna
event anna reviewed
staff spend anna 20
event anna approved
staff unspend anna 20
balance anna available 20 pending 0

story What waits for an event goes along when members merge
rules S4.6, S11.2
programme
  review on reviewed earns 20, pending until approved, dropped after 30 days
  trigger approved
2025-01-10 12:00 customer anna
customer ben
event ben reviewed
2025-01-12 merge anna with ben
balance anna available 0 pending 20
2025-01-14 event anna approved
balance anna available 20 pending 0
event anna reviewed
2025-02-20 balance anna available 20 pending 0

story The newsletter pays when the customer subscribes for the first time
rules S4.1
programme
  newsletter earns 15
2025-01-10 12:00 customer anna
customer anna unsubscribed
balance anna available 0
customer anna subscribed
balance anna available 15
customer anna subscribed
customer anna unsubscribed
customer anna subscribed
balance anna available 15
customer ben subscribed
balance ben available 15
merge anna with ben
balance anna available 30
customer anna unsubscribed
customer anna subscribed
balance anna available 30

story Who subscribed before the newsletter paid, or as a guest, is paid nothing for it
rules S4.1
programme
  members opt in
  newsletter earns 15 from 2025-02-01 to 2026-01-01
2025-01-10 12:00 customer anna subscribed
2025-02-10 anna joins
customer anna subscribed
balance anna available 0
customer ben
ben joins
customer ben subscribed on 2025-01-31
balance ben available 0

story A newsletter may pay for an event of the shop's own, once
rules S4.1
programme
  newsletter on confirmed earns 15
2025-01-10 12:00 customer anna subscribed
balance anna available 0
event anna confirmed
event anna confirmed
balance anna available 15

story Late events come to the same as events in time
rules S4.9, S7.1
programme
  trigger on visit earns 10, lapsing after 1 month
2025-01-10 12:00 customer anna
2025-03-10 event anna visit on 2025-01-20
balance anna available 0 earned 10 expired 10
event anna visit on 2025-03-01
balance anna available 10 earned 20 expired 10
lots anna 10 until 2025-03-31

story Points of every way keep the others alive
rules S7.2
programme
  everything lapses 6 months after the last award
  birthdays earn 50
2025-01-10 12:00 customer anna born 05-17
order anna A1 100.00
2025-07-11 balance anna available 150
2025-11-18 balance anna available 0 expired 150

story While the programme is off nothing that happened before pays
rules S4.1
programme
  trigger visit
  trigger on visit earns 10
  newsletter earns 20
2025-01-10 order anna A1 10.00
2025-01-20 programme
  switched off
  trigger visit
  trigger on visit earns 10
  newsletter earns 20
2025-01-21
event anna visit on 2025-01-15
customer anna subscribed on 2025-01-15
2025-01-22 programme
  trigger visit
  trigger on visit earns 10
  newsletter earns 20
balance anna available 10
