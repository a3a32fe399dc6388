-- What the plain balance tells of each member, kept beside the account, as the record is (0026), and until when it holds.

alter table account
    add column balance text,
    add column balance_until timestamptz;

-- No release had the type yet: of its own columns it may still change.
alter type account_row
    add attribute balance text,
    add attribute balance_until timestamptz;
