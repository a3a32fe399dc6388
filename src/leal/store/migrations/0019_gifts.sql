-- Gifts: points of a member that became another's.

-- Every row that the former check allowed is allowed by the new one.
-- squawk-ignore ban-drop-constraint
alter table redemption drop constraint redemption_kind_check;
-- squawk-ignore constraint-missing-not-valid
alter table redemption add constraint redemption_kind_check check (kind in ('points', 'staff', 'gift'));
