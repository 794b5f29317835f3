//! Parsed documents, kept by their text: parsing is more than half of the engine's time.

use std::sync::Arc;

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use moka::sync::Cache;

use super::guard::{self, Refusal};

/// How many bytes of memory are kept, as near as can be told.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// How much larger a parsed document is than its text.
const EXPANSION: usize = 16;

/// Why there is no document.
pub enum Unfit {
    /// The guard refused it.
    Refused(Refusal),
    /// It is not GraphQL.
    Syntax(Box<ServerError>),
}

/// The documents of all requests. Those that passed the guard, whose verdict is kept with them.
#[derive(Clone)]
pub struct Documents(Cache<Arc<str>, Arc<ExecutableDocument>>);

impl Documents {
    /// None yet.
    pub fn new() -> Self {
        let weigh = |text: &Arc<str>, _: &Arc<ExecutableDocument>| {
            u32::try_from(text.len() * EXPANSION).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(MAX_BYTES).weigher(weigh).build())
    }

    /// The document of a text.
    pub fn get(&self, text: &str) -> Result<Arc<ExecutableDocument>, Unfit> {
        if let Some(document) = self.0.get(text) {
            return Ok(document);
        }
        guard::scan(text).map_err(Unfit::Refused)?;
        let document = parse_query(text).map_err(|error| Unfit::Syntax(Box::new(error.into())))?;
        let document = Arc::new(document);
        self.0.insert(text.into(), Arc::clone(&document));
        Ok(document)
    }
}
