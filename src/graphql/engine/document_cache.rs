//! Parsed documents, cached by their text: parsing is more than half of the engine's time.

mod merge;

use std::sync::Arc;

use async_graphql::Name;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use moka::sync::Cache;

use super::coercion::DocumentInputs;
use super::limits::{self, DocumentError};
use super::schema_types::SchemaTypes;
use crate::config::GraphqlLimits;

/// Estimated memory of all cached documents, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Estimated size of a parsed document, in multiples of its text.
const EXPANSION: usize = 16;

/// A parsed document within the limits.
pub struct Document {
    /// Its operations and fragments; equal selections in one place are merged.
    pub parsed: ExecutableDocument,
    /// Its literals and variables.
    pub inputs: DocumentInputs,
}

/// An operation of a document, with its name if it has one.
pub type NamedOperation<'a> = (Option<&'a Name>, &'a OperationDefinition);

impl Document {
    /// The operation with the given name; without a name, the only operation.
    pub fn operation(&self, name: Option<&str>) -> Option<NamedOperation<'_>> {
        let mut operations = self.parsed.operations.iter();
        let found = match name {
            Some(name) => operations.find(|(its, _)| its.is_some_and(|its| its == name)),
            None if operations.len() == 1 => operations.next(),
            None => None,
        };
        found.map(|(name, operation)| (name, &operation.node))
    }
}

/// A cache of documents, shared by all requests.
#[derive(Clone)]
pub struct DocumentCache {
    types: Arc<SchemaTypes>,
    limits: GraphqlLimits,
    cache: Cache<Arc<str>, Arc<Document>>,
}

impl DocumentCache {
    /// An empty cache of documents for a schema of these types.
    pub fn new(types: Arc<SchemaTypes>, limits: GraphqlLimits) -> Self {
        let weigh = |text: &Arc<str>, _: &Arc<Document>| {
            u32::try_from(text.len() * EXPANSION).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().max_capacity(MAX_BYTES).weigher(weigh).build();
        Self { types, limits, cache }
    }

    /// The document with this text.
    ///
    /// # Errors
    /// The document exceeds a limit or is invalid.
    pub fn get(&self, text: &str) -> Result<Arc<Document>, DocumentError> {
        if let Some(document) = self.cache.get(text) {
            return Ok(document);
        }
        limits::scan(text, self.limits.tokens)?;
        let mut parsed =
            parse_query(text).map_err(|error| DocumentError::Syntax(Box::new(error.into())))?;
        merge::document(&mut parsed);
        limits::measure(&parsed, &self.limits)?;
        let inputs = DocumentInputs::of(&self.types, &parsed);
        inputs.relax(&mut parsed);
        let document = Arc::new(Document { parsed, inputs });
        self.cache.insert(text.into(), Arc::clone(&document));
        Ok(document)
    }
}
