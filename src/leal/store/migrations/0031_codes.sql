-- When the code of a reward that had none was made, so that an instant before it shows the reward without.

alter table redemption add column coded_at timestamptz;
