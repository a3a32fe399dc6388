-- Who did what: acts of staff and operators, and those that wait for a second person.

create table audit (
    shop        integer     not null references shop,
    id          bigint      generated always as identity,
    recorded_at timestamptz not null default clock_timestamp(),  -- real time
    actor       text        not null check (length(actor) between 1 and 400),
    action      text        not null check (action ~ '^[a-z]+\.[a-z_]+$'),
    subject     text        not null default '' check (length(subject) <= 400),
    member      bigint,                                          -- the member it is about
    number      bigint,                                          -- the member's entry whose note says why
    before      jsonb       not null default '{}',
    after       jsonb       not null default '{}',
    reason      text        not null default '' check (length(reason) <= 2000),
    primary key (shop, id),
    constraint members_reason_in_note check (member is null or reason = '')
);

comment on table audit is 'Acts of staff and operators, stored with what they did: who, what, before, after, why. Nothing personal in it.';

create trigger audit_append_only before update or delete on audit for each row execute function refuse_change();
create trigger audit_no_truncate before truncate on audit for each statement execute function refuse_change();

create table approval (
    shop         integer     not null references shop,
    id           bigint      generated always as identity,
    kind         text        not null check (kind in ('programme', 'adjustment')),
    key          bytea       check (length(key) = 32),           -- of the wish: asked again, it is the same approval
    member       bigint,                                         -- the member it is about
    wish         text        not null check (length(wish) <= 2000000),  -- JSON: what is done once it is approved
    told         jsonb       not null default '{}',              -- what the second person decides on; nothing personal
    requested_by text        not null check (length(requested_by) between 1 and 400),
    requested_at timestamptz not null default clock_timestamp(),
    decision     text        check (decision in ('approved', 'declined')),
    decided_by   text        check (length(decided_by) between 1 and 400),
    decided_at   timestamptz,
    outcome      text        check (outcome in ('done', 'failed')),
    failure      text        not null default '' check (length(failure) <= 2000),
    primary key (shop, id),
    unique (shop, key),
    constraint decided_whole check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
    constraint two_persons check (decision is distinct from 'approved' or decided_by <> requested_by),
    constraint outcome_of_approved check (outcome is null or decision is not distinct from 'approved')
);

comment on table approval is 'Acts that wait for, or had, a second person''s word.';

create index approval_member on approval (shop, member) where member is not null;
create index approval_waiting on approval (shop, id) where decision is null;

alter table programme_version add column approver text constraint two_persons check (approver <> author);

do $$
declare
    name text;
begin
    foreach name in array array['audit', 'approval']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy one_shop on %I using (shop = present_shop()) with check (shop = present_shop())', name);
    end loop;
end $$;

grant select, insert on audit to leal_app;
grant select, insert, update on approval to leal_app;
