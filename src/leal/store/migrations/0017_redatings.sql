-- When versions changed the ends of a member's lots is a rare fact and stands with the others; the column is of no release.

-- squawk-ignore ban-drop-column
alter table account drop column redated;
