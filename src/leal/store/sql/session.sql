-- name: set_shop
-- Shows this session the rows of one shop from here on; '' shows none. Also serves as the proof that it is alive.
select set_config('leal.shop', $1, false);

-- name: take_time
-- Lets the rest of this transaction be idle for an hour between its statements: who reports reckons there.
select set_config('idle_in_transaction_session_timeout', '1h', true);

-- name: who_am_i
-- The role that acts, whether row-level security binds it, and whether this server takes writes.
select current_user::text as role, rolsuper or rolbypassrls as unbound, pg_is_in_recovery() as replica
from pg_roles where rolname = current_user;

-- name: try_to_lead
-- Takes the lock of a task for this session, if no other session has it.
select pg_try_advisory_lock($1);

-- name: still_there
-- The proof that the session, and the lock that it holds, is alive.
select true;
