# Lines that only name a product are judged by what the shop said of it (S4.2, S4.4).

story A line that only names its product takes the collections that were told of it
rules S4.2, S4.4
programme
  2x on collection sale
2025-01-10 12:00 product mug in sale and kitchen
order anna A1 of mug 10.00 + hat 10.00
balance anna available 30

story What an order tells of a line stands before what is stored
rules S4.2, S4.4
programme
  2x on collection sale
2025-01-10 12:00 product mug in sale
product hat
order anna A1 of mug (kitchen) 10.00 + hat (sale) 10.00
balance anna available 30

story A line is judged once, by what was known then
rules S4.4
programme
  2x on collection sale
2025-01-10 12:00 product mug in sale
order anna A1 of mug 10.00
balance anna available 20
2025-02-01 product mug
again anna A1
order anna A1 of mug 6.00
balance anna available 12
order anna A1 of mug 6.00 + mug 5.00
balance anna available 17
order anna A2 of mug 10.00
balance anna available 27

story An order is judged by what is known when it is confirmed
rules S4.4
programme
  2x on tag new
2025-01-10 12:00 order anna A1 of mug 10.00 unconfirmed
product mug tagged new
confirm anna A1
balance anna available 20

story A product may be kept from earning, and may pay a bonus, by its collection
rules S4.1, S4.2
programme
  collection cards earns nothing
2025-01-10 12:00 product card in cards
order anna A1 of card 50.00 + mug 10.00
balance anna available 10

story Conditions read what is stored of a line's product
rules S4.4, S9.6
programme
  3x where "new" in line.tags
2025-01-10 12:00 product mug tagged new and blue
order anna A1 of mug 10.00 + hat 10.00
balance anna available 40
