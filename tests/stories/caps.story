story A cap trims what a member earns in a month
rules S4.7, S4.4
programme
  orders earn at most 100 monthly
2025-01-10 12:00 order anna A1 80.00
balance anna available 80 earned 80
order anna A2 50.00
balance anna available 100 earned 100
order anna A3 10.00
balance anna available 100 earned 100
counts anna 100 points, 3 orders
spend anna life 140.00
order ben B1 90.00
balance ben available 90
2025-01-31 23:59 order anna A4 10.00
balance anna available 100
2025-02-01 order anna A5 150.00
balance anna available 200 earned 200

story A cap that refuses gives nothing where it cannot give all
rules S4.7
programme
  orders earn at most 100 monthly, or nothing
2025-01-10 order anna A1 80.00
order anna A2 50.00
balance anna available 80 earned 80
order anna A3 20.00
balance anna available 100 earned 100
order anna A4 1.00
balance anna available 100
refund anna A2 to 10.00
balance anna available 100

story Periods are those of the programme's zone
rules S4.7, S1.2
programme
  zone Pacific/Kiritimati
  orders earn at most 100 daily
2025-03-09 23:59 order anna A1 150.00
2025-03-10 order anna A2 150.00
balance anna available 200
2025-03-10 23:59 order anna A3 10.00
balance anna available 200

story A week begins on Monday, a year in January
rules S4.7
programme
  orders earn at most 100 weekly
  orders earn at most 250 yearly
2024-12-29 12:00 order anna A1 150.00
2024-12-30 order anna A2 150.00
2025-01-05 23:00 order anna A3 10.00
balance anna available 200
2025-01-06 order anna A4 150.00
balance anna available 300
2025-01-13 order anna A5 150.00
balance anna available 400
2025-01-20 order anna A6 70.00
balance anna available 450

story Several caps: the shortest first, each is asked for what is left
rules S4.7
programme
  orders earn at most 60 daily
  orders earn at most 100 monthly, or nothing
2025-01-10 order anna A1 80.00
balance anna available 60
2025-01-11 order anna A2 80.00
balance anna available 60
order anna A3 40.00
balance anna available 100

story A lifetime cap
rules S4.7
programme
  orders earn at most 150 lifetime
2024-06-01 order anna A1 100.00
2025-06-01 order anna A2 100.00
balance anna available 150
2035-06-01 order anna A3 100.00
balance anna available 150

story A refund gives the use back to the period of the award
rules S4.4, S4.7, S6.3
programme
  orders earn at most 100 monthly
2025-01-10 order anna A1 100.00
2025-02-05 order anna A2 60.00
balance anna available 160
refund anna A1 to 30.00
balance anna available 90
order anna A3 70.00
balance anna available 130
2025-02-20 order anna A4 50.00 placed 2025-01-31
balance anna available 180
order anna A5 50.00 placed 2025-01-31
balance anna available 200
cancel anna A2
balance anna available 140
order anna A6 100.00
balance anna available 200

story A trimmed order gives nothing back before it falls below its cap
rules S4.4
programme
  orders earn at most 100 monthly
2025-01-10 order anna A1 150.00
balance anna available 100
refund anna A1 to 120.00
balance anna available 100 earned 100
refund anna A1 to 70.00
balance anna available 70
refund anna A1 to 150.00
balance anna available 100

story What the caps allowed is pinned: a later increase goes up to it, whatever others used meanwhile
rules S4.4
programme
  orders earn at most 100 monthly
2025-01-10 order anna A1 40.00
order anna A2 50.00
balance anna available 90
refund anna A1 to 200.00
balance anna available 150
refund anna A2 to 200.00
balance anna available 160
order anna A3 10.00
balance anna available 160
cancel anna A1
balance anna available 60
order anna A4 100.00
balance anna available 100

story Late news counts in its own period
rules S4.9, S4.7
programme
  orders earn at most 100 monthly
2025-03-10 order anna A1 100.00
order anna A2 100.00 placed 2025-02-28 23:59
balance anna available 200
order anna A3 100.00 placed 2025-03-01
balance anna available 200
order anna A4 100.00 placed 2025-02-01
balance anna available 200

story An unconfirmed order uses nothing
rules S4.5, S4.7
programme
  orders earn at most 100 monthly
2025-01-10 order anna A1 100.00 unconfirmed
order anna A2 80.00
confirm anna A1
balance anna available 100

story Each source has its own caps
rules S4.7
programme
  orders earn at most 100 monthly
  candle earns 20, at most 50 monthly
  the first order earns 30, at most 30 lifetime
2025-01-10 order anna A1 of candle 90.00
balance anna available 140
order anna A2 of candle 90.00
balance anna available 170
order anna A3 of candle 90.00
balance anna available 180
refund anna A1 candle to 0.00
balance anna available 40
order anna A4 of candle 90.00
balance anna available 150

story A first order's bonus is given once for good where a cap says so
rules S4.1, S4.7
programme
  the first order earns 50, at most 50 lifetime
2025-01-10 order anna A1 10.00
cancel anna A1
order anna A2 10.00
balance anna available 60
confirm anna A1
balance anna available 120
cancel anna A2
balance anna available 60

story Points that wait use the cap; dropped ones give it back
rules S4.6, S4.7
programme
  pending until completed, dropped after 10 days
  orders earn at most 100 monthly
2025-01-05 order anna A1 100.00
balance anna pending 100
order anna A2 50.00
balance anna pending 100
2025-01-16 order anna A3 70.00
balance anna pending 70 earned 70
order anna A4 70.00
balance anna pending 100
complete anna A1
balance anna available 100 pending 100 earned 200

story Staff take an order's points back: its use is free
rules S6.4, S4.4
programme
  orders earn at most 100 monthly
2025-01-10 order anna A1 100.00
order anna A2 30.00
staff undo anna A1
balance anna available 0
order anna A3 60.00
balance anna available 60

story An order that moves takes its use along
rules S4.4, S11.1
programme
  orders earn at most 100 monthly
2025-01-10 order anna A1 100.00
order ben B1 60.00
order ben A1 100.00
balance anna available 0
balance ben available 100
order anna A2 100.00
balance anna available 100

story A cap counts what was given since its source has one
rules S4.7, S4.4
2025-01-10 order anna A1 100.00
2025-01-15 programme
  orders earn at most 100 monthly
order anna A2 80.00
balance anna available 180
order anna A3 80.00
balance anna available 200
order anna A4 80.00 placed 2025-01-14
balance anna available 280

story A total budget is shared by all and never exceeded
rules S4.7
programme
  orders earn at most 150 in all
2025-01-10 order anna A1 100.00
order ben B1 100.00
balance anna available 100
balance ben available 50
order cleo C1 10.00
balance cleo available 0
refund anna A1 to 70.00
balance anna available 70
order dora D1 50.00
balance dora available 30
refund ben B1 to 200.00
balance ben available 50
cancel ben B1
refund anna A1 to 100.00
balance anna available 100
order cleo C2 100.00
balance cleo available 20

story A total budget that refuses
rules S4.7
programme
  orders earn at most 150 in all, or nothing
2025-01-10 order anna A1 100.00
order ben B1 51.00
balance ben available 0
order cleo C1 50.00
balance cleo available 50
cancel anna A1
order dora D1 100.00
balance dora available 100
refund cleo C1 to 60.00
balance cleo available 50

story A total budget asked again when an order grows
rules S4.4, S4.7
programme
  orders earn at most 150 in all
2025-01-10 order anna A1 60.00
order ben B1 60.00
refund anna A1 to 100.00
balance anna available 90
cancel ben B1
refund anna A1 to 120.00
balance anna available 90
order cleo C1 100.00
balance cleo available 60

story A total budget of fewer points than parts
rules S4.7
programme
  orders earn at most 3 in all
2025-01-10 order anna A1 1.00
order ben B1 1.00
order cleo C1 1.00
order dora D1 1.00
balance cleo available 1
balance dora available 0
refund anna A1 to 0.00
order dora D2 1.00
balance dora available 1

story What time drops does not return to a total budget, unless the order comes to its end
rules S4.6, S4.7
programme
  pending until completed, dropped after 10 days
  orders earn at most 150 in all
2025-01-05 order anna A1 100.00
2025-01-20 order ben B1 100.00 completed
balance ben available 50
complete anna A1
balance anna available 100
cancel anna A1
order cleo C1 200.00 completed
balance cleo available 100

story A total budget that is raised, and lowered under what was given
rules S4.7
programme
  orders earn at most 100 in all
2025-01-10 order anna A1 100.00
order ben B1 20.00
balance ben available 0
2025-01-20 programme
  orders earn at most 150 in all
order ben B2 30.00
balance ben available 30
order cleo C1 30.00 placed 2025-01-15
balance cleo available 0
2025-01-30 programme
  orders earn at most 50 in all
order cleo C2 30.00
balance cleo available 0
cancel anna A1
order cleo C3 30.00
balance cleo available 20

story Who becomes one shares one cap from then on
rules S11.2, S4.7
programme
  orders earn at most 100 monthly
2025-01-10 order anna A1 40.00
order guest G1 50.00
merge anna with guest
order anna A2 90.00
balance anna available 100
refund anna G1 to 20.00
balance anna available 70
order anna A3 90.00
balance anna available 100

story A merger leaves a total budget as it is
rules S11.2, S4.7
programme
  orders earn at most 150 in all
2025-01-10 order anna A1 40.00
order guest G1 100.00
merge anna with guest
order ben B1 50.00
balance ben available 10
cancel anna G1
order ben B2 200.00
balance ben available 110

story What an erased member was given stays given
rules S11.3, S4.7
programme
  orders earn at most 150 in all
  candle earns 20, at most 40 monthly
2025-01-10 order anna A1 of candle 100.00
order anna A2 30.00
cancel anna A2
erase anna
order ben B1 200.00
balance ben available 50
order anna A3 of candle 10.00
balance anna available 20
