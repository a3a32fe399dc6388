-- Since when a member no longer holds a reward code: what was shown at a past instant can be told again (S3.5).

alter table redemption add column turns bigint[] not null default '{}';

alter table redemption no force row level security;
alter table entry no force row level security;
alter table order_state no force row level security;

-- Of codes that were spent or undone before this was noted: undone when the points came back, used when their order was told.
update redemption r set turns = array[(extract(epoch from coalesce(
        (select min(e.effective_at) from entry e
         where r.status = 'voided' and e.bucket = r.bucket and e.shop = r.shop and e.account = r.account
           and e.cause = 'redemption' and e.cause_number = r.number and e.type = 'points_returned'),
        (select greatest(o.updated_at, r.drawn_at) from order_state o
         where r.status = 'used' and o.bucket = r.bucket and o.shop = r.shop and o.account = r.account
           and o.number = r.order_number),
        r.drawn_at)) * 1000000)::bigint]
where r.status in ('used', 'voided');

alter table redemption force row level security;
alter table entry force row level security;
alter table order_state force row level security;
