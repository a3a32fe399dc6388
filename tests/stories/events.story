# Events of the shop's own: counted by day, releasing points, asked for by tiers and conditions (S4.6, S8.1, S8.2).

story An event is counted once under its id, and each time without one
rules S8.2
programme
  trigger survey
  trigger visit
2025-01-10 12:00 customer anna
event anna survey id E1
event anna survey id E1
event anna survey
event anna visit id E1
events anna 2 survey, 1 visit
balance anna available 0 earned 0
history anna joined, event_recorded, event_recorded, event_recorded

story A trigger that the programme does not know is refused
rules S8.2
programme
  trigger survey
2025-01-10 12:00 customer anna
event anna surveys
refused unknown
events anna none

story Whoever is not known has no events
rules S11.1
programme
  trigger survey
2025-01-10 12:00 customer anna
event ben survey
refused no_customers_match_customer_identity
customer ben
events ben none

story A tier is entered with an event
rules S8.1, S8.2, S8.5
programme
  trigger visit
  tier Friend
  tier Gold from the event visit
2025-01-10 12:00 customer anna
next anna Gold lacks event visit progress 0
event anna visit
tier anna Gold forever
step anna Gold lacks nothing progress 10000

story Of all that a tier asks, an event may be the last
rules S8.1, S8.5
programme
  trigger visit
  tier Friend
  tier Gold from 100 points and the event visit
2025-01-10 12:00 order anna A1 100.00
tier anna Friend
next anna Gold lacks event visit progress 0
event anna visit
tier anna Gold
order ben B1 60.00
event ben visit
next ben Gold lacks 40 points progress 6000

story Any of points and an event
rules S8.1, S8.5
programme
  trigger visit
  tier Friend
  tier Gold from 100 points or the event visit
2025-01-10 12:00 order anna A1 60.00
next anna Gold lacks 40 points, event visit progress 6000
event anna visit
tier anna Gold
step anna Gold lacks nothing progress 10000

story An event keeps a tier for the year it came in
rules S8.2, S8.4
programme
  trigger visit
  tiers count the calendar year
  tier Friend
  tier Gold from the event visit
2025-06-01 12:00 customer anna
event anna visit
tier anna Gold until 2026-12-31 then Friend
keeps anna lacks event visit progress 0
2026-12-31 23:59:59 event anna visit
keeps anna lacks nothing
2027-01-01
tier anna Gold until 2027-12-31
2028-01-01
tier anna Friend

story An event counts on the day it happened
rules S8.2, S4.9, S1.6
programme
  trigger visit
  tiers count the calendar year
  tier Friend
  tier Gold from the event visit
2025-06-01 12:00 customer anna
2026-01-02 event anna visit on 2025-12-31 23:59:59
tier anna Friend
next anna Gold lacks event visit
2026-02-01 event anna visit on 2026-01-01
tier anna Gold until 2027-12-31

story An event of the future happens now
rules S1.6, S8.2
programme
  trigger visit
  tiers count the calendar year
  tier Friend
  tier Gold from the event visit
2025-12-31 23:59 customer anna
event anna visit on 2026-05-01
tier anna Gold until 2026-12-31

story An event leaves a rolling window like everything else
rules S8.2
programme
  trigger visit
  tiers count the last 30 days
  tiers last 40 days
  tier Friend
  tier Gold from 2 orders and the event visit
2025-03-01 12:00 customer anna
event anna visit
2025-03-20 order anna A1 10.00
next anna Gold lacks 1 orders progress 5000
2025-03-31 order anna A2 10.00
tier anna Friend
next anna Gold lacks event visit progress 0
event anna visit on 2025-03-02
tier anna Gold until 2025-05-10

story An event falls into the member's own year
rules S8.2
programme
  trigger visit
  tiers count the member's year
  tier Friend
  tier Gold from the event visit
2025-03-10 12:00 customer anna
2026-03-09 23:59:59 event anna visit
tier anna Gold until 2027-03-09 then Friend
2026-03-10
keeps anna lacks event visit

story Available points go beside events
rules S8.1
programme
  trigger visit
  tiers go by available points
  tier Friend
  tier Gold from 100 points and the event visit
2025-01-10 12:00 order anna A1 100.00
event anna visit
tier anna Gold

story Points wait for an event
rules S4.6
programme
  trigger delivered
  pending until the event delivered
2025-01-10 12:00 order anna A1 100.00
order anna A2 50.00
lots anna 100 waiting forever, 50 waiting forever
2025-01-20 event anna delivered
balance anna available 150 pending 0 earned 150
order anna A3 10.00
balance anna available 150 pending 10
refund anna A1 to 80.00
balance anna available 130 pending 10

story An event about an order releases that order's points alone
rules S4.6
programme
  trigger delivered
  pending until the event delivered
2025-01-10 12:00 order anna A1 100.00
order anna A2 50.00
2025-01-20 event anna delivered about A2
balance anna available 50 pending 100
event anna delivered about A9
refused order_not_found
order ben B1 10.00
event anna delivered about B1
refused order_not_found
balance ben pending 10

story Other events release nothing
rules S4.6
programme
  trigger delivered
  trigger visit
  pending until the event delivered
2025-01-10 12:00 order anna A1 100.00
event anna visit
balance anna pending 100

story Points are dropped when the event has not come in time
rules S4.6, S6.1
programme
  trigger delivered
  pending until the event delivered, dropped after 30 days
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
2025-02-09 11:59:59 event ben delivered
balance ben available 100
balance anna pending 100
2025-02-09 12:00
balance anna available 0 pending 0 earned 0 expired 0
event anna delivered
balance anna available 0 earned 0
event anna delivered about A1
balance anna available 100 earned 100
refund anna A1 to 60.00
balance anna available 60 earned 60
history ben last points_matured

story Points mature when the event has not come in time
rules S4.6
programme
  trigger delivered
  lapse after 12 months
  pending until the event delivered, mature after 30 days
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
2025-01-20 event ben delivered
lots ben 100 until 2026-01-20
lots anna 100 from 2025-02-09 until 2026-02-09
2025-02-09 12:00
lots anna 100 until 2026-02-09

story The lot's term begins when the event comes
rules S4.6, S7.1
programme
  trigger delivered
  lapse after 12 months
  pending until the event delivered
2025-01-10 12:00 order anna A1 100.00
2025-06-01 event anna delivered
lots anna 100 until 2026-06-01

story A completed order waits for no event
rules S4.5, S4.6
programme
  trigger delivered
  pending until the event delivered
2025-01-10 12:00 order anna A1 100.00
2025-01-12 complete anna A1
balance anna available 100 pending 0
event anna delivered
balance anna available 100 pending 0

story An event before the order releases nothing
rules S4.6
programme
  trigger delivered
  pending until the event delivered
2025-01-10 12:00 customer anna
event anna delivered
order anna A1 100.00
balance anna pending 100

story Dropped points of a tier come back with the order's own event
rules S4.6, S8.4
programme
  trigger delivered
  tiers count the calendar year
  pending until the event delivered, dropped after 30 days
  tier Friend
  tier Gold from 100 points
2025-01-10 12:00 order anna A1 100.00
tier anna Gold
2025-02-09 12:00
tier anna Friend
2025-03-01 event anna delivered about A1
tier anna Gold until 2026-12-31

story Released points lift by available points
rules S4.6, S8.1
programme
  trigger delivered
  pending until the event delivered
  tiers go by available points
  tier Friend
  tier Gold from 100 points
2025-01-10 12:00 order anna A1 100.00
tier anna Friend
event anna delivered
tier anna Gold

story A tag lifts into a tier at once
rules S8.1, S8.3
programme
  tier Friend
  tier Press from the tag press
2025-01-10 12:00 customer anna
next anna Press lacks condition progress 0
customer anna tagged press
tier anna Press forever
customer ben tagged press
tier ben Press
history ben joined, tier_acquired

story A tag that goes costs no tier before its deadline
rules S8.1, S8.4
programme
  tiers last 3 months
  tier Friend
  tier Press from the tag press
2025-01-10 12:00 customer anna tagged press
customer ben tagged press
2025-02-01 customer anna tagged vip
tier anna Press until 2025-04-10 then Friend
keeps anna lacks condition progress 0
2025-04-11
tier anna Friend
tier ben Press until 2025-07-10

story A refund does not end a tier for a tag that went
rules S8.4
programme
  tiers last 12 months
  tier Friend
  tier Press from 10.00 spend and the tag press
2025-01-10 12:00 order anna A1 50.00
customer anna tagged press
tier anna Press
customer anna tagged vip
refund anna A1 to 20.00
tier anna Press
refund anna A1 to 5.00
tier anna Friend

story Of points or a tag, a refund ends what points alone gave
rules S8.1, S8.4
programme
  tiers last 12 months
  tier Friend
  tier Press from 100 points or the tag press
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
tier anna Press
customer ben tagged press
refund anna A1 to 50.00
refund ben B1 to 50.00
tier anna Friend
tier ben Press

story A new version lifts those whom its tier's tag names
rules S8.8, S8.1
programme
  tier Friend
2025-01-10 12:00 customer anna tagged press
tier anna Friend
2025-02-01 programme
  tier Friend
  tier Press from the tag press
tier anna Press
history anna last tier_acquired at 2025-02-01

story A tier's condition counts events for life
rules S8.1, S9.6
programme
  trigger visit
  tiers count the calendar year
  tiers last 12 months
  tier Friend
  tier Gold where member.events["visit"] >= 3
2025-01-10 12:00 customer anna
event anna visit
2026-01-10 event anna visit
tier anna Friend
next anna Gold lacks condition progress 0
event anna visit
tier anna Gold until 2027-01-10

story An event opens a source of points
rules S9.6, S4.2
programme
  trigger confirmed
  orders earn where member.events["confirmed"] > 0
2025-01-10 12:00 order anna A1 100.00
balance anna available 0
event anna confirmed
order anna A2 50.00
balance anna available 50

story A warning tells which event is missing
rules S3.2, S8.4
programme
  trigger visit
  tiers count the calendar year
  warn 30 days before a tier ends
  tier Friend
  tier Gold from the event visit
2025-06-01 12:00 customer anna
event anna visit
2026-12-15
notices anna Gold until 2026-12-31 lacks event visit

story Whoever becomes one has the events of both
rules S11.2, S8.2
programme
  trigger visit
  trigger delivered
  pending until the event delivered, dropped after 60 days
  tiers count the calendar year
  tier Friend
  tier Gold from 2 orders and the event visit
2025-01-10 12:00 order anna A1 10.00
order ben B1 20.00
event ben visit id E1
merge anna with ben
tier anna Gold
event anna visit id E1
events anna 1 visit
event anna delivered
balance anna available 30 pending 0

story Whoever is erased and comes back begins without events
rules S11.3, S8.2
programme
  trigger visit
2025-01-10 12:00 customer anna
event anna visit id E1
erase anna
customer anna
events anna none
event anna visit id E1
events anna 1 visit

story An event comes for points that were taken meanwhile, too
rules S4.6, S4.3
programme
  trigger visit
  pending until the event visit
2025-01-10 order anna A1 100.00
staff take anna 100 "a mistake"
event anna visit
order anna A1 150.00
balance anna available 50 pending 0
order anna A2 20.00
balance anna available 50 pending 20

story An event does not come for points that were given back before
rules S4.6
programme
  trigger visit
  pending until the event visit
2025-01-10 order anna A1 100.00
refund anna A1 to 0.00
event anna visit
order anna A1 150.00
balance anna available 0 pending 150

story An event brings dropped points of the order that it names back, also where that has a date of its own by now
rules S4.6
programme
  trigger visit
  pending until the event visit, dropped after 1 month
2025-01-10 order anna A1 100.00
2025-03-01 order anna A1 100.00 matures 2025-03-20
balance anna available 0 pending 0
event anna visit about A1
balance anna available 100 pending 0

story An order whose points came back and that is refunded since owes nothing, and nothing of it is told as dropped
rules S4.6
programme
  trigger visit
  pending until the event visit, dropped after 1 month
2025-01-10 order anna A1 100.00
2025-02-10 balance anna available 0 pending 0
2025-03-01 event anna visit about A1
balance anna available 100
refund anna A1 to 0.00
balance anna available 0 pending 0 earned 0

story A trigger that names an order releases nothing of an award that gives nothing then
rules S4.6
programme
  trigger visit
  candle earns 9
  pending until the event visit, dropped after 1 month
2025-01-10 order anna A1 of candle 30.00
order anna A1 of mug 30.00
event anna visit about A1 id E1
2025-01-12 order anna A1 of candle 30.00
balance anna pending 9 available 30
event anna visit about A1 id E2
balance anna pending 0 available 39

story Late news whose time-out is over is available to the condition of the next source
rules S4.6, S4.9, S9.6
programme
  trigger visit
  part sources [{"slug":"first","title":"First","kind":"social","points":90,"trigger":"visit","pending":{"mode":"event","event":"trigger","trigger":"visit","timeout":"1 month","then":"mature"}},{"slug":"second","title":"Second","kind":"trigger","points":35,"trigger":"visit","condition":"member.points_available < 60"}]
2025-03-01 customer anna
event anna visit on 2025-01-10
balance anna available 90 earned 90

story Points wait for the date that their order told, whatever comes, also once a later push leaves it out
rules S4.6
programme
  trigger visit
  pending until the event visit
2025-01-10 order anna A1 10.00 matures 2025-03-01
order anna A1 20.00
event anna visit
balance anna available 0 pending 20
2025-03-01 balance anna available 20

story What was dropped comes back with the date that its order has told since
rules S4.6
programme
  trigger delivered
  pending until the event delivered, dropped after 1 month
  lapse after 12 months
2025-01-10 12:00 order anna A1 100.00
2025-03-01 12:00 balance anna pending 0 earned 0
order anna A1 100.00 matures 2025-02-20 12:00
balance anna available 0 earned 0
2025-03-02 12:00 event anna delivered about A1
lots anna 100 until 2026-02-20
