//! The GraphQL surface: contract, sections 1, 2 and 5.

mod apis;
mod callers;
mod disabling;
mod errors;
mod escalation;
mod identifiers;
mod life_of_credentials;
mod limits;
mod mutations;
mod paging;
mod parents;
mod permissions;
mod public_keys;
mod retries;
mod rotation;
mod selections;
mod statements;
