-- Open lots that wait, beside the row of a member who has hundreds: each change of the account wrote all of them anew.

create function lots_wait(lots bigint[], points bigint, due_at timestamptz)
    returns boolean language plpgsql immutable parallel safe as $$
declare
    sum_remaining bigint := 0;
    least_at bigint := null;
begin
    for i in 4..cardinality(lots) by 9 loop  -- points, remaining, held, earned_at, available_at: i - 1 .. i + 3
        if not (lots[i + 1] = 0 and 0 < lots[i] and lots[i] <= lots[i - 1]) then
            return false;
        end if;
        sum_remaining := sum_remaining + lots[i];
        least_at := least(least_at, lots[i + 3]);
    end loop;
    return sum_remaining = points
           and (due_at = 'infinity' or least_at = (extract(epoch from due_at) * 1000000)::bigint);
end $$;

comment on function lots_wait(bigint[], bigint, timestamptz) is
    'Whether lots of a page are whole, none of them held, and come to those points, the first available at that instant.';

create table lot_page (
    bucket    smallint    not null,
    shop      integer     not null,
    account   bigint      not null,
    first_lot bigint      not null,                             -- id of its first lot
    lots      bigint[]    not null,                             -- as in account
    points    bigint      not null check (points > 0),          -- what remains in them
    due_at    timestamptz not null,                             -- when the first of them is available
    primary key (bucket, shop, account, first_lot),
    foreign key (bucket, shop, account) references account (bucket, shop, id),
    constraint lots_whole check (cardinality(lots) % 9 = 0 and array_ndims(lots) = 1
                                 and array_position(lots, null) is null),
    constraint lots_wait check (lots_wait(lots, points, due_at))
);

alter table lot_page alter column lots set storage external;

comment on table lot_page is 'Open lots of a member that wait: some hundred a row.';

alter table lot_page enable row level security;
alter table lot_page force row level security;
create policy one_shop on lot_page using (shop = present_shop()) with check (shop = present_shop());
grant select, insert, delete on lot_page to leal_app;

-- What lies in pages: their sum, and when the first of it is available. That the rows there are keep to it is asked in the next file, which
-- lets servers of the release before go on writing.
alter table account
    add column paged_points bigint not null default 0,
    add column paged_due_at timestamptz not null default 'infinity',
    -- squawk-ignore ban-drop-constraint
    drop constraint lots_add_up,
    add constraint lots_add_up check (lots_add_up(lots, settled_at, available, pending - paged_points, held)) not valid,
    add constraint pages_wait check (
        case when paged_points = 0 then paged_due_at = 'infinity' else paged_points > 0 and paged_due_at > settled_at end
    ) not valid;

-- No release had the type yet: of its own columns it may still change.
alter type account_row
    add attribute paged_points bigint,
    add attribute paged_due_at timestamptz;
