//! The GraphQL surface: views over what the domain answers. No rule and no query lives here.
//!
//! The engine's types stay within this module. Two things are in its context, [`OpContext`] and the
//! look-ups of the request (`loaders`).

mod batch;
mod client_cache;
mod directive;
mod documents;
mod errors;
mod gate;
mod graphiql;
mod guard;
mod http;
mod inputs;
mod loaders;
mod mutation;
mod pace;
mod plain;
mod query;
mod types;

pub use client_cache::{ClientCache, client_cache};
pub use http::{late, routes};

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, ID, Request, SDLExportOptions};

use tokio::time::Instant;

use crate::context::OpContext;
use crate::error::{Error, Result};
use loaders::Loaders;
use mutation::Mutation;
use pace::Pace;
use query::Query;

/// Everything that can be asked and changed.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// The schema; it needs no database.
#[must_use]
pub fn schema() -> Schema {
    Schema::build(Query, Mutation::default(), EmptySubscription)
        // Our guard has bounded the document before the engine sees it.
        .limit_recursive_depth(64)
        .register_output_type::<types::ErrorCode>()
        .register_output_type::<types::ConflictReason>()
        .disable_suggestions()
        .finish()
}

/// The schema in its own language: what `schema.graphql` holds.
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

/// Puts the operation into the context of its request.
fn attach(request: Request, op: OpContext, limit: Duration, pace: &Arc<Pace>) -> Request {
    let detail = types::detail_of_credentials(&request.query);
    let deadline = Deadline(Instant::now() + limit);
    let request = request.data(Loaders::new(op.clone(), detail, pace)).data(op);
    request.data(deadline).data(Arc::clone(pace))
}

/// The instant at which the time of a request is up.
struct Deadline(Instant);

impl Deadline {
    fn has_passed(&self) -> bool {
        Instant::now() >= self.0
    }
}

/// The operation in progress.
fn op<'ctx>(ctx: &Context<'ctx>) -> &'ctx OpContext {
    ctx.data_unchecked::<OpContext>()
}

/// The look-ups of this request.
fn loaders<'ctx>(ctx: &Context<'ctx>) -> &'ctx Loaders {
    ctx.data_unchecked::<Loaders>()
}

/// An id that was given; what is no id of its kind is an id of nothing.
fn parse_id<I: entity::Id>(id: &ID, noun: &'static str) -> Result<I> {
    id.parse().map_err(|_| Error::NotFound(noun))
}
