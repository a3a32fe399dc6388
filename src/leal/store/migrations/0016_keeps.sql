-- Rare facts of members, by their names in one column: most members have none.

alter table account
    add column keeps text not null default '{}' constraint keeps_whole check (json_typeof(keeps::json) = 'object');
