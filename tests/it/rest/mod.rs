//! The REST surface, a file for each operation.

mod api_grants;
mod apis;
mod bulk;
mod cancel_credential_rotation;
mod create_credential;
mod create_service_account;
mod delete_credential;
mod delete_service_account;
mod disable_credential;
mod disable_service_account;
mod enable_service_account;
mod errors;
mod finish_credential_rotation;
mod forged_cursors;
mod get_credential;
mod get_credential_rotation;
mod get_limits;
mod get_organization;
mod get_service_account;
mod get_viewer;
mod idempotency;
mod idempotent_replays;
mod list_api_holders;
mod list_audit_events;
mod list_credentials;
mod list_organization_credentials;
mod list_organizations;
mod list_roles;
mod list_service_accounts;
mod query_parameters;
mod request_bodies;
mod revoke_tokens;
mod service_account_roles;
mod start_credential_rotation;
mod update_credential;
mod update_organization;
mod update_service_account;

use serde_json::Value;

use crate::support::{Account, Reply};

/// Where the service accounts of the first organization are.
const ACCOUNTS: &str = "/organizations/acme/service-accounts";

/// What no name may be, as JSON.
const WRONG_NAMES: [&str; 10] = [
    "null",
    r#""""#,
    r#"" \t ""#,
    r#""a\u0000b""#,
    r#""a\nb""#,
    r#""a\u0085b""#,
    r#""a\ud800b""#,
    "42",
    r#"["a"]"#,
    concat!(r#"""#, "0123456789abcdefghijklmnopqrstuvwxyz", r#"\uDC00""#),
];

/// Where a service account is.
fn path(account: &Account) -> String {
    format!("{ACCOUNTS}/{}", account.id)
}

/// Where the credentials of a service account are.
fn credentials(account: &Account) -> String {
    format!("{}/credentials", path(account))
}

/// Where the credential of an account is.
fn credential(account: &Account) -> String {
    format!("{}/{}", credentials(account), account.credential)
}

/// The names of the members of an object, in order.
fn members(body: &Value) -> Vec<&str> {
    body.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// The ids of what is on a page.
fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

/// The inputs that an error of several names, in order.
#[track_caller]
fn named(reply: &Reply) -> Vec<String> {
    reply.is_error(400, "BAD_USER_INPUT");
    let body = reply.json();
    let fields = body["fields"].as_array().expect("several inputs").iter();
    fields.map(|it| it["field"].as_str().expect("a path").to_owned()).collect()
}
