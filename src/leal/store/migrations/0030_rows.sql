-- Rows on their way into tables: an array of such a type costs half of what an array for each column does, on both sides; arrays in it
-- travel as their text.
-- A type stays as it is while servers of the release before run: a column more is a new type.

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
    codes text, keeps text, record_due_at timestamptz, person text, record text
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
