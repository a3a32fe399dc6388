-- The indexes that 0039 and 0040 replace. The release before runs the same statements, and takes the new ones for them.
do $$
declare
    broken constant text := (
        select string_agg(indexrelid::regclass::text, ', ') from pg_index
        where indrelid = 'account'::regclass and not indisvalid
    );
begin
    if broken is not null then
        raise exception 'making % was broken off: run `reindex index` of it as its owner', broken;
    end if;
end $$;

-- It takes a moment.
-- squawk-ignore require-concurrent-index-deletion
drop index account_due;
-- squawk-ignore require-concurrent-index-deletion
drop index account_record_due;
