-- Since when an order that is not paid locks a reward code: what was shown at a past instant can be told again (S3.5).

alter table redemption add column locks bigint[] not null default '{}';

alter table redemption no force row level security;
alter table order_state no force row level security;

-- Of codes that are locked now: since their order was told.
update redemption r set locks = array[(extract(epoch from greatest(o.updated_at, r.drawn_at)) * 1000000)::bigint]
from order_state o
where r.status = 'locked' and o.bucket = r.bucket and o.shop = r.shop and o.account = r.account and o.number = r.order_number;

alter table redemption force row level security;
alter table order_state force row level security;
