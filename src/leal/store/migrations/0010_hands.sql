-- What staff set by hand: a member's tier, and marks.

alter table account
    add column set_tier text check (length(set_tier) <= 64),
    add column set_since timestamptz,
    add column set_until timestamptz not null default 'infinity',
    add column set_locked boolean not null default false,
    add column marks text[] not null default '{}' constraint marks_known
        check (marks <@ array['disable_earning_rewards', 'disable_rewards', 'enable_rewards', 'readonly', 'tester']);
