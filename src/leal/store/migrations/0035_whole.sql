-- What a balance with the whole programme tells of each member beside the plain one, kept with it (0032).

alter table account add column whole text;

-- No release had the type yet: of its own columns it may still change.
alter type account_row add attribute whole text;
