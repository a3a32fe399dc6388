-- Offers and rewards: what was bought with points or given for nothing, units of it that members share, and what waits
-- to be made or handed out by the shop (S9.1, S9.2).

alter table redemption
    add column offer text constraint offer_short check (length(offer) between 1 and 64),
    add column version integer not null default 0,
    add column unit boolean not null default false;
-- Every row that the former checks allowed is allowed by the new ones.
-- squawk-ignore ban-drop-constraint
alter table redemption drop constraint redemption_kind_check;
-- squawk-ignore constraint-missing-not-valid
alter table redemption add constraint redemption_kind_check check (kind in ('points', 'staff', 'gift', 'offer', 'grant'));
-- squawk-ignore ban-drop-constraint
alter table redemption drop constraint redemption_points_check;
-- squawk-ignore constraint-missing-not-valid
alter table redemption add constraint redemption_points_check check (points > 0 or (points = 0 and offer is not null));
-- squawk-ignore ban-drop-constraint
alter table redemption drop constraint code_where_one_is_due;
-- squawk-ignore constraint-missing-not-valid
alter table redemption add constraint code_where_one_is_due
    check (case when offer is null then (code is null) = (status = 'external') else status <> 'external' end);
-- squawk-ignore constraint-missing-not-valid
alter table redemption add constraint offer_where_one_is_due check ((offer is not null) = (kind in ('offer', 'grant')));

-- squawk-ignore ban-drop-constraint
alter table stock drop constraint stock_kind_check;
-- squawk-ignore constraint-missing-not-valid
alter table stock add constraint stock_kind_check check (kind in ('budget', 'offer'));

alter table outbox
    add column redemption bigint,
    add column outcome text constraint outcome_known check (outcome in ('done', 'failed', 'void'));
-- squawk-ignore ban-drop-constraint
alter table outbox drop constraint outbox_kind_check;
-- squawk-ignore constraint-missing-not-valid
alter table outbox add constraint outbox_kind_check
    check (kind in ('points_expiring', 'tier_at_risk', 'create_discount', 'deliver_custom_reward'));
-- squawk-ignore constraint-missing-not-valid
alter table outbox add constraint outbox_about_reward
    check ((redemption is not null) = (kind in ('create_discount', 'deliver_custom_reward')));

comment on table outbox is 'What the outside world is to do: notices (S3.2), codes to be made, rewards to be handed out, each once.';
