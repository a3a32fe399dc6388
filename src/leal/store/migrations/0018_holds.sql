-- Holds: points set aside for a checkout; what they are stands in the account, here stand the names they go under.

create table hold (
    bucket    smallint not null,
    shop      integer  not null,
    account   bigint   not null,
    number    bigint   not null,
    id        bigint   not null,
    reference text     not null check (length(reference) between 1 and 255),
    captured  bigint   not null default 0,
    primary key (bucket, shop, account, number),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table hold is 'Every hold of points with its caller''s reference: personal data, erasable (S5.6).';

create index hold_by_reference on hold (bucket, shop, account, reference);

alter table hold enable row level security;
alter table hold force row level security;
create policy one_shop on hold using (shop = present_shop()) with check (shop = present_shop());

grant select, insert, update, delete on hold to leal_app;
