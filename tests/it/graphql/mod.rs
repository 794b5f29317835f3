//! The GraphQL surface: contract, sections 1, 2 and 5.

mod callers;
mod errors;
mod escalation;
mod isolation;
mod limits;
mod mutations;
mod paging;
mod permissions;
mod retries;
mod statements;
