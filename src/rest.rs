//! The REST surface. Handlers read the request, call the domain and write the response; rules and queries
//! are in the domain, which GraphQL shares.

mod apis;
mod audit_event_types;
mod audit_events;
mod audit_events_selection;
mod audit_head;
mod body;
mod bulk;
mod credentials;
mod error;
mod idempotency;
mod limits;
mod list;
mod op_context;
mod organizations;
mod patch;
mod paths;
mod permissions;
mod query_string;
pub mod rejections;
pub mod responses;
mod roles;
mod schemas;
mod service_accounts;
mod timestamp;
mod viewer;

pub use audit_events::AuditLogLine;
pub use audit_events::line as audit_event_line;
pub use error::{ErrorBody, Failure};

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// The routes with their OpenAPI descriptions.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(viewer::get_viewer))
        .routes(routes!(organizations::list_organizations))
        .routes(routes!(organizations::get_organization, organizations::update_organization))
        .routes(routes!(limits::get_limits))
        .routes(routes!(audit_events::list_audit_events))
        .routes(routes!(roles::list_permissions))
        .routes(routes!(roles::show_own_effective_permissions))
        .routes(routes!(roles::list_roles, roles::create_role))
        .routes(routes!(roles::get_role, roles::update_role, roles::delete_role))
        .routes(routes!(audit_head::show_audit_head))
        .routes(routes!(audit_event_types::list_audit_event_types))
        .routes(routes!(apis::list_apis, apis::create_api))
        .routes(routes!(apis::holders::list_api_holders))
        .routes(routes!(apis::get_api, apis::update_api, apis::delete_api))
        .routes(routes!(
            service_accounts::list_service_accounts,
            service_accounts::create_service_account
        ))
        .routes(routes!(
            service_accounts::get_service_account,
            service_accounts::update_service_account,
            service_accounts::delete_service_account
        ))
        .routes(routes!(service_accounts::counts::count_service_accounts))
        .routes(routes!(service_accounts::bulk::disable_service_accounts))
        .routes(routes!(service_accounts::bulk::enable_service_accounts))
        .routes(routes!(service_accounts::state::disable_service_account))
        .routes(routes!(service_accounts::state::enable_service_account))
        .routes(routes!(service_accounts::state::revoke_service_account_tokens))
        .routes(routes!(service_accounts::roles::list_service_account_roles))
        .routes(routes!(service_accounts::roles::list_role_bindings))
        .routes(routes!(service_accounts::roles::grant_role, service_accounts::roles::revoke_role))
        .routes(routes!(roles::may_grant_role))
        .routes(routes!(roles::show_effective_permissions))
        .routes(routes!(roles::show_credential_effective_permissions))
        .routes(routes!(apis::grants::list_api_grants))
        .routes(routes!(apis::grants::grant_api_scopes, apis::grants::revoke_api_scopes))
        .routes(routes!(credentials::list_all::list_organization_credentials))
        .routes(routes!(credentials::list_credentials, credentials::create_credential))
        .routes(routes!(
            credentials::get_credential,
            credentials::update_credential,
            credentials::delete_credential
        ))
        .routes(routes!(credentials::usage::get_credential_usage))
        .routes(routes!(credentials::counts::count_credentials))
        .routes(routes!(credentials::bulk::disable_credentials))
        .routes(routes!(credentials::bulk::enable_credentials))
        .routes(routes!(credentials::state::disable_credential))
        .routes(routes!(credentials::state::enable_credential))
        .routes(routes!(credentials::state::revoke_credential_tokens))
        .routes(routes!(
            credentials::rotation::start_credential_rotation,
            credentials::rotation::get_credential_rotation
        ))
        .routes(routes!(credentials::rotation::finish_credential_rotation))
        .routes(routes!(credentials::rotation::cancel_credential_rotation))
}
