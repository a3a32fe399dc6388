-- Several orders of one member may be to be looked at for a referral: a note for each, in place of the last one's.

-- No release had the table yet: its key may still change. It holds what was not looked at yet, next to nothing.
-- squawk-ignore ban-drop-constraint
alter table referral_due drop constraint referral_due_pkey;
-- squawk-ignore constraint-missing-not-valid, adding-serial-primary-key-field
alter table referral_due add primary key (bucket, shop, account, order_number);

comment on table referral_due is 'Orders that are to be looked at for a referral once they are stored; 0: the member, for a welcome.';
