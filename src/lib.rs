//! Postern: an OAuth 2.0 token server for machine clients, with a GraphQL and REST API to manage
//! their service accounts, credentials and permissions.
//!
//! # Layers
//!
//! A module imports only from the layers below it (`.ci/import-circles` finds circles):
//!
//! | Layer | Modules |
//! |---|---|
//! | Commands | [`cli`]: a file per command |
//! | Server | [`server`]: accept loop, connection limits, middleware, OpenAPI document, health, maintenance |
//! | Surfaces | [`oauth`], [`graphql`], [`rest`]: read the request, call one function, write the response |
//! | HTTP | [`http`]: what the surfaces share, such as bodies, request ids, bearer tokens, client addresses |
//! | Domain | [`domain`]: what people and programs manage; every rule on it and every write to it, a file or folder per noun |
//! | Operation | [`context`]: [`context::OpContext`], the actor and the request of one operation |
//! | Application | [`app`]: [`app::App`], the services of the process, put together |
//! | Services | [`auth`]: client and token authentication; [`signing_keys`]; [`rejections`]: rejected attempts; [`subscriptions`]; they know neither `App` nor `OpContext` |
//! | Foundation | [`authz`] (the policy), [`store`] (the database), [`config`], [`secret`], `encryption`, [`page`], [`network`], `telemetry`, [`error`], [`clock`], [`random`] |
//!
//! The tables are in the crate `entity`, changes of the schema in the crate `migration`.
//!
//! # Path of a request
//!
//! - **`POST /oauth/token`** (`oauth/token.rs`): reads the form and its grant (`oauth/grants/`),
//!   authenticates the client (`oauth/client_authentication.rs`, which calls [`auth::Auth`]), issues
//!   the token (`auth/access_token.rs`), and records the usage (`auth/usage.rs`) before the response.
//!   Verified secrets are cached as keyed digests (`auth/secret_cache.rs`); other secrets are hashed
//!   by threads that are fair between networks (`secret/hasher.rs`); assertions are verified and used
//!   once (`auth/private_key_jwt.rs`, `auth/replay.rs`). Concurrent requests share statements
//!   ([`store::Coalescer`]). Failures leave through `oauth/error.rs` alone, and count for the rate
//!   limit (`auth/rate_limit.rs`).
//! - **A GraphQL query** (`graphql/http.rs`): authenticates the bearer token (`http/bearer.rs`),
//!   limits the document before it is parsed (`graphql/engine/limits.rs`), coerces all variables and literals in full, and executes
//!   the schema. Types (`graphql/types/`) are views over rows; rows are loaded in batches
//!   (`graphql/loaders.rs`); a denied field is null with an error at its path; `graphql/engine/errors.rs`
//!   decides the code of every error. What works around the engine is in `graphql/engine/`.
//! - **A GraphQL subscription** (`graphql/http/streams/`): WebSocket and event streams execute it by
//!   `operation.rs`. Its source (`graphql/subscription/`) waits for [`app::AuditLog`] or
//!   [`subscriptions`] and reads from the domain; each event is executed like a query, for a caller
//!   who was authenticated again.
//! - **A GraphQL mutation** (`graphql/mutation/`): calls one function of the domain. That asks the
//!   policy, validates the input, and in one transaction locks the rows in their order
//!   (`domain/locks.rs`), asks the policy again, writes the changes, and writes the audit event
//!   ([`domain::audit`]).
//! - **A REST request** (`rest.rs` has every route): extractors read the actor, the ids of the path,
//!   the page and the body. The handler calls the same function of the domain as GraphQL. The
//!   comment above a handler is its description in the OpenAPI document. A repeated create returns
//!   its first result ([`domain::idempotency`]).
//!
//! # Invariants
//!
//! 1. Surfaces call [`domain`] and [`auth`] and write no query; only these two and [`signing_keys`]
//!    write to the database.
//! 2. Neither knows a surface, HTTP or GraphQL.
//! 3. No query of a tenant's rows starts without the tenant (a lint), except finders that say
//!    `any_tenant` and the statements of `auth/usage.rs` and `auth/replay.rs`.
//! 4. Time comes from [`clock`], randomness from [`random`] (lints).
//! 5. [`authz`] is pure and the only one to decide: [`authz::decide`] enforces, and computes the
//!    `permissions` fields. What it must know of other rows is read by [`domain::access`].
//! 6. Reads for many check the permission for each item themselves.
//! 7. A secret has no `Display`, no revealing `Debug` and no `Serialize`; a secret that must be read
//!    again is encrypted under the master key.
//! 8. A write and its audit event share a transaction.
//! 9. A replica stores nothing that decides on access: whether a credential is active
//!    ([`auth::status`], the only definition) is read from the database for each request, by a
//!    statement that begins after the request. Issuing a token inserts no row, except for a used
//!    assertion, and the first of a day and of a client address on that day (`auth/usage/days.rs`).
//! 10. Which key signs follows from the rows and the clock, so that replicas agree without a leader,
//!     and no verifier meets a token whose key was not published long before ([`signing_keys`]).
//!
//! # Where does a change go?
//!
//! | Change | Place |
//! |---|---|
//! | A rule | `domain/<noun>` |
//! | A way to authenticate a client | `auth/<method>.rs`, and `oauth/client_authentication.rs` |
//! | When a credential is active | `auth/status.rs` |
//! | What is recorded per token | `auth/usage.rs`; by day, `auth/usage/days.rs` |
//! | The limit of failed logins | `auth/rate_limit.rs`; the default is in `config/secrets.rs` |
//! | A grant | `oauth/grants/<grant>.rs`, listed in `oauth/grants.rs`; its parameters in `oauth/form.rs`; `oauth/metadata.rs` |
//! | A column that is shown | `entity/src/<table>.rs`, a file in `migration`, `graphql/types/<type>.rs`, the views of `rest/<noun>` |
//! | A permission | `authz/permission.rs`, the roles in `authz/role.rs`, `graphql/types/permissions.rs`; read the diff of the policy table in the tests |
//! | A mutation | `graphql/mutation/<noun>.rs`, and its event in `domain/audit/operations.rs` |
//! | A list field of GraphQL | `graphql/types/<type>.rs`, and its size in `graphql/engine/limits/list_sizes.rs` |
//! | A REST operation | `rest/<noun>.rs` |
//! | A setting | one entry in `config/<group>.rs`, and its consumer |
//! | The JWKS endpoint and its cache | `oauth/jwks.rs` (the header), `signing_keys/keyring.rs` (in memory), `config/key_times.rs` (its maximum age) |
//! | A command | `cli/<command>.rs` |

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
pub mod rejections;
pub mod rest;
pub mod secret;
pub mod server;
pub mod signing_keys;
pub mod store;
pub mod subscriptions;
mod telemetry;
