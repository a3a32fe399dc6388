-- Redemptions on their way into their table, as the other rows of a batch (0030).

create type redemption_row as (
    bucket smallint, account bigint, number bigint, change_id bigint, kind text, code text, status text, points bigint,
    restored bigint, amount bigint, drawn_at timestamptz, day date, draws text, returned text, cancelled bigint,
    order_number bigint, turns text, locks text, expires_at timestamptz, offer text, version integer, unit boolean,
    coded_at timestamptz
);
