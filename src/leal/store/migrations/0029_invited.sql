-- An address that somebody invited may be invited again, by others too, once that invitation has ended (S9.5).

-- There are few invitations yet.
-- squawk-ignore require-concurrent-index-creation
create index referral_destination on referral (shop, destination) where destination is not null;
