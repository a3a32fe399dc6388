-- leal: no transaction
-- Whom upkeep has to look at, by shop: where the instant leads, a shop whose clock is ahead walks through all other shops' members
-- who are due before its own now, batch by batch. Partial, so that no look-up of a foreign key can take it.
create index concurrently if not exists account_due_by_shop
on account (shop, least(next_due_at, next_notice_at)) where least(next_due_at, next_notice_at) < 'infinity';
