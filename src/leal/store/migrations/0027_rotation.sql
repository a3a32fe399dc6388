-- Secrets of destinations that are being changed: the former one signs beside the new one for a while.

alter table feed_destination
    add column former_secret bytea,
    add column former_until timestamptz;
