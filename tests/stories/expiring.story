# Rolling expiration (S7.1, S7.3), and what the last day means (S1.2, S1.3).

story Points lapse twelve months after they became available
rules S7.1, S1.3, S3.3
programme
  lapse after 12 months
2025-01-10 12:00 order anna A1 300.00
expires anna 300 on 2026-01-10
2025-06-01 redeem anna 200 -> CODE1
2026-01-10 23:59
balance anna available 100 expired 0
2026-01-11
balance anna available 0 earned 300 redeemed 200 expired 100
history anna joined, earned_from_order +300, redeemed_towards_order -200, points_expired -100 at 2026-01-11
