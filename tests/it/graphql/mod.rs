//! The GraphQL surface: contract, sections 1, 2 and 5.

mod apis;
mod audit;
mod bounds;
mod callers;
mod coercion;
mod disabling;
mod errors;
mod escalation;
mod forged_cursors;
mod identifiers;
mod invalid_inputs;
mod life_of_credentials;
mod limits;
mod mutations;
mod paging;
mod parents;
mod permissions;
mod persisted_queries;
mod public_keys;
mod retries;
mod rotation;
mod selections;
mod statements;
mod token_revocation;
