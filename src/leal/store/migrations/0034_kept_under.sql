-- Under which version of the programme record and balance were made that are kept: servers of the release before, which
-- do not know of them, settle accounts under a newer version without an entry.

alter table account add column record_version integer;

create or replace function record_holds(a account, version integer, at timestamptz) returns boolean
    language sql immutable parallel safe
    return a.record_number = a.number and a.record_version = a.settled_version and a.settled_version >= version
           and a.next_due_at > at and a.record_due_at > at and a.record is not null;
