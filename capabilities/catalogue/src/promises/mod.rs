//! What the catalogue owes its callers, kept on SQLite (in memory and in a file) and, when
//! `DATABASE_URL` names a server, on PostgreSQL: every promise is one function, run for each.

mod house;

mod assets;
mod at_origin;
mod audit;
mod batches;
mod cards;
mod claims;
mod composites;
mod custom_headers;
mod customers;
mod events;
mod found_assets;
mod found_groups;
mod idempotency;
mod ingestion;
mod intake;
mod lists;
mod migrations;
mod moves;
mod named_queries;
mod origins;
mod plans;
mod policies;
mod portal_users;
mod projections;
mod queue;
mod races;
mod turns;
mod spaces;
mod storage;
mod tilings;
mod uploads;
mod webhooks;
