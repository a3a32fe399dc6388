-- Codes that the shop was told of and that are void since are to be taken out of its checkout (S5.5, S9.2).

-- Every row that the former checks allowed is allowed by the new ones.
-- squawk-ignore ban-drop-constraint
alter table outbox drop constraint outbox_kind_check;
-- squawk-ignore constraint-missing-not-valid
alter table outbox add constraint outbox_kind_check
    check (kind in ('points_expiring', 'tier_at_risk', 'create_discount', 'remove_discount', 'deliver_custom_reward'));
-- squawk-ignore ban-drop-constraint
alter table outbox drop constraint outbox_about_reward;
-- squawk-ignore constraint-missing-not-valid
alter table outbox add constraint outbox_about_reward
    check ((redemption is not null) = (kind in ('create_discount', 'remove_discount', 'deliver_custom_reward')));

comment on table outbox is 'What the outside world is to do: notices (S3.2), codes to be made or removed, rewards to be handed out.';
