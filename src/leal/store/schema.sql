-- The whole schema as it stands after all migrations, to be read. A test proves that both make the same database.
--
-- Every member belongs to one of 1,024 buckets for life; `bucket` leads the primary key of every table that belongs
-- to members, and every key and foreign key carries the shop. Amounts of money are micros (millionths), instants
-- are UTC. Row-level security shows a session the rows of one shop only: the one named in the setting `leal.shop`.

create function present_shop() returns integer
    language sql stable parallel safe
    return nullif(current_setting('leal.shop', true), '')::integer;

comment on function present_shop() is 'The shop this session may see; null: none.';


-- ---------------------------------------------------------------------------------------------- shops, programmes

create table shop (
    id                integer generated always as identity primary key,
    slug              text        not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64),
    sandbox           boolean     not null default false,
    clock_offset      bigint      not null default 0,          -- microseconds that the shop's clock is ahead of real time
    programme_version integer     not null default 0,          -- the newest published version; 0: none
    settled_version   integer     not null default 0,          -- every member is settled under this one or a later
    created_at        timestamptz not null default now(),
    origins           text[]      not null default '{}',       -- whose pages may call it
    changes_from      xid8        not null default '0',        -- changes of records that an earlier transaction noted are forgotten
    constraint clock_only_in_sandbox check (sandbox or clock_offset = 0),
    constraint origins_whole check (cardinality(origins) <= 100 and coalesce(array_ndims(origins), 1) = 1
                                    and array_position(origins, null) is null)
);

comment on table shop is 'The tenants. A sandbox shop has a test clock that can only be moved forward (S1.4).';

create table programme_version (
    shop         integer     not null references shop,
    version      integer     not null check (version > 0),
    effective_at timestamptz not null,                          -- on the shop's clock
    recorded_at  timestamptz not null default now(),
    author       text        not null,
    note         text        not null default '',
    content_hash bytea       not null check (length(content_hash) = 32),
    document     text        not null,
    approver     text,                                           -- the second person, where one was asked for
    wish_key     bytea constraint wish_key_whole check (length(wish_key) = 32),  -- of its caller's: asked again, it is this version
    primary key (shop, version),
    constraint two_persons check (approver <> author)
);

comment on table programme_version is 'Every published programme, immutable (S10.1).';

create table token_key (
    shop       integer     not null references shop,
    kid        text        not null check (length(kid) between 1 and 64),
    secret     bytea       not null,                            -- encrypted under the installation's secret key; of an opaque key its SHA-256
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    scope      text        not null default 'shop',             -- what it may do
    opaque     boolean     not null default false,              -- shown itself, instead of signing tokens
    primary key (shop, kid),
    constraint scope_known check (scope in ('shop', 'read', 'feed', 'push', 'content')),
    constraint opaque_is_a_digest check (not opaque or length(secret) = 32)
);

comment on table token_key is 'Secrets that sign the shop''s tokens; several may be valid at once (rotation).';

create unique index token_key_opaque on token_key (shop, secret) where opaque;


-- ---------------------------------------------------------------------------------------------------- the members

create table identity (
    bucket  smallint not null check (bucket between 0 and 1023),  -- of the key itself, not of the member
    shop    integer  not null references shop,
    kind    text     not null check (kind in ('shopid', 'email', 'order', 'code', 'bhid', 'referral', 'invited')),
    key     text     not null check (length(key) between 1 and 320),
    account bigint   not null,                                    -- the member it leads to
    number  bigint   not null default 0,                          -- orders and codes: their number within the member
    primary key (bucket, shop, kind, key)
);

comment on table identity is 'What leads to a member: shop ids, e-mails, order ids, reward codes; each of them once per shop.';

create function lots_add_up(
    lots bigint[], settled_at timestamptz, available bigint, pending bigint, held bigint, paged_ends bigint[]
) returns boolean language plpgsql immutable parallel safe as $$
declare
    settled constant bigint := (extract(epoch from settled_at) * 1000000)::bigint;
    sum_remaining bigint := 0;
    sum_pending bigint := 0;
    sum_held bigint := 0;
begin
    for i in 4..cardinality(lots) by 9 loop  -- points, remaining, held, earned_at, available_at: i - 1 .. i + 3
        if not (0 <= lots[i + 1] and lots[i + 1] <= lots[i] and lots[i] <= lots[i - 1]) then
            return false;
        end if;
        sum_remaining := sum_remaining + lots[i];
        sum_held := sum_held + lots[i + 1];
        if lots[i + 3] > settled then
            sum_pending := sum_pending + lots[i] - lots[i + 1];
        end if;
    end loop;
    for i in 2..coalesce(cardinality(paged_ends), 0) by 2 loop
        if not (paged_ends[i - 1] > settled and paged_ends[i] > 0) then
            return false;
        end if;
        sum_remaining := sum_remaining + paged_ends[i];
    end loop;
    return sum_remaining = available + pending + held and sum_held = held and sum_pending = pending;
end $$;

comment on function lots_add_up(bigint[], timestamptz, bigint, bigint, bigint, bigint[]) is
    'Whether the open lots are what the buckets say (S2.2, S2.4). A loop, for a query in a check costs ten times as much.';

create function page_is_whole(lots bigint[], points bigint, due_at timestamptz, drawn_from bigint[])
    returns boolean language plpgsql immutable parallel safe as $$
declare
    sum_remaining bigint := 0;
    least_at bigint := null;
begin
    for i in 4..cardinality(lots) by 9 loop  -- id, award, points, remaining, held, earned_at, available_at, expires_at: i - 3 .. i + 4
        if not (lots[i + 1] = 0 and 0 < lots[i] and lots[i] <= lots[i - 1]) then
            return false;
        end if;
        if drawn_from > array[lots[i + 4], lots[i + 3], lots[i + 2], lots[i - 3]] then
            return false;
        end if;
        sum_remaining := sum_remaining + lots[i];
        least_at := least(least_at, lots[i + case when drawn_from is null then 3 else 4 end]);
    end loop;
    return sum_remaining = points
           and (due_at = 'infinity' or least_at = (extract(epoch from due_at) * 1000000)::bigint)
           and (drawn_from is null or drawn_from = array[lots[8], lots[7], lots[6], lots[1]]);
end $$;

comment on function page_is_whole(bigint[], bigint, timestamptz, bigint[]) is
    'Whether lots of a page are whole, none of them held, and come to those points; the first is available, or ends, at that instant.';

create function span_of(lots bigint[], place integer) returns bigint[] language plpgsql immutable parallel safe as $$
declare
    least_one bigint := lots[place];
    greatest_one bigint := lots[place];
begin
    for i in place..cardinality(lots) by 9 loop
        least_one := least(least_one, lots[i]);
        greatest_one := greatest(greatest_one, lots[i]);
    end loop;
    return array[least_one, greatest_one];
end $$;

comment on function span_of(bigint[], integer) is 'The least and the greatest of one of the nine numbers of lots.';

create table account (
    bucket           smallint    not null check (bucket between 0 and 1023),
    shop             integer     not null references shop,
    id               bigint      not null check (id > 0),
    -- history
    number           bigint      not null default 0,             -- entries so far
    entry_id         bigint      not null default 0,             -- id of the newest entry
    head             bytea       not null check (length(head) = 32),  -- digest of the newest entry
    settled_at       timestamptz not null,                       -- everything due up to here is stored
    settled_version  integer     not null default 0,             -- programme version it was settled under
    next_due_at      timestamptz not null default 'infinity',
    -- the seven buckets (S2.1)
    available        bigint      not null default 0,
    pending          bigint      not null default 0,
    held             bigint      not null default 0,
    redeemed         bigint      not null default 0,
    expired          bigint      not null default 0,
    earned           bigint      not null default 0,
    debt             bigint      not null default 0,
    -- open lots, nine numbers each: id, award, points, remaining, held, earned_at, available_at, expires_at, flags
    lots             bigint[]    not null default '{}',
    lot_number       bigint      not null default 0,             -- lots so far
    shortfalls       bigint[]    not null default '{}',          -- pairs: award, points written off on it (S6.1)
    -- what counts, for life and inside the tier window (S8.2)
    order_number     bigint      not null default 0,             -- orders known so far, in any state
    spend_micros     bigint      not null default 0,
    qualifying       bigint      not null default 0,
    orders           bigint      not null default 0,
    window_spend     bigint      not null default 0,
    window_points    bigint      not null default 0,
    window_orders    bigint      not null default 0,
    window_from      date,                                       -- first day of the cached window; null: everything
    window_until     timestamptz not null default 'infinity',    -- the cached sums hold until here
    counted_on       date,                                       -- the latest day that anything was counted on
    -- tier
    tier             text,
    tier_since       timestamptz,                                -- entry or last renewal
    tier_from        date,                                       -- first day of what was judged then; null: everything
    tier_asked       text        not null default 'entry' check (tier_asked in ('entry', 'keep')),
    tier_version     integer     not null default 0,             -- programme version whose requirements were asked then
    tier_ends_at     timestamptz not null default 'infinity',    -- without grace
    tier_deadline_at timestamptz not null default 'infinity',    -- with grace, when it is judged
    entered          text        not null default '{}',          -- JSON: by tier, the award for entering it and its points
    -- redemption limit: used in the day, week, month and year of limit_day, and for life (S5.3)
    limit_day        date,
    limit_used       bigint[]    not null default '{0,0,0,0,0}' check (cardinality(limit_used) = 5 and 0 <= all (limit_used)),
    -- membership
    membership       text        not null default 'none' check (membership in ('none', 'guest', 'full')),
    joined_at        timestamptz,                                -- first full membership
    -- global expiration (S7.2)
    everything_at    timestamptz not null default 'infinity',    -- when all available points lapse; only moves forward
    everything_lapsed_at timestamptz,                            -- when they last did
    -- notices
    next_notice_at   timestamptz not null default 'infinity',    -- when the next one falls due
    created_at       timestamptz not null default now(),
    -- awards that are dropped unless their event comes, four numbers each: award, when, what it gives, its day (S4.6)
    waiting          bigint[]    not null default '{}',
    -- when the moment of global expiration last came, with a lapse or without
    everything_passed_at timestamptz,
    -- who says what the membership is: the programme; the shop or the customer; nobody any more (S11)
    enrolment        text        not null default 'open'
                                 check (enrolment in ('open', 'decided', 'merged', 'erased')),
    -- the tier that staff set by hand (S8.7): '' is the lowest place; unlocked it is the least that the member has
    set_tier         text check (length(set_tier) <= 64),
    set_since        timestamptz,
    set_until        timestamptz not null default 'infinity',
    set_locked       boolean     not null default false,
    marks            text[]      not null default '{}' constraint marks_known
        check (marks <@ array['disable_earning_rewards', 'disable_rewards', 'enable_rewards', 'readonly', 'tester']),
    -- events, for life and inside the tier window: JSON, how often each trigger came (S8.2)
    events           text        not null default '{}',
    window_events    text        not null default '{}',
    codes            bigint[]    not null default '{}',          -- pairs: redemption whose code is unused, its end in microseconds
    -- rare facts by their names, see rules/keeps.py
    keeps            text        not null default '{}' constraint keeps_whole check (json_typeof(keeps::json) = 'object'),
    record_due_at    timestamptz not null default 'infinity',    -- when the datasource's record could change though nothing falls due by then
    -- what was told of the person that the rules need at hand, see rules/person.py; in no entry
    person           text        not null default '{}' constraint person_whole check (json_typeof(person::json) = 'object'),
    -- the datasource's record, see rules/kept_record.py; null: to be made of the account
    record           text,
    record_number    bigint,                                     -- the entry that it was made after
    -- what the plain balance tells of the member, see rules/kept_balance.py, made after the same entry; null: to be made of the account
    balance          text,
    balance_until    timestamptz,                                -- when it could be another though nothing happens
    record_version   integer,                                    -- the version of the programme that both were made under
    whole            text,                                       -- what the whole programme tells beside the balance, see rules/kept_whole.py
    -- open lots in pages beside it
    paged_points     bigint      not null default 0,             -- what remains in those that wait
    paged_due_at     timestamptz not null default 'infinity',    -- when the first of those is available
    paged_ends       bigint[],                                   -- pairs: end, what remains in those that are available and end then
    paged_from       bigint[],                                   -- the first of those that is drawn: end, available_at, earned_at, id

    primary key (bucket, shop, id),
    constraint conservation check (earned + debt = available + pending + held + redeemed + expired),
    constraint nothing_negative check (least(available, pending, held, redeemed, expired, earned, debt) >= 0),
    constraint debt_leaves_nothing check (debt = 0 or available + pending = 0),
    constraint lots_whole check (cardinality(lots) % 9 = 0 and coalesce(array_ndims(lots), 1) = 1
                                 and array_position(lots, null) is null),
    constraint lots_add_up check (lots_add_up(lots, settled_at, available, pending - paged_points, held, paged_ends)),
    constraint pages_told check (
        case when paged_points = 0 then paged_due_at = 'infinity' else paged_points > 0 and paged_due_at > settled_at end
        and case when paged_ends is null then paged_from is null
                 else cardinality(paged_ends) > 0 and cardinality(paged_ends) % 2 = 0
                      and array_position(paged_ends, null) is null and array_position(paged_from, null) is null
                      and coalesce(cardinality(paged_from), 0) = 4 and paged_from[1] = paged_ends[1] end
    ),
    constraint codes_whole check (cardinality(codes) % 2 = 0 and array_position(codes, null) is null),
    constraint shortfalls_whole check (cardinality(shortfalls) % 2 = 0 and array_position(shortfalls, null) is null),
    constraint waiting_whole check (cardinality(waiting) % 4 = 0 and array_position(waiting, null) is null),
    constraint counts_not_negative check (least(spend_micros, orders, number, lot_number, order_number) >= 0)
) with (fillfactor = 70);

-- Hundreds of lots are stored as they are: to compress them costs five times what it costs to write them.
alter table account alter column lots set storage external;

comment on table account is 'One row a member: everything a balance needs, and the member''s only lock.';

-- Whether the record that is kept is that of an instant, under the version in force then.
create function record_holds(a account, version integer, at timestamptz) returns boolean
    language sql immutable parallel safe
    return a.record_number = a.number and a.record_version = a.settled_version and a.settled_version >= version
           and a.next_due_at > at and a.record_due_at > at and a.record is not null;

-- Whom upkeep has to look at. Each shop's stand together: its clock may be ahead of others', who are then due before its own now.
-- Partial, so that no look-up of a foreign key can take them.
create index account_due_by_shop on account (shop, least(next_due_at, next_notice_at)) where least(next_due_at, next_notice_at) < 'infinity';
create index account_record_due_by_shop on account (shop, record_due_at) where record_due_at < 'infinity';

create table lot_page (
    bucket    smallint    not null,
    shop      integer     not null,
    account   bigint      not null,
    first_lot bigint      not null,                             -- id of its first lot
    lots      bigint[]    not null,                             -- as in account
    points    bigint      not null check (points > 0),          -- what remains in them
    due_at    timestamptz not null,                             -- when the first of them is available, or ends
    drawn_from bigint[],                                        -- of available ones, as paged_from; null: all of them wait
    lot_ids   bigint[]    not null generated always as (span_of(lots, 1)) stored,  -- the least and the greatest
    awards    bigint[]    not null generated always as (span_of(lots, 2)) stored,
    primary key (bucket, shop, account, first_lot),
    foreign key (bucket, shop, account) references account (bucket, shop, id),
    constraint lots_whole check (cardinality(lots) % 9 = 0 and array_ndims(lots) = 1
                                 and array_position(lots, null) is null),
    constraint page_is_whole check (page_is_whole(lots, points, due_at, drawn_from))
);

alter table lot_page alter column lots set storage external;

comment on table lot_page is 'Open lots of a member of which nothing is asked soon: up to some dozens a row.';

create table entry (
    bucket         smallint    not null,
    shop           integer     not null,
    account        bigint      not null,
    number         bigint      not null check (number > 0),     -- 1, 2, 3 … without gaps
    id             bigint      not null,                        -- the wire's id of the change; rises with number
    type           text        not null,
    cause          text        not null check (cause in ('order', 'redemption', 'award', 'staff', 'time', 'programme', 'member')),
    cause_number   bigint      not null default 0,              -- order: its number; redemption, award: number of the entry that made it
    award          bigint      not null default 0,              -- the award given or taken back: number of the entry that made it
    programme      integer     not null,                        -- programme version that decided
    occurred_at    timestamptz not null,
    effective_at   timestamptz not null,
    recorded_at    timestamptz not null,
    points         bigint      not null default 0,              -- what the member sees: change of available and pending
    -- the buckets after it
    available      bigint      not null,
    pending        bigint      not null,
    held           bigint      not null,
    redeemed       bigint      not null,
    expired        bigint      not null,
    earned         bigint      not null,
    debt           bigint      not null,
    -- what it moved: four numbers a lot (lot, award, points, held), and the terms of lots it made or dated anew:
    -- six numbers a lot (lot, award, earned_at, available_at, expires_at, flags)
    moves          bigint[]    not null default '{}',
    lots           bigint[]    not null default '{}',
    -- what it counts for tiers, on a local day (S8.2)
    day            date,
    spend_micros   bigint      not null default 0,
    qualifying     bigint      not null default 0,
    orders         bigint      not null default 0,
    changes        text        not null default '',             -- canonical JSON of other account facts after it
    commitment     bytea,                                       -- salted digest of its note
    digest         bytea       not null check (length(digest) = 32),
    primary key (bucket, shop, account, number),
    foreign key (bucket, shop, account) references account (bucket, shop, id),
    constraint conservation check (earned + debt = available + pending + held + redeemed + expired),
    constraint nothing_negative check (least(available, pending, held, redeemed, expired, earned, debt) >= 0),
    constraint debt_leaves_nothing check (debt = 0 or available + pending = 0),
    constraint moves_whole check (cardinality(moves) % 4 = 0 and array_position(moves, null) is null),
    constraint lots_whole check (cardinality(lots) % 6 = 0 and array_position(lots, null) is null),
    constraint counts_have_a_day check (day is not null or (spend_micros = 0 and qualifying = 0 and orders = 0))
);

comment on table entry is 'The history: append-only, one hash chain a member (S2.5, S2.6). Accounts can be rebuilt from it.';

create index entry_lapsed on entry (bucket, shop, account, number) where type in ('points_expired', 'points_dropped');

create function refuse_change() returns trigger
    language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

create trigger entry_append_only before update or delete on entry for each row execute function refuse_change();
create trigger entry_no_truncate before truncate on entry for each statement execute function refuse_change();
create trigger programme_version_append_only before update or delete on programme_version for each row execute function refuse_change();
create trigger programme_version_no_truncate before truncate on programme_version for each statement execute function refuse_change();

create table entry_note (
    bucket  smallint not null,
    shop    integer  not null,
    account bigint   not null,
    number  bigint   not null,
    salt    bytea    not null check (length(salt) = 16),
    note    text     not null check (length(note) <= 8000),     -- JSON: description, private_note, actor
    primary key (bucket, shop, account, number),
    foreign key (bucket, shop, account, number) references entry (bucket, shop, account, number)
);

comment on table entry_note is 'Free text of entries, erasable: the chain holds only a salted digest of it (S2.6).';

create table day_sum (
    bucket       smallint not null,
    shop         integer  not null,
    account      bigint   not null,
    day          date     not null,                             -- local day of what happened
    spend_micros bigint   not null default 0,
    qualifying   bigint   not null default 0,
    orders       bigint   not null default 0,
    primary key (bucket, shop, account, day),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table day_sum is 'What counts for tiers, by member and local day; windows are sums over it (S8.2).';

create table cap_use (
    bucket  smallint not null,
    shop    integer  not null,
    account bigint   not null,
    source  text     not null,
    day     date     not null,                                  -- local day of what earned
    award   bigint   not null,                                  -- number of the entry that first gave it; 0: what an erased member holds of a total budget
    points  bigint   not null check (points >= 0),
    primary key (bucket, shop, account, source, day, award),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table cap_use is 'Points that awards of sources with caps by period give, net; the use of a period is a sum over it (S4.7).';

create table event_sum (
    bucket  smallint not null,
    shop    integer  not null,
    account bigint   not null,
    day     date     not null,                                  -- local day of what happened
    trigger text     not null check (length(trigger) between 1 and 64),
    count   bigint   not null check (count > 0),
    primary key (bucket, shop, account, day, trigger),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table event_sum is 'How often each trigger came, by member and local day; windows are sums over it (S8.2).';

create table event_key (
    bucket  smallint not null,
    shop    integer  not null,
    account bigint   not null,
    key     bytea    not null check (length(key) = 32),         -- SHA-256 of trigger and id
    number  bigint   not null,                                  -- of the entry that recorded it; 0: one of somebody merged
    primary key (bucket, shop, account, key),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table event_key is 'Ids under which events were recorded, erasable: the same one counts once for each member and trigger.';

create table order_state (
    bucket      smallint    not null,
    shop        integer     not null,
    account     bigint      not null,
    number      bigint      not null check (number > 0),        -- within the member
    order_id    text        not null check (length(order_id) between 1 and 200),
    status      text        not null check (status in ('unconfirmed', 'confirmed', 'completed', 'canceled', 'deleted', 'moved')),
    order_at    timestamptz not null,
    updated_at  timestamptz not null,                           -- update_time of the accepted snapshot, else its arrival
    snapshot    jsonb       not null,                           -- the order as last accepted
    state       jsonb       not null,                           -- what its awards pinned and were given (S4.3, S4.4)
    primary key (bucket, shop, account, number),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table order_state is 'Each order as last accepted, with what it was given and under which pinned terms.';

create table redemption (
    bucket       smallint    not null,
    shop         integer     not null,
    account      bigint      not null,
    number       bigint      not null,                          -- of the entry that drew the points; negative: it came by a merger
    change_id    bigint      not null,                          -- the wire's id of that entry
    kind         text        not null check (kind in ('points', 'staff', 'gift', 'offer', 'grant')),
    code         text,                                          -- null: none was asked for, or a reward has none
    status       text        not null check (status in ('unused', 'locked', 'used', 'voided', 'lapsed', 'external')),
    points       bigint      not null constraint redemption_points_check check (points > 0 or (points = 0 and offer is not null)),
    restored     bigint      not null default 0 check (restored between 0 and points),
    amount       bigint      not null check (amount >= 0),      -- money value, micros
    drawn_at     timestamptz not null,
    day          date        not null,                          -- local day its limit use counts on
    draws        bigint[]    not null,                          -- seven numbers a lot: lot, award, points, earned_at, available_at, expires_at, flags
    returned     bigint[]    not null default '{}',             -- points restored of each draw, in the draws' order
    cancelled    bigint      not null default 0 check (cancelled between 0 and restored),  -- given back as its order was cancelled
    order_number bigint      not null default 0,                -- the order that locks or used it
    turns        bigint[]    not null default '{}',             -- instants, in microseconds: the code is gone, back, gone …
    expires_at   timestamptz not null default 'infinity',       -- when its code or reward lapses, if it is unused then
    locks        bigint[]    not null default '{}',             -- instants, in microseconds: an unpaid order locks the code, no longer, locks it …
    offer        text constraint offer_short check (length(offer) between 1 and 64),  -- slug of the offer that it is a reward of
    version      integer     not null default 0,                -- of a reward: the programme version that says what it gives
    unit         boolean     not null default false,            -- whether it holds a unit of the offer's stock
    coded_at     timestamptz,                                   -- when its code was made, where that was later than itself
    primary key (bucket, shop, account, number),
    foreign key (bucket, shop, account) references account (bucket, shop, id),
    constraint code_where_one_is_due
        check (case when offer is null then (code is null) = (status = 'external') else status <> 'external' end),
    constraint offer_where_one_is_due check ((offer is not null) = (kind in ('offer', 'grant')))
);

comment on table redemption is 'Every draw into redeemed: its lots, what of it was given back, and the reward code it gave.';

create index redemption_open on redemption (bucket, shop, account) where status in ('unused', 'locked');

create table hold (
    bucket    smallint not null,
    shop      integer  not null,
    account   bigint   not null,
    number    bigint   not null,                                -- of the entry that placed it; negative: it came by a merger
    id        bigint   not null,                                -- the wire's id of that entry
    reference text     not null check (length(reference) between 1 and 255),
    captured  bigint   not null default 0,                      -- number of the redemption that it became; 0: none
    primary key (bucket, shop, account, number),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table hold is 'Every hold of points with its caller''s reference: personal data, erasable (S5.6).';

create index hold_by_reference on hold (bucket, shop, account, reference);

create table referral (
    bucket      smallint    not null,
    shop        integer     not null,
    account     bigint      not null,
    id          bigint      not null,
    code        text        not null check (length(code) between 1 and 64),
    channel     text        not null check (length(channel) between 1 and 64),
    destination text        check (length(destination) between 3 and 320),
    sent_at     timestamptz not null,
    expires_at  timestamptz not null default 'infinity',
    primary key (bucket, shop, account, id),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table referral is 'Invitations that members sent, each with its code; the address is personal data (S9.5).';

create index referral_destination on referral (shop, destination) where destination is not null;

create table acceptance (
    bucket       smallint    not null,
    shop         integer     not null,
    account      bigint      not null,
    friend       bigint      not null,
    referral     bigint      not null,
    id           bigint      not null,
    qualified_at timestamptz not null,
    matures_at   timestamptz not null,
    change_id    bigint      not null default 0,
    points       bigint      not null default 0 check (points >= 0),
    rejected     text        check (length(rejected) between 1 and 32),
    primary key (bucket, shop, account, friend),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table acceptance is 'Friends who came by a member''s invitation, and what that gave the member; of one friend one row (S9.5).';

create table referral_due (
    bucket       smallint not null,
    shop         integer  not null,
    account      bigint   not null,
    order_number bigint   not null,
    primary key (bucket, shop, account, order_number),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table referral_due is 'Orders that are to be looked at for a referral once they are stored; 0: the member, for a welcome.';

create table customer (
    bucket     smallint    not null,
    shop       integer     not null,
    account    bigint      not null,
    shopid     text        check (length(shopid) between 1 and 200),
    email      text        check (length(email) between 3 and 320),
    profile    jsonb       not null default '{}',               -- names, phone, birthday, tags, consents, extras
    updated_at timestamptz not null default now(),
    birthday_since timestamptz,                                 -- when the birthday was last changed, on the shop's clock
    primary key (bucket, shop, account),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table customer is 'Who a member is: personal data, in this table alone (and identity, orders, notes).';

create table merged (
    bucket     smallint    not null,
    shop       integer     not null,
    account    bigint      not null,                            -- the member who took over
    source     bigint      not null,                            -- who was taken over, straight or by way of another
    entries    bigint      not null check (entries > 0),        -- entries of the source
    entry_base bigint      not null check (entry_base >= 0),    -- its entry n is known as -(entry_base + n)
    order_base bigint      not null check (order_base >= 0),    -- its order n is known as order_base + n
    shopid     text        check (length(shopid) between 1 and 200),
    email      text        check (length(email) between 3 and 320),
    merged_at  timestamptz not null,                            -- on the shop's clock
    primary key (bucket, shop, account, source),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table merged is 'Who was merged into whom, with the names that keep leading there: personal data.';

create table outbox (
    bucket     smallint    not null,
    shop       integer     not null,
    id         bigint      generated always as identity,        -- rises with creation
    account    bigint      not null,
    kind       text        not null
                           check (kind in ('points_expiring', 'tier_at_risk', 'create_discount', 'remove_discount',
                                           'deliver_custom_reward')),
    payload    jsonb       not null,                            -- amounts, dates, shortfall; nothing personal
    due_at     timestamptz not null,                            -- on the shop's clock
    created_at timestamptz not null default now(),
    done_at    timestamptz,                                     -- when it was settled; null: it waits
    redemption bigint,                                          -- the code or reward that it is about
    outcome    text constraint outcome_known check (outcome in ('done', 'failed', 'void')),
    primary key (bucket, shop, id),
    foreign key (bucket, shop, account) references account (bucket, shop, id),
    constraint outbox_about_reward
        check ((redemption is not null) = (kind in ('create_discount', 'remove_discount', 'deliver_custom_reward')))
);

comment on table outbox is 'What the outside world is to do: notices (S3.2), codes to be made or removed, rewards to be handed out.';

create index outbox_waiting on outbox (shop, id) where done_at is null;


-- ------------------------------------------------------------------------------------------------------- products

create table collection (
    shop       integer     not null references shop,
    id         text        not null check (length(id) between 1 and 255),
    number     bigint      generated always as identity,
    facts      jsonb       not null default '{}',
    updated_at timestamptz not null default now(),
    primary key (shop, id),
    unique (shop, number)
);

comment on table collection is 'Collections of products, as the shop last told them.';

create table product (
    shop       integer     not null references shop,
    id         text        not null check (length(id) between 1 and 255),
    number     bigint      generated always as identity,
    tags       text[]      not null default '{}',
    facts      jsonb       not null default '{}',
    updated_at timestamptz not null default now(),
    primary key (shop, id),
    unique (shop, number)
);

comment on table product is 'Products, as the shop last told them.';

create table collection_product (
    shop       integer not null references shop,
    product    text    not null check (length(product) between 1 and 255),
    collection text    not null check (length(collection) between 1 and 255),
    primary key (shop, product, collection)
);

comment on table collection_product is 'Which products are in which collections; either may be told before the other.';

create index collection_product_by_collection on collection_product (shop, collection, product);


-- ------------------------------------------------------------------------------------------------ what members share

create table stock (
    shop  integer  not null references shop,
    kind  text     not null check (kind in ('budget', 'offer')),
    key   text     not null,                                    -- slug of the source or offer
    part  smallint not null check (part between 0 and 15),
    total bigint   not null check (total >= 0),                 -- of all parts together, as the terms that asked last have it
    units bigint   not null,                                    -- what is left in this part
    primary key (shop, kind, key, part),
    constraint never_exceeded check (units >= 0 or part = 0)    -- below zero: the total was lowered under what was given
);

comment on table stock is 'Units that members share, in parts that are locked one by one; given ones are the total less all units.';


-- ------------------------------------------------------------------------------------------------------ the doors

create table idempotency (
    bucket     smallint    not null,
    shop       integer     not null references shop,
    account    bigint      not null,
    key        bytea       not null check (length(key) = 32),   -- SHA-256 of function and key
    request    bytea       not null check (length(request) = 32),
    answer     bytea       not null,
    created_at timestamptz not null default now(),
    primary key (bucket, shop, account, key)
);

comment on table idempotency is 'Answers already given, by the caller''s key: a repeat gets the same one.';

create index idempotency_old on idempotency (shop, created_at);

create table rejected (
    shop        integer     not null references shop,
    id          bigint      generated always as identity,
    kind        text        not null check (kind in ('order', 'customer', 'collection', 'product')),
    item        jsonb       not null,
    problems    jsonb       not null,
    received_at timestamptz not null default now(),
    primary key (shop, id)
);

comment on table rejected is 'Pushed items that were refused, kept until they are replayed or dropped.';


-- --------------------------------------------------------------------------------------------- staff and operators

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

create table import_run (
    shop       integer     not null references shop,
    source     bytea       not null check (length(source) = 32),    -- SHA-256 of what is imported, and of how it is read
    kind       text        not null check (kind in ('order', 'customer', 'product')),
    done       bigint      not null default 0,                      -- items that are stored, in the order of the import
    started_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (shop, source),
    constraint done_not_negative check (done >= 0)
);

comment on table import_run is 'How far each import of a file has come.';

create table feed_destination (
    shop          integer     not null references shop,
    name          text        not null check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(name) <= 64),
    url           text        not null check (length(url) <= 2000),
    mapping       text        not null check (length(mapping) <= 64),
    secret        bytea       not null,                             -- signs the calls; sealed
    batch_records integer     not null check (batch_records between 1 and 10000),
    batch_bytes   integer     not null check (batch_bytes between 1024 and 8388608),
    created_at    timestamptz not null default now(),
    paused_at     timestamptz,
    cursor        text        check (length(cursor) <= 16384),      -- of the feed; null: a snapshot is to come first
    sent          bigint      not null default 0,                   -- records that were taken
    gone          bigint      not null default 0,                   -- ids that were told to be gone
    refused       bigint      not null default 0,                   -- records that were refused and passed over
    refusals      jsonb       not null default '[]',                -- the last of them
    failures      integer     not null default 0,                   -- tries that failed since the last that did not
    failure       text        check (length(failure) <= 500),       -- why the last one did
    failed_at     timestamptz,
    try_at        timestamptz,                                      -- not before
    taken_at      timestamptz,                                      -- when something was last taken
    former_secret bytea,                                            -- signs beside it while it is being changed; sealed
    former_until  timestamptz,
    primary key (shop, name)
);

comment on table feed_destination is 'Where the datasource''s records are pushed to, and how far each has come.';


-- ------------------------------------------------------------------------------------------------- content blocks

create table content_seen (
    bucket      smallint    not null check (bucket between 0 and 1023),
    shop        integer     not null references shop,
    account     bigint      not null,
    block       text        not null check (length(block) between 1 and 64),
    share       smallint    not null check (share between 0 and 100),  -- percent of customers in the control group then
    control     boolean     not null,                            -- the customer was one of them, and was shown nothing
    impressions bigint      not null check (impressions >= 0),
    clicks      bigint      not null check (clicks >= 0),
    first_at    timestamptz not null,                            -- on the shop's clock
    last_at     timestamptz not null,
    clicked_at  timestamptz,                                     -- for the first time
    primary key (bucket, shop, account, block, share),
    constraint seen_in_order check (first_at <= last_at)
);

comment on table content_seen is
    'Which blocks a customer was shown, or in the control group was not, and how often; no reference, so that no member waits for it.';

create table content_day (
    shop        integer  not null references shop,
    day         date     not null,                               -- of UTC, on the shop's clock
    block       text     not null check (length(block) between 1 and 64),
    share       smallint not null check (share between 0 and 100),
    control     boolean  not null,
    impressions bigint   not null check (impressions >= 0),
    clicks      bigint   not null check (clicks >= 0),
    primary key (shop, day, block, share, control)
);

comment on table content_day is 'How often content blocks were shown and clicked, by day, by anybody.';

create table content_links (
    bucket     smallint    not null,
    shop       integer     not null,
    account    bigint      not null,
    epoch      integer     not null check (epoch between 1 and 65535),
    revoked_at timestamptz not null default now(),
    primary key (bucket, shop, account),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table content_links is 'Customers whose earlier links to content blocks are void: links of an earlier epoch show nothing.';


-- ------------------------------------------------------------------------------------------------- the datasource

create table record_change (
    shop     integer     not null,
    xid      xid8        not null default pg_current_xact_id(),  -- the transaction that noted it
    bucket   smallint    not null check (bucket between 0 and 1023),
    account  bigint      not null,
    gone     text        not null default '' check (length(gone) <= 320),  -- an id under which the record was known until then
    noted_at timestamptz not null default now(),
    primary key (shop, xid, bucket, account, gone)
);

comment on table record_change is
    'Whose record may have changed, in the order of transactions; no reference, for it would cost more than the note.';


-- --------------------------------------------------------------------------------------------- who may see and do

do $$
declare
    name text;
begin
    foreach name in array array['programme_version', 'token_key', 'identity', 'account', 'entry', 'entry_note', 'day_sum',
                                'cap_use', 'order_state', 'redemption', 'customer', 'merged', 'outbox', 'stock', 'idempotency', 'rejected',
                                'collection', 'product', 'collection_product', 'audit', 'approval', 'import_run', 'feed_destination',
                                'event_sum', 'event_key', 'hold', 'record_change', 'referral', 'acceptance', 'referral_due',
                                'content_seen', 'content_day', 'content_links', 'lot_page']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy one_shop on %I using (shop = present_shop()) with check (shop = present_shop())', name);
    end loop;
end $$;

alter table shop enable row level security;
alter table shop force row level security;
create policy directory on shop for select using (true);
create policy founding on shop for insert with check (true);
create policy one_shop on shop for update using (id = present_shop()) with check (id = present_shop());

grant usage on schema public to leal_app;
grant select, insert, update on shop, account, order_state, redemption, day_sum, event_sum, cap_use, stock, customer, outbox, token_key, approval to leal_app;
grant select, insert on programme_version, entry, audit to leal_app;
grant select, insert, delete on entry_note, event_key, idempotency, rejected to leal_app;
grant select, insert, update, delete on identity, merged, hold, referral, acceptance, referral_due to leal_app;
grant select, insert, update, delete on collection, product to leal_app;
grant select, insert, delete on collection_product, record_change, lot_page to leal_app;
grant delete on order_state, redemption, day_sum, event_sum, cap_use, customer, outbox to leal_app;
grant select, insert, update on import_run to leal_app;
grant select, insert, update, delete on feed_destination to leal_app;
grant select, insert, update, delete on content_seen, content_day, content_links to leal_app;


-- ----------------------------------------------------------------------------------------- rows on their way in

-- An array of such a type costs half of what an array for each column does, on both sides; arrays in it
-- travel as their text. A type stays as it is while
-- servers of the release before run: a column more is a new type.
create type identity_row as (bucket smallint, kind text, key text, account bigint, number bigint);
create type account_row as (
    id bigint, bucket smallint, number bigint, entry_id bigint, head bytea, settled_at timestamptz, settled_version integer,
    next_due_at timestamptz, available bigint, pending bigint, held bigint, redeemed bigint, expired bigint, earned bigint,
    debt bigint, lots text, lot_number bigint, shortfalls text, order_number bigint, spend_micros bigint,
    qualifying bigint, orders bigint, window_spend bigint, window_points bigint, window_orders bigint, window_from date,
    window_until timestamptz, tier text, tier_since timestamptz, tier_from date, tier_asked text, tier_version integer,
    tier_ends_at timestamptz, tier_deadline_at timestamptz, limit_day date, limit_used text, membership text,
    joined_at timestamptz, everything_at timestamptz, everything_lapsed_at timestamptz, next_notice_at timestamptz,
    entered text, counted_on date, waiting text, everything_passed_at timestamptz, enrolment text, set_tier text,
    set_since timestamptz, set_until timestamptz, set_locked boolean, marks text, events text, window_events text,
    codes text, keeps text, record_due_at timestamptz, person text, record text, balance text, balance_until timestamptz,
    whole text, paged_points bigint, paged_due_at timestamptz, paged_ends text, paged_from text
);
create type entry_row as (
    bucket smallint, account bigint, number bigint, id bigint, type text, cause text, cause_number bigint, award bigint,
    programme integer, occurred_at timestamptz, effective_at timestamptz, recorded_at timestamptz, points bigint,
    available bigint, pending bigint, held bigint, redeemed bigint, expired bigint, earned bigint, debt bigint,
    moves text, lots text, day date, spend_micros bigint, qualifying bigint, orders bigint, changes text,
    commitment bytea, digest bytea
);
create type day_row as (
    bucket smallint, account bigint, day date, spend_micros bigint, qualifying bigint, orders bigint
);
create type order_row as (
    bucket smallint, account bigint, number bigint, order_id text, status text, order_at timestamptz,
    updated_at timestamptz, snapshot jsonb, state jsonb
);
create type redemption_row as (
    bucket smallint, account bigint, number bigint, change_id bigint, kind text, code text, status text, points bigint,
    restored bigint, amount bigint, drawn_at timestamptz, day date, draws text, returned text, cancelled bigint,
    order_number bigint, turns text, locks text, expires_at timestamptz, offer text, version integer, unit boolean,
    coded_at timestamptz
);
