//! The REST surface: the same rules as in GraphQL, by resources. Handlers read the request, call the
//! domain and write the response; no rule and no query lives here.

mod body;
mod credentials;
mod error;
mod extract;
mod list;
mod organizations;
mod patch;
mod paths;
mod permissions;
pub mod responses;
mod retries;
mod roles;
mod service_accounts;
mod text;
mod time;

pub use error::{ErrorBody, Failure};

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// The routes, each with its description.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(organizations::list_organizations))
        .routes(routes!(organizations::get_organization, organizations::update_organization))
        .routes(routes!(roles::list_roles))
        .routes(routes!(
            service_accounts::list_service_accounts,
            service_accounts::create_service_account
        ))
        .routes(routes!(
            service_accounts::get_service_account,
            service_accounts::update_service_account,
            service_accounts::delete_service_account
        ))
        .routes(routes!(credentials::list_credentials, credentials::create_credential))
        .routes(routes!(
            credentials::get_credential,
            credentials::update_credential,
            credentials::delete_credential
        ))
}
