-- The roles and the database of a new cluster; run once, before anybody can connect.
-- leal_admin, the superuser, exists already. A blank line ends a statement.

-- Owns the schema and migrates it; bound by row-level security where that is forced.
CREATE ROLE leal_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- What the program serves with; owns nothing.
CREATE ROLE leal_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- In the database postgres, not in leal, whose schema is the migrations' alone; it counts every database's statements.
CREATE EXTENSION pg_stat_statements;

CREATE DATABASE leal OWNER leal_owner;

REVOKE ALL ON DATABASE leal FROM PUBLIC;

GRANT CONNECT, TEMPORARY ON DATABASE leal TO leal_app;

REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;

REVOKE CONNECT ON DATABASE template1 FROM PUBLIC;
