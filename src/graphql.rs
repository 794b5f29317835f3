//! The GraphQL surface: views of the domain, without rules or database queries of its own.
//!
//! No other module knows the engine (async-graphql); what it lacks is in `engine`. Its context has the
//! [`OpContext`] and the loaders of the request.

mod client_cache;
mod directive;
mod engine;
mod graphiql;
mod http;
mod loaders;
mod mutation;
mod query;
mod subscription;
mod types;

pub use client_cache::{ClientCache, client_cache};
pub use http::{routes, timed_out};

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ID, Request, SDLExportOptions};
use tokio::time::Instant;

use crate::context::OpContext;
use crate::domain::credentials::Detail;
use crate::error::{Error, Result};
use engine::MutationErrors;
use engine::pacing::Pace;
use loaders::Loaders;
use mutation::Mutation;
use query::Query;
use subscription::Subscription;

/// The schema with its queries, mutations and subscriptions.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema; it needs no database.
#[must_use]
pub fn schema() -> Schema {
    Schema::build(Query, Mutation::default(), Subscription)
        // `engine::limits` bounds the document before the engine sees it.
        .limit_recursive_depth(64)
        .register_output_type::<types::ErrorCode>()
        .register_output_type::<types::ConflictReason>()
        .data(MutationErrors(mutation::count_rejection))
        .disable_suggestions()
        .finish()
}

/// The schema in the schema definition language, as in `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .use_space_ident();
    schema().sdl_with_options(options)
}

/// Adds the context of an operation to its request.
fn attach(
    request: Request,
    op: OpContext,
    detail: Detail,
    limit: Duration,
    pace: &Arc<Pace>,
) -> Request {
    let deadline = Deadline(Instant::now() + limit);
    let request = request.data(Loaders::new(op.clone(), detail, pace)).data(op);
    request.data(deadline).data(Arc::clone(pace))
}

/// The time at which the time limit of an operation passes.
struct Deadline(Instant);

impl Deadline {
    fn has_passed(&self) -> bool {
        Instant::now() >= self.0
    }
}

/// The context of the operation.
fn op<'ctx>(ctx: &Context<'ctx>) -> &'ctx OpContext {
    ctx.data_unchecked::<OpContext>()
}

/// The loaders of the request.
fn loaders<'ctx>(ctx: &Context<'ctx>) -> &'ctx Loaders {
    ctx.data_unchecked::<Loaders>()
}

/// Parses an ID. A malformed ID is that of an object that does not exist.
fn parse_id<I: entity::Id>(id: &ID, noun: &'static str) -> Result<I> {
    id.parse().map_err(|_| Error::NotFound(noun))
}
