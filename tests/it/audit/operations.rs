//! Every operation that changes something, in the words of both surfaces, with its audit event.

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World, mutation_call};

/// An operation.
pub struct Operation {
    /// Its id in the OpenAPI document: the name of the mutation, in snake case.
    pub id: &'static str,
    /// The action of its event.
    pub action: &'static str,
    /// The operation that it presupposes.
    pub after: Option<&'static str>,
    /// The kind of the target that the caller names.
    pub on: On,
    mutation: &'static str,
    /// Method, path and body.
    rest: (Method, &'static str, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Organization,
    Account,
    Credential,
    Api,
    Role,
}

/// What an operation is done to: an account with a role, its credential, and an API with a granted
/// scope and another one.
pub struct Target {
    pub account: Account,
    pub api: String,
    pub organization: String,
    other_api: String,
    role: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    GraphQl,
    Rest,
}

impl Target {
    pub async fn new(world: &World, name: &str) -> Self {
        let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
        let mut apis = Vec::new();
        for kind in ["granted", "free"] {
            let api = json!({ "identifier": format!("https://{kind}.{name}.test"), "name": name, "scopes": ["a", "b"] });
            let api = admin.post("/organizations/acme/apis", &api).await.body(201);
            apis.push(api["id"].as_str().expect("an id").to_owned());
        }
        let [api, other_api] = <[String; 2]>::try_from(apis).expect("two APIs");
        let grant = format!("/organizations/acme/service-accounts/{}/api-grants/{api}", account.id);
        let grant = admin.request(Method::PUT, &grant).json(&json!({ "scopes": ["a"] }));
        Reply::of(grant).await.body(200);
        let role = json!({ "label": name, "name": name, "permissions": ["roles:list"] });
        let role = admin.post("/organizations/acme/roles", &role).await.body(201);
        let role = role["id"].as_str().expect("an id").to_owned();
        let organization = world.first.organization.id.to_string();
        Self { account, api, other_api, role, organization }
    }

    /// The id that a caller names with an operation on this kind of target.
    pub fn id(&self, on: On) -> &str {
        match on {
            On::Organization => &self.organization,
            On::Account => &self.account.id,
            On::Credential => &self.account.credential,
            On::Api => &self.other_api,
            On::Role => &self.role,
        }
    }
}

impl Operation {
    pub async fn run(&self, surface: Surface, by: &Caller, target: &Target) -> Reply {
        match surface {
            Surface::GraphQl => {
                let variables = json!({
                    "organization": target.organization,
                    "account": target.account.id,
                    "credential": target.account.credential,
                    "api": if self.on == On::Api { &target.other_api } else { &target.api },
                    "role": target.role,
                    "name": format!("By GraphQL, {}", target.account.id),
                });
                by.graphql(&mutation_call(self.mutation), variables).await
            }
            Surface::Rest => {
                let (method, path, body) = &self.rest;
                let api = if self.on == On::Api { &target.other_api } else { &target.api };
                let path = path
                    .replace('S', &format!("/service-accounts/{}", target.account.id))
                    .replace('C', &format!("/credentials/{}", target.account.credential))
                    .replace('A', api)
                    .replace('R', &target.role);
                let path = format!("/organizations/{}{path}", target.organization);
                let request = by.request(method.clone(), &path);
                let body = body.replace("NAME", &format!("By REST, {}", target.account.id));
                let body = body.replace("ACCOUNT", &target.account.id);
                let body = body.replace("CREDENTIAL", &target.account.credential);
                let body: Value = serde_json::from_str(&body).unwrap_or_default();
                Reply::of(if body.is_null() { request } else { request.json(&body) }).await
            }
        }
    }
}

macro_rules! operations {
    ($($id:literal => $action:literal $(after $after:literal)? on $on:ident:
        $mutation:literal, $method:ident $path:literal $body:literal;)*) => {
        /// Every operation.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            id: $id,
            action: $action,
            after: operations!(@after $($after)?),
            on: On::$on,
            mutation: $mutation,
            rest: (Method::$method, $path, $body),
        },)*];
    };
    (@after) => { None };
    (@after $after:literal) => { Some($after) };
}

operations! {
    "update_organization" => "organization.update" on Organization:
        "updateOrganization(input: { id: $organization, name: $name })",
        PATCH "" r#"{"name":"NAME"}"#;
    "create_service_account" => "service_account.create" on Organization:
        r#"createServiceAccount(input: { organizationId: $organization, name: "x" })"#,
        POST "/service-accounts" r#"{"name":"x"}"#;
    "update_service_account" => "service_account.update" on Account:
        "updateServiceAccount(input: { id: $account, name: $name })",
        PATCH "S" r#"{"name":"NAME"}"#;
    "delete_service_account" => "service_account.delete" on Account:
        "deleteServiceAccount(input: { id: $account })", DELETE "S" "";
    "disable_service_account" => "service_account.disable" on Account:
        "disableServiceAccount(input: { id: $account })", POST "S/disable" "";
    "enable_service_account" => "service_account.enable" after "disable_service_account" on Account:
        "enableServiceAccount(input: { id: $account })", POST "S/enable" "";
    "revoke_service_account_tokens" => "service_account.revoke_tokens" on Account:
        "revokeServiceAccountTokens(input: { id: $account })", POST "S/revoke-tokens" "";
    "create_credential" => "credential.create" on Account:
        r#"createCredential(input: { serviceAccountId: $account, name: "x" })"#,
        POST "S/credentials" r#"{"name":"x"}"#;
    "update_credential" => "credential.update" on Credential:
        "updateCredential(input: { id: $credential, name: $name })",
        PATCH "SC" r#"{"name":"NAME"}"#;
    "delete_credential" => "credential.delete" on Credential:
        "deleteCredential(input: { id: $credential, force: true })", DELETE "SC" "";
    "disable_credential" => "credential.disable" on Credential:
        "disableCredential(input: { id: $credential })", POST "SC/disable" "";
    "enable_credential" => "credential.enable" after "disable_credential" on Credential:
        "enableCredential(input: { id: $credential })", POST "SC/enable" "";
    "revoke_credential_tokens" => "credential.revoke_tokens" on Credential:
        "revokeCredentialTokens(input: { id: $credential })", POST "SC/revoke-tokens" "";
    "start_credential_rotation" => "credential.rotate" on Credential:
        "startCredentialRotation(input: { id: $credential })", POST "SC/rotation" "";
    "finish_credential_rotation" => "credential.retire" after "start_credential_rotation" on Credential:
        "finishCredentialRotation(input: { id: $credential })", POST "SC/rotation/finish" "";
    "cancel_credential_rotation" => "credential.cancel_rotation" after "start_credential_rotation" on Credential:
        "cancelCredentialRotation(input: { id: $credential })", POST "SC/rotation/cancel" "";
    "grant_role" => "role.grant" on Account:
        r#"grantRole(input: { serviceAccountId: $account, role: "org_member" })"#,
        PUT "S/roles/org_member" "";
    "revoke_role" => "role.revoke" on Account:
        r#"revokeRole(input: { serviceAccountId: $account, role: "org_viewer" })"#,
        DELETE "S/roles/org_viewer" "";
    "disable_service_accounts" => "service_account.disable" on Organization:
        "disableServiceAccounts(input: { organizationId: $organization, ids: [$account] })",
        POST "/service-accounts/disable" r#"{"ids":["ACCOUNT"]}"#;
    "enable_service_accounts" => "service_account.enable" after "disable_service_accounts" on Organization:
        "enableServiceAccounts(input: { organizationId: $organization, ids: [$account] })",
        POST "/service-accounts/enable" r#"{"ids":["ACCOUNT"]}"#;
    "disable_credentials" => "credential.disable" on Organization:
        "disableCredentials(input: { organizationId: $organization, ids: [$credential] })",
        POST "/credentials/disable" r#"{"ids":["CREDENTIAL"]}"#;
    "enable_credentials" => "credential.enable" after "disable_credentials" on Organization:
        "enableCredentials(input: { organizationId: $organization, ids: [$credential] })",
        POST "/credentials/enable" r#"{"ids":["CREDENTIAL"]}"#;
    "create_role" => "role.create" on Organization:
        r#"createRole(input: { organizationId: $organization, label: "by-graphql", name: "x", permissions: ["roles:list"] })"#,
        POST "/roles" r#"{"label":"by-rest","name":"x","permissions":["roles:list"]}"#;
    "update_role" => "role.update" on Role:
        "updateRole(input: { id: $role, name: $name })", PATCH "/roles/R" r#"{"name":"NAME"}"#;
    "delete_role" => "role.delete" on Role:
        "deleteRole(input: { id: $role })", DELETE "/roles/R" "";
    "create_api" => "api.create" on Organization:
        r#"createApi(input: { organizationId: $organization, identifier: "https://by-graphql.test", name: "x", scopes: ["x"] })"#,
        POST "/apis" r#"{"identifier":"https://by-rest.test","name":"x","scopes":["x"]}"#;
    "update_api" => "api.update" on Api:
        "updateApi(input: { id: $api, name: $name })", PATCH "/apis/A" r#"{"name":"NAME"}"#;
    "delete_api" => "api.delete" on Api:
        "deleteApi(input: { id: $api })", DELETE "/apis/A" "";
    "grant_api_scopes" => "api_scope.grant" on Account:
        r#"grantApiScopes(input: { serviceAccountId: $account, apiId: $api, scopes: ["b"] })"#,
        PUT "S/api-grants/A" r#"{"scopes":["b"]}"#;
    "revoke_api_scopes" => "api_scope.revoke" on Account:
        "revokeApiScopes(input: { serviceAccountId: $account, apiId: $api })",
        DELETE "S/api-grants/A" "";
}
