//! Postern: the service entrance to an organization's APIs.
//!
//! # The path of a request
//!
//! A **surface** ([`oauth`], [`graphql`], [`rest`], [`cli`]) unpacks what was sent, calls the **domain**
//! ([`domain`]), and packs the answer. The domain asks the **policy** ([`authz`]) and reads and
//! writes the **tables** (the crate `entity`). Three hops of plain functions; every one takes a
//! [`op::OpContext`]: the [`app::App`] that it runs in, the [`authz::Actor`] that it runs for, and the id
//! of the request.
//!
//! Before all that, [`server`] accepts the connection and bounds it (`server/accept.rs`,
//! `server/connection.rs`), and puts what all surfaces share around the routes: request ids, logs,
//! CORS, headers, compression.
//!
//! # Four walks
//!
//! - **`POST /oauth/token`**: `oauth/token.rs` is the numbered pipeline: the form
//!   (`oauth/form.rs`), the grant, who asks (`oauth/client_auth.rs`), whether it is so (a secret
//!   that was verified before is known again: [`domain::credentials::recall`]; any other is
//!   hashed: [`domain::credentials::authenticate`], by a pool that is fair between networks:
//!   [`secret::SecretHasher`]; an assertion is verified with the client's key
//!   and used up: [`domain::credentials::authenticate_by_assertion`]), the token ([`domain::tokens`]), and the trace
//!   ([`domain::credentials::mark_used`]): committed before the answer, and only if the credential
//!   is still live. What requests ask of the database at the same time goes into one statement
//!   ([`store::Coalescer`]). Failures leave through `oauth/error.rs` alone.
//! - **A GraphQL query**: `graphql/http.rs` reads the request, has the guard look at the document
//!   before the parser does (`graphql/guard.rs`), learns who calls ([`authn`]), checks all inputs
//!   (`graphql/inputs.rs`) and runs the schema. Types (`graphql/types`) are views over rows; what siblings need is fetched once for
//!   all (`graphql/batch.rs`, `graphql/loaders.rs`); what is denied is null with an error at its
//!   path (`graphql/gate.rs`); `graphql/errors.rs` has the last word on every error.
//! - **A mutation**: before anything runs, its variables and literals are coerced in full
//!   (`graphql/inputs.rs`). `graphql/mutation/…` calls one function of the domain. That asks the
//!   policy, checks the input, and in one transaction ([`store`]) locks the rows in their order
//!   (`domain/locks.rs`), asks the policy again, writes what differs, and writes the audit event
//!   ([`domain::audit`]).
//! - **A REST request**: its route is in `rest.rs`. The arguments of the handler unpack: who calls
//!   and the ids of the path (`rest/extract.rs`), the page (`rest/list.rs`), the body
//!   (`rest/body.rs`), what a create is named by (`rest/retries.rs`). It calls the same function of
//!   the domain as GraphQL and packs the row. What is said above the handlers is the document of
//!   [`openapi`]. A create that is sent again gets its first answer ([`domain::idempotency`]).
//!
//! # Invariants
//!
//! 1. Surfaces call the domain, never the database; only the domain writes.
//! 2. The domain knows no surface, and neither HTTP nor GraphQL.
//! 3. No query starts without a tenant (a lint insists), save by finders that say so in their
//!    name.
//! 4. Time comes from [`clock`], chance from [`random`] (lints insist).
//! 5. [`authz`] is pure, and the only one to decide: [`authz::decide`] enforces, and answers
//!    `permissions` fields. What it must know of a service account is read by
//!    [`domain::strength`].
//! 6. A secret has no `Display`, no telling `Debug` and no `Serialize`; what is kept of one, for a
//!    create that may be repeated, is sealed under the master key.
//! 7. A write and its audit event share a transaction.
//! 8. A replica keeps nothing that decides over access: whether a credential is good is asked of
//!    the database for each request, by a statement that begins after the request came. Issuing a
//!    token writes no row, save that an assertion was used.
//! 9. Which key signs is told by the rows and the clock alone, so that replicas agree without a
//!    leader; nobody who verifies tokens meets one whose key was not published long before
//!    ([`domain::signing_keys`]).
//!
//! # Where does it go?
//!
//! A rule: `domain/<noun>.rs`. A field: `entity`, a file in `migration`, and the views. A
//! permission: `authz/permission.rs`, and read the diff of the policy's table in the tests. An
//! endpoint: a file that is named for it. A setting: the table in `config/settings.rs`. What limits or
//! queues count by: `network.rs`. Log lines on their way out: `telemetry`.

pub mod app;
pub mod auth;
pub mod authz;
pub mod cli;
pub mod clock;
pub mod config;
pub mod context;
pub mod domain;
mod encryption;
pub mod error;
pub mod graphql;
pub mod http;
pub mod network;
pub mod oauth;
pub mod page;
pub mod random;
pub mod rest;
pub mod secret;
pub mod server;
pub mod signing_keys;
pub mod store;
mod telemetry;
