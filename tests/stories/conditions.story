story A multiplier for those whom the shop tagged
rules S9.6, S4.2, S4.4
programme
  2x where "vip" in customer.tags
2025-01-10 12:00 customer anna tagged press and vip
order anna A1 100.00
balance anna available 200
order bert B1 100.00
balance bert available 100

story What a condition read stays with the line; a new line is judged anew
rules S9.6, S4.3, S4.4
programme
  2x where "vip" in customer.tags
2025-01-10 12:00 order anna A1 of candle 10.00
balance anna available 10
customer anna tagged vip
order anna A1 of candle 20.00
balance anna available 20
order anna A1 of candle 20.00 + mug 10.00
balance anna available 40
customer anna tagged press
order anna A1 of candle 20.00 + mug 20.00
balance anna available 60
again anna A1
balance anna available 60

story A multiplier for lines of a price, and for later orders
rules S9.6, S4.2
programme
  2x where line.amount_micros >= 50 * 1000000 && member.orders > 0
2025-01-10 12:00 order anna A1 of candle 50.00
balance anna available 50
order anna A2 of candle 50.00 + mug 49.99
balance anna available 199

story Orders earn only where the condition held at the first confirmation
rules S9.6, S4.4
programme
  orders earn where "vip" in customer.tags
2025-01-10 12:00 order anna A1 100.00
balance anna available 0
spend anna life 100.00 window 100.00
customer anna tagged vip
order anna A1 200.00
balance anna available 0
order anna A2 100.00
balance anna available 100
customer anna tagged press
refund anna A2 to 40.00
balance anna available 40

story A condition that fails counts as false
rules S9.6
programme
  2x where order.extras.channel == "app"
2025-01-10 12:00 order anna A1 100.00
balance anna available 100

story A condition may ask for an event that a later version knows no more
rules S9.6, S4.4
programme
  trigger survey
  2x where member.events["survey"] == 0
2025-01-10 12:00 programme
  a point is worth 0.01
2025-01-11 order anna A1 10.00 placed 2025-01-09
balance anna available 20

story A source that only some are shown
rules S9.6, S13.1
programme
  orders are seen where "vip" in customer.tags || member.points_earned >= 100
2025-01-10 12:00 customer anna
sees anna none
customer anna tagged vip
sees anna orders
customer anna tagged press
sees anna none
order anna A1 100.00
sees anna orders

story Before the first entry there is nobody, so a stranger is shown
rules S9.6, S13.2
programme
  1 point per 1.00
  orders are seen where "vip" in customer.tags
2025-01-10 customer anna tagged vip
2025-01-12 way anna orders open
as of 2025-01-11 way anna orders open
as of 2025-01-09 way anna orders hidden

story What fell due is judged by the tags of then, whatever the shop tells next
rules S9.6, S3.1
programme
  1 point per 1.00
  anniversaries earn 50 where "vip" in customer.tags
2025-01-10 12:00 order anna A1 100.00
2026-02-01 12:00 customer anna tagged vip
balance anna available 100 pending 0
2027-02-01 12:00 customer anna tagged press
balance anna available 150 pending 0

story What was entered is not judged again by what the shop tells later
rules S9.6, S3.5
programme
  1 point per 1.00
  tier Silver from 1 order where "vip" in customer.tags
2025-01-10 12:00 order anna A1 100.00
2025-02-01 programme
  tier Silver from 1 order
  entering Silver earns 25
2025-03-01 12:00 customer anna tagged vip
as of 2025-01-31 balance anna available 100
as of 2025-02-15 balance anna available 125
as of 2025-02-15 tier anna Silver

story What came to nothing is not judged again, neither at a past instant
rules S9.6, S3.5
programme
  1 point per 1.00
  anniversaries earn 50 where "vip" in customer.tags
  tier Silver from 1 order where "vip" in customer.tags
  entering Silver earns 20
2025-01-10 12:00 order anna A1 100.00
2026-02-01 programme
  tier Silver from 1 order where "vip" in customer.tags
  entering Silver earns 25
2026-03-01 12:00 customer anna tagged vip
as of 2026-02-28 balance anna available 100
as of 2026-02-28 tier anna none
2026-03-02 balance anna available 125

story A version that came to nothing is not judged by tags told later
rules S9.6, S3.1
programme
  1 point per 1.00
2025-01-10 12:00 order anna A1 100.00
2025-02-01 programme
  tier Silver from 1 order where "vip" in customer.tags
  entering Silver earns 25
2025-02-10 programme
  tier Silver from 5 orders
2025-03-01 12:00 customer anna tagged vip
balance anna available 100
as of 2025-02-05 balance anna available 100
