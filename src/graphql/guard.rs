//! The guard: what a document may cost, decided before the engine sees it.
//!
//! The engine's parser recurses with the brackets of a document and its checks walk every spread
//! of every fragment: a few KB can overflow its stack or keep it busy for minutes. So one pass
//! over the characters comes before the parser ([`scan`]), and one over the parsed document, with
//! a memory for fragments, before everything else ([`walk`]).

mod introspection;
mod scan;
mod walk;

pub use scan::scan;
pub use walk::{Operation, Roots, walk};

use crate::domain::apis;

/// A document that goes too far.
#[derive(Debug)]
pub struct Refusal {
    /// The code of the error.
    pub code: &'static str,
    /// Which limit, and its value.
    pub message: String,
}

impl Refusal {
    fn complex(message: String) -> Self {
        Self { code: "QUERY_TOO_COMPLEX", message }
    }

    fn deep(message: String) -> Self {
        Self { code: "QUERY_TOO_DEEP", message }
    }

    fn wrong(message: impl Into<String>) -> Self {
        Self { code: "BAD_USER_INPUT", message: message.into() }
    }
}

/// Tokens of a document.
const TOKENS: usize = 2_000;
/// Characters of a name or a number: so nothing long is ever echoed.
const NAME: usize = 100;
/// Brackets within each other.
const BRACKETS: usize = 32;
/// Brackets within each other inside of arguments.
const VALUE_BRACKETS: usize = 16;
/// Fields within each other.
const DEPTH: usize = 12;
/// The same, for what asks about the schema.
const INTROSPECTION_DEPTH: usize = 20;
/// Lists of the schema within each other.
const INTROSPECTION_LISTS: usize = 3;
/// Fields, with fragments written out.
const SELECTIONS: usize = 2_000;
/// Aliases, with fragments written out.
const ALIASES: usize = 30;
/// Fields of the root.
const ROOT_FIELDS: usize = 20;
/// Directives in all of the document.
const DIRECTIVES: usize = 50;
/// Objects of the answer, with lists as long as they may be.
const COST: usize = 5_000;
/// How many credentials an account is taken to have: it has few, by rule.
const CREDENTIALS: usize = 20;
/// How many APIs an organization may register.
const APIS: usize = apis::MOST as usize;
/// At how many of them an account may be granted something.
const API_GRANTS: usize = apis::MOST_GRANTS as usize;

/// Refuses what is over a limit.
fn within(what: &str, is: usize, limit: usize) -> Result<(), Refusal> {
    if is > limit {
        return Err(Refusal::complex(format!("the document has more than {limit} {what}")));
    }
    Ok(())
}
