//! Parsed documents, cached by their text: parsing is more than half of the engine's time.

mod merge;

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Name, ServerError};
use moka::sync::Cache;

use super::guard::{self, Refusal};
use super::inputs::{Inputs, Types};
use crate::config::GraphqlLimits;

/// Memory that cached documents may take, in bytes; an estimate.
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

/// A document that passed the guard.
pub struct Document {
    /// Its operations and fragments; what is selected twice in one place is merged.
    pub parsed: ExecutableDocument,
    /// Its literals and variables.
    pub inputs: Inputs,
}

/// An operation of a document, with its name if it has one.
pub type Named<'a> = (Option<&'a Name>, &'a OperationDefinition);

impl Document {
    /// The operation of that name, or the only one where there is no name.
    pub fn operation(&self, name: Option<&str>) -> Option<Named<'_>> {
        let mut operations = self.parsed.operations.iter();
        let found = match name {
            Some(name) => operations.find(|(its, _)| its.is_some_and(|its| its == name)),
            None if operations.len() == 1 => operations.next(),
            None => None,
        };
        found.map(|(name, operation)| (name, &operation.node))
    }
}

/// The documents of all requests that passed the guard.
#[derive(Clone)]
pub struct Documents {
    types: Arc<Types>,
    limits: GraphqlLimits,
    cache: Cache<Arc<str>, Arc<Document>>,
}

impl Documents {
    /// An empty cache of documents for a schema of these types.
    pub fn new(types: Arc<Types>, limits: GraphqlLimits) -> Self {
        let weigh = |text: &Arc<str>, _: &Arc<Document>| {
            u32::try_from(text.len() * EXPANSION).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().max_capacity(MAX_BYTES).weigher(weigh).build();
        Self { types, limits, cache }
    }

    /// The document of a text.
    ///
    /// # Errors
    /// The guard refuses it, or it is not GraphQL.
    pub fn get(&self, text: &str) -> Result<Arc<Document>, Unfit> {
        if let Some(document) = self.cache.get(text) {
            return Ok(document);
        }
        guard::scan(text, self.limits.tokens).map_err(Unfit::Refused)?;
        let mut parsed =
            parse_query(text).map_err(|error| Unfit::Syntax(Box::new(error.into())))?;
        merge::document(&mut parsed);
        guard::measure(&parsed, &self.limits).map_err(Unfit::Refused)?;
        let inputs = Inputs::of(&self.types, &parsed);
        inputs.relax(&mut parsed);
        let document = Arc::new(Document { parsed, inputs });
        self.cache.insert(text.into(), Arc::clone(&document));
        Ok(document)
    }
}
