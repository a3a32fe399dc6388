-- Open lots that are available lie in pages, too, where they are many: a redemption wrote all of them anew. And pages know which lots and
-- awards are in them.

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

-- No release had the table yet: it has few rows.
alter table lot_page
    add column drawn_from bigint[],
    -- squawk-ignore adding-field-with-default
    add column lot_ids bigint[] not null generated always as (span_of(lots, 1)) stored,
    -- squawk-ignore adding-field-with-default
    add column awards bigint[] not null generated always as (span_of(lots, 2)) stored,
    -- squawk-ignore ban-drop-constraint
    drop constraint lots_wait,
    -- squawk-ignore constraint-missing-not-valid
    add constraint page_is_whole check (page_is_whole(lots, points, due_at, drawn_from));

comment on table lot_page is 'Open lots of a member of which nothing is asked soon: up to some dozens a row.';

-- That the rows there are keep to it is asked in the next file, which lets servers of the release before go on writing.
alter table account
    add column paged_ends bigint[],
    add column paged_from bigint[],
    -- squawk-ignore ban-drop-constraint
    drop constraint lots_add_up,
    -- squawk-ignore ban-drop-constraint
    drop constraint pages_wait,
    add constraint lots_add_up
        check (lots_add_up(lots, settled_at, available, pending - paged_points, held, paged_ends)) not valid,
    add constraint pages_told check (
        case when paged_points = 0 then paged_due_at = 'infinity' else paged_points > 0 and paged_due_at > settled_at end
        and case when paged_ends is null then paged_from is null
                 else cardinality(paged_ends) > 0 and cardinality(paged_ends) % 2 = 0
                      and array_position(paged_ends, null) is null and array_position(paged_from, null) is null
                      and coalesce(cardinality(paged_from), 0) = 4 and paged_from[1] = paged_ends[1] end
    ) not valid;

-- squawk-ignore ban-drop-function
drop function lots_add_up(bigint[], timestamptz, bigint, bigint, bigint);
-- squawk-ignore ban-drop-function
drop function lots_wait(bigint[], bigint, timestamptz);

-- No release had the type yet: of its own columns it may still change.
alter type account_row
    add attribute paged_ends text,
    add attribute paged_from text;
