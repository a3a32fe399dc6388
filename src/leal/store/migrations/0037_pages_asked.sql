-- The members there were before pages (0036) keep to the checks that know of them.

alter table account validate constraint lots_add_up;
alter table account validate constraint pages_wait;
