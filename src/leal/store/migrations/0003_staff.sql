-- What an account must remember so that points that are dropped, given back or taken back go by the rules' letter.

alter table account
    add column waiting bigint[] not null default '{}'
        constraint waiting_whole check (cardinality(waiting) % 4 = 0 and array_position(waiting, null) is null),
    add column redated bigint[] not null default '{}'
        constraint redated_whole check (cardinality(redated) % 3 = 0 and array_position(redated, null) is null),
    add column everything_passed_at timestamptz;

alter table account no force row level security;
update account set everything_passed_at = everything_lapsed_at where everything_lapsed_at is not null;
alter table account force row level security;
