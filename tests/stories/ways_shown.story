# How ways to earn stand for a member: open, done, closed, hidden (S4.1, S4.7, contract of `Source2`).

story Each kind is open, then done
rules S4.1, S4.7, S4.8
programme
  1 point per 1.00
  the first order earns 50
  joining earns 100
  birthdays earn 50
  anniversaries earn 30
  social on follow earns 5
  newsletter earns 10
  tier Friend
  tier Gold from 100 points
  entering Gold earns 20
2025-01-10 12:00 customer anna born 05-17
way anna orders open
way anna first-order open
way anna signup done
way anna birthday open
way anna anniversary open
way anna social-follow open
way anna newsletter open
way anna enter-gold open
order anna A1 100.00
way anna first-order done
way anna enter-gold done
cancel anna A1
way anna first-order open
event anna follow
way anna social-follow done
customer anna subscribed
way anna newsletter done
2025-05-17
way anna birthday done
2026-01-01
way anna birthday open
way anna anniversary open
2026-01-10
way anna anniversary done

story What caps leave nothing of is done until the period is over
rules S4.7
programme
  orders earn at most 100 monthly
  trigger on visit earns 10, at most 15 daily
  review on reviewed earns 10, at most 15 weekly, or nothing
2025-01-10 12:00 order anna A1 60.00
event anna visit
event anna reviewed
way anna orders open
way anna trigger-visit open
way anna review-reviewed done
order anna A2 60.00
event anna visit
way anna orders done
way anna trigger-visit done
refund anna A2 to 10.00
way anna orders open
2025-01-11
way anna trigger-visit open
2025-01-13
way anna review-reviewed open

story A total budget closes a source for everybody while it is used up
rules S4.7
programme
  joining earns 100
  trigger on visit earns 10, at most 15 in all
2025-01-10 12:00 customer anna
customer ben
way ben trigger-visit open
event anna visit
way ben trigger-visit open
event anna visit
way ben trigger-visit closed
way anna trigger-visit closed
staff undo anna the last earned_from_source
way ben trigger-visit open

story A total budget that refuses closes a source that it has not enough left for
rules S4.7
programme
  trigger on visit earns 10, at most 25 in all, or nothing
2025-01-10 12:00 customer anna
event anna visit
way anna trigger-visit open
event anna visit
way anna trigger-visit closed

story A condition closes, dates and `visible` hide
rules S9.6
programme
  orders are seen where member.orders > 0
  trigger on visit earns 10 where "vip" in customer.tags
  social on follow earns 10 from 2025-02-01 to 2025-03-01
2025-01-10 12:00 customer anna
way anna orders hidden
way anna trigger-visit closed
way anna social-follow hidden
customer anna tagged vip
way anna trigger-visit open
order anna A1 10.00
way anna orders open
2025-02-01
way anna social-follow open
2025-03-01
way anna social-follow hidden

story Outside membership and under a mark nothing can be done
rules S11.4, S4.1
programme
  members opt in
  joining earns 100
  trigger on visit earns 10
2025-01-10 12:00 customer anna
way anna signup open
way anna trigger-visit closed
anna joins
way anna signup done
way anna trigger-visit open
anna leaves
way anna trigger-visit closed
anna joins
staff mark anna disable_earning_rewards
way anna trigger-visit closed

story What multiplies orders is done where their cap is reached
rules S4.1, S4.7
programme
  1 point per 1.00
  orders earn at most 100 weekly
  candle earns 2x
2025-01-10 12:00 customer anna
way anna more-candle open
order anna A1 of mug 90.00
way anna more-candle open
order anna A2 of mug 90.00
way anna orders done
way anna more-candle done
2025-01-20 12:00 way anna more-candle open

story Who may not earn cannot join for points either
rules S4.1 S8.7
programme none
2024-12-31 10:00Z programme
  members opt in
  part sources [{"slug":"signup","title":"Join","kind":"signup","points":13}]
anna looks on
way anna signup open
staff mark anna disable_earning_rewards
way anna signup closed
anna joins
balance anna available 0

story Of another instant what was completed is told by the caps as they stood then
rules S3.5, S4.7
programme
  orders earn at most 100 monthly
  trigger on visit earns 10, at most 10 monthly
2025-01-10 12:00 order anna A1 60.00
2025-01-11 order anna A2 60.00
event anna visit
2025-01-12 refund anna A2 to 10.00
2025-01-13 order anna A3 100.00
2025-01-14 staff undo anna the last earned_from_source
2025-02-02
as of 2025-01-10 18:00 way anna orders open
as of 2025-01-10 18:00 way anna trigger-visit open
as of 2025-01-11 18:00 way anna orders done
as of 2025-01-11 18:00 way anna trigger-visit done
as of 2025-01-12 18:00 way anna orders open
as of 2025-01-13 18:00 way anna orders done
as of 2025-01-13 18:00 way anna trigger-visit done
as of 2025-01-14 18:00 way anna trigger-visit open
as of 2025-02-01 way anna orders open

story Caps of an instant before a merger are those that the member had used
rules S3.5, S4.7, S11.2
programme
  orders earn at most 100 monthly
2025-01-10 12:00 order anna A1 60.00
order ben B1 100.00
2025-01-11 merge anna with ben
2025-01-12 delete anna A1
2025-01-13 refund anna B1 to 80.00
2025-01-14
as of 2025-01-10 18:00 way anna orders open
as of 2025-01-11 18:00 way anna orders done
as of 2025-01-12 18:00 way anna orders done
as of 2025-01-13 18:00 way anna orders open

story What a stranger can do before the programme has met them
rules S4.1, S11.4
programme
  joining earns 20
  trigger visit
  trigger on visit earns 10
2025-01-10
2025-01-12 order anna A1 10.00
anna leaves
as of 2025-01-11 way anna signup open
as of 2025-01-11 way anna trigger-visit open
as of 2025-01-11 way anna orders open
2025-01-13 way anna signup done
way anna trigger-visit closed
2025-01-14 programme
  members opt in
  joining earns 20
2025-01-15 order ben B1 10.00
as of 2025-01-14 12:00 way ben signup open
as of 2025-01-14 12:00 way ben orders closed

story Of whom nothing had happened yet a past instant shows a stranger, upkeep or not
rules S3.1, S3.5, S13.2
programme
  members opt in
  offer mug costs 20 gives product mug, where "vip" in customer.tags
2025-01-10 12:00 customer leo tagged vip
2025-02-01 programme
  members opt in
  offer mug costs 30 gives product mug, where "vip" in customer.tags
2025-03-01 12:00 offers leo mug 30 (not_a_member not_enough_points)
as of 2025-01-20 offers leo mug 20 (not_a_member condition_not_met not_enough_points)
as of 2025-02-20 offers leo mug 30 (not_a_member condition_not_met not_enough_points)
leo joins
2025-03-10 12:00
as of 2025-02-20 offers leo mug 30 (not_a_member condition_not_met not_enough_points)
as of 2025-03-05 offers leo mug 30 (not_enough_points)

story Of a total budget and of a stock a past instant shows what is left today
rules S4.7, S13.2
programme
  trigger visit
  trigger on visit earns 10, at most 15 in all
  offer treat gives 3.00 off, 1 in stock
2025-01-10 12:00 order anna A1 10.00
order ben B1 10.00
2025-01-11 12:00 event ben visit
event ben visit
2025-01-12 12:00 take ben treat
way anna trigger-visit closed
as of 2025-01-10 18:00 way anna trigger-visit closed
as of 2025-01-10 18:00 way ben trigger-visit closed
as of 2025-01-10 18:00 offers anna treat 0 (out_of_stock)
as of 2025-01-10 18:00 offers ben treat 0 (out_of_stock)
