//! Router of all surfaces, with the layers around them.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;

use super::error_responses::{internal_error, method_not_allowed, not_found, timed_out};
use super::layers::{self, Layers};
use super::request_timeout::Scope;
use super::{compression, health, openapi, panics, request_timeout, start_page};
use crate::app::App;
use crate::{graphql, oauth, rest};

/// All routes.
pub fn router(app: App) -> Router {
    let oauth: Router<App> = oauth::routes().into();
    let (rest, document) = rest::routes().split_for_parts();
    let (oauth, rest) = (oauth.with_state(app.clone()), rest.with_state(app.clone()));
    let changes = rest::rejections::Changes::of(document);
    let rest = rest.layer(from_fn_with_state(changes, rest::rejections::count));
    let graphql = graphql::routes(app.clone());
    let openapi = openapi::routes(&app.config.issuer);
    let start_page = start_page::routes(app.config.graphql.graphiql);
    let layers = Layers::new(&app.config.server);
    let compressed = Router::new()
        .merge(bounded(graphql, Scope::SafeMethods, graphql::timed_out, internal_error))
        .merge(bounded(rest, Scope::SafeMethods, timed_out, internal_error))
        .merge(bounded(openapi, Scope::AllMethods, timed_out, internal_error))
        .layer(from_fn(compression::apply));
    Router::new()
        .merge(bounded(oauth, Scope::AllMethods, oauth::unavailable, oauth::unavailable))
        .merge(compressed)
        .merge(bounded(start_page, Scope::AllMethods, timed_out, internal_error))
        .merge(bounded(health::routes(app), Scope::AllMethods, timed_out, internal_error))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(layers, layers::apply))
}

/// The routes with time limits, whose panics are responses.
fn bounded(
    routes: Router,
    scope: Scope,
    timed_out: fn() -> Response,
    internal_error: fn() -> Response,
) -> Router {
    panics::catch(request_timeout::apply(routes, scope, timed_out), internal_error)
}
