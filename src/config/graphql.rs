//! Settings of the GraphQL endpoint.

use std::time::Duration;

use super::ConfigError;
use super::parser::{boolean, seconds, within};
use super::reader::Reader;

/// The GraphQL endpoint.
#[derive(Clone, Debug)]
pub struct GraphqlConfig {
    /// Whether anonymous callers may read the schema from the server.
    pub introspection: bool,
    /// Whether GraphiQL is served at `/graphiql`.
    pub graphiql: bool,
    /// Limits of requests.
    pub limits: GraphqlLimits,
    /// Limits of WebSocket connections and event streams.
    pub streams: StreamLimits,
}

impl GraphqlConfig {
    pub(super) fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            introspection: settings.read(
                "introspection",
                "false",
                boolean(),
                "Introspection for anonymous callers",
            )?,
            graphiql: settings.read(
                "graphiql",
                "false",
                boolean(),
                "GraphiQL, a page to explore the API, at /graphiql",
            )?,
            limits: GraphqlLimits::read(settings)?,
            streams: StreamLimits::read(settings)?,
        })
    }
}

/// Limits of WebSocket connections and event streams, which stay open.
#[derive(Clone, Debug)]
pub struct StreamLimits {
    /// Number of them in total.
    pub total: usize,
    /// Number of them from one client address.
    pub per_address: usize,
    /// Number of operations of one service account, over all of its connections.
    pub operations_per_account: usize,
}

impl StreamLimits {
    fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            total: settings.read(
                "graphql_max_streams",
                "2000",
                within(1..=1_000_000),
                "Maximum number of open WebSocket connections and event streams of subscriptions \
                 (at most half of them from one address)",
            )?,
            per_address: settings.read(
                "graphql_max_streams_per_address",
                "100",
                within(1..=1_000_000),
                "Maximum number of open WebSocket connections and event streams from one IPv4 \
                 address or IPv6 /64",
            )?,
            operations_per_account: settings.read(
                "graphql_max_operations_per_account",
                "100",
                within(1..=1_000_000),
                "Maximum number of concurrent operations of one service account over its WebSocket \
                 connections and event streams",
            )?,
        })
    }
}

/// Limits of a GraphQL request.
#[derive(Clone, Debug)]
pub struct GraphqlLimits {
    /// Size of a request body, in bytes.
    pub body_bytes: usize,
    /// Tokens of a document.
    pub tokens: usize,
    /// Depth of nested fields; introspection has a limit of its own.
    pub depth: usize,
    /// Aliases, fragments expanded.
    pub aliases: usize,
    /// Root fields of an operation, fragments expanded.
    pub root_fields: usize,
    /// Directives of a document.
    pub directives: usize,
    /// Fields, fragments expanded.
    pub selections: usize,
    /// Objects of a response, with lists of full length.
    pub cost: usize,
    /// Fields of a response, with lists of full length.
    pub resolutions: usize,
    /// Duration of an operation.
    pub duration: Duration,
    /// Size of a query response, in bytes.
    pub response_bytes: usize,
}

impl GraphqlLimits {
    /// The ranges are what the parser and the engine can handle.
    fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            body_bytes: settings.read(
                "graphql_max_body_bytes",
                "65536",
                within(1_024..=16_777_216),
                "Maximum size of a request body, in bytes",
            )?,
            tokens: settings.read(
                "graphql_max_tokens",
                "2000",
                within(100..=100_000),
                "Maximum number of tokens in a document",
            )?,
            depth: settings.read(
                "graphql_max_depth",
                "12",
                within(1..=30),
                "Maximum depth of nested fields (introspection has a fixed limit of its own)",
            )?,
            aliases: settings.read(
                "graphql_max_aliases",
                "30",
                within(0..=10_000),
                "Maximum number of aliases in an operation, fragments expanded",
            )?,
            root_fields: settings.read(
                "graphql_max_root_fields",
                "20",
                within(1..=1_000),
                "Maximum number of root fields in an operation, fragments expanded",
            )?,
            directives: settings.read(
                "graphql_max_directives",
                "50",
                within(0..=10_000),
                "Maximum number of directives in a document",
            )?,
            selections: settings.read(
                "graphql_max_selections",
                "2000",
                within(1..=100_000),
                "Maximum number of fields in a document, fragments expanded",
            )?,
            cost: settings.read(
                "graphql_max_cost",
                "5000",
                within(1..=10_000_000),
                "Maximum number of objects in a response, with lists of full length",
            )?,
            resolutions: settings.read(
                "graphql_max_resolutions",
                "50000",
                within(1..=10_000_000),
                "Maximum number of fields in a response, with lists of full length",
            )?,
            duration: settings.read(
                "graphql_max_seconds",
                "15",
                seconds(1..=25),
                "Maximum duration of an operation, in seconds",
            )?,
            response_bytes: settings.read(
                "graphql_max_response_bytes",
                "8388608",
                within(1_024..=1_073_741_824),
                "Maximum size of a query response, in bytes (mutation payloads are always returned)",
            )?,
        })
    }
}
