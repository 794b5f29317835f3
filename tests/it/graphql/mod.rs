//! The GraphQL surface: contract, sections 1, 2 and 5.

mod apis;
mod audit;
mod bounds;
mod callers;
mod coercion;
mod disabling;
mod errors;
mod escalation;
mod identifiers;
mod inputs;
mod invalid_inputs;
mod life_of_credentials;
mod limits;
mod mutations;
mod paging;
mod parents;
mod payloads;
mod permissions;
mod persisted_queries;
mod public_keys;
mod readme;
mod retries;
mod rotation;
mod selections;
mod statements;
mod token_revocation;
