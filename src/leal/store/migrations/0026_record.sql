-- The datasource's record of each member, kept beside the account.

alter table account
    add column record text,
    add column record_number bigint;

-- Servers of the release before do not know of the record: what they store has another number.
create function record_holds(a account, version integer, at timestamptz) returns boolean
    language sql immutable parallel safe
    return a.record_number = a.number and a.settled_version >= version and a.next_due_at > at and a.record_due_at > at
           and a.record is not null;
