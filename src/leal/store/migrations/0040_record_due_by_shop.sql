-- leal: no transaction
-- The same for those whose record alone may change.
create index concurrently if not exists account_record_due_by_shop on account (shop, record_due_at) where record_due_at < 'infinity';
