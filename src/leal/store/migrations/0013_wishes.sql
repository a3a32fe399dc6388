-- Under which caller's key a version was published: asked again, even at the same moment, it is that version.

alter table programme_version add column wish_key bytea constraint wish_key_whole check (length(wish_key) = 32);
