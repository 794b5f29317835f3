//! The operations on a service account and its credential, by the permission that they ask for.

use reqwest::Method;
use serde_json::{Value, json};

use super::Bounds;
use crate::support::{Account, Caller, Reply, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    GraphQl,
    Rest,
}

/// An operation, in both surfaces' words.
pub struct Operation {
    pub name: &'static str,
    pub permission: &'static str,
    /// Whether it is done to the credential of the target.
    pub on_credential: bool,
    /// Whether a rule of its own may refuse it although others of the same permission are allowed.
    pub may_be_refused: bool,
    mutation: &'static str,
    /// Method, path below the account (`C` is the credential) and body; none: only in GraphQL.
    rest: Option<(&'static str, &'static str, &'static str)>,
}

const fn operation(
    name: &'static str,
    permission: &'static str,
    mutation: &'static str,
    rest: Option<(&'static str, &'static str, &'static str)>,
) -> Operation {
    Operation { name, permission, on_credential: false, may_be_refused: false, mutation, rest }
}

impl Operation {
    const fn on_credential(self) -> Self {
        Self { on_credential: true, ..self }
    }

    const fn may_be_refused(self) -> Self {
        Self { may_be_refused: true, ..self }
    }

    /// The code of the answer, `OK` for a success; none where the surface does not have it.
    pub async fn run(
        &self,
        surface: Surface,
        caller: &Caller,
        target: &Account,
        world: &World,
    ) -> Option<String> {
        if surface == Surface::Rest {
            let (method, path, body) = self.rest?;
            let path = path.replace('C', &target.credential);
            let path = format!("/organizations/acme/service-accounts/{}{path}", target.id);
            let request = caller.request(method.parse::<Method>().expect("a method"), &path);
            let body: Value = serde_json::from_str(body).unwrap_or(Value::Null);
            let request = if body.is_null() { request } else { request.json(&body) };
            let reply = Reply::of(request).await;
            let refused = reply.status >= 400;
            return Some(if refused { text(&reply.json()["code"]) } else { "OK".to_owned() });
        }
        let mut bounded = Bounds::Both.input(world);
        bounded["serviceAccountId"] = json!(target.id);
        bounded["name"] = json!("Tried");
        let variables = json!({ "s": target.id, "c": target.credential, "bounded": bounded });
        let reply = caller.graphql(self.mutation, variables).await;
        let errors = reply.json()["errors"].clone();
        Some(if errors.is_null() {
            "OK".to_owned()
        } else {
            text(&errors[0]["extensions"]["code"])
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// In an order in which each still finds what it is done to, for a caller who may do all.
pub const OPERATIONS: &[Operation] = &[
    operation(
        "read the account",
        "service_accounts:read",
        "query($s: ID!) { viewer { organization { serviceAccount(id: $s) { id } } } }",
        Some(("GET", "", "")),
    ),
    operation(
        "list its credentials",
        "service_account_credentials:list",
        "query($s: ID!) { viewer { organization { serviceAccount(id: $s) { credentials { totalCount } } } } }",
        Some(("GET", "/credentials", "")),
    )
    .may_be_refused(),
    operation(
        "read the credential",
        "service_account_credentials:read",
        "query($s: ID!, $c: ID!) { viewer { organization { serviceAccount(id: $s) { credential(id: $c) { id } } } } }",
        Some(("GET", "/credentials/C", "")),
    )
    .on_credential()
    .may_be_refused(),
    operation(
        "rename the account",
        "service_accounts:update",
        "mutation($s: ID!) { updateServiceAccount(input: { id: $s, name: \"Renamed\" }) { clientMutationId } }",
        Some(("PATCH", "", r#"{"name":"Renamed"}"#)),
    ),
    operation(
        "change nothing of the account",
        "service_accounts:update",
        "mutation($s: ID!) { updateServiceAccount(input: { id: $s }) { clientMutationId } }",
        Some(("PATCH", "", "{}")),
    ),
    operation(
        "create a credential with bounds",
        "service_account_credentials:create",
        "mutation($bounded: CreateCredentialInput!) { createCredential(input: $bounded) { clientMutationId } }",
        None,
    ),
    operation(
        "create a credential without bounds",
        "service_account_credentials:create",
        "mutation($s: ID!) { createCredential(input: { serviceAccountId: $s, name: \"Tried\" }) { clientMutationId } }",
        Some(("POST", "/credentials", r#"{"name":"Tried"}"#)),
    )
    .may_be_refused(),
    operation(
        "rename the credential",
        "service_account_credentials:update",
        "mutation($c: ID!) { updateCredential(input: { id: $c, name: \"Renamed\" }) { clientMutationId } }",
        Some(("PATCH", "/credentials/C", r#"{"name":"Renamed"}"#)),
    )
    .on_credential(),
    operation(
        "shorten the lifetime of its tokens",
        "service_account_credentials:update",
        "mutation($c: ID!) { updateCredential(input: { id: $c, restrictions: { tokenLifetime: 3600 } }) { clientMutationId } }",
        None,
    )
    .on_credential(),
    operation(
        "disable the credential",
        "service_account_credentials:update",
        "mutation($c: ID!) { disableCredential(input: { id: $c }) { clientMutationId } }",
        None,
    )
    .on_credential(),
    operation(
        "enable the credential",
        "service_account_credentials:update",
        "mutation($c: ID!) { enableCredential(input: { id: $c }) { clientMutationId } }",
        None,
    )
    .on_credential(),
    operation(
        "replace the credential",
        "service_account_credentials:update",
        "mutation($c: ID!) { startCredentialRotation(input: { id: $c }) { clientMutationId } }",
        None,
    )
    .on_credential()
    .may_be_refused(),
    operation(
        "retire the credential",
        "service_account_credentials:update",
        "mutation($c: ID!) { finishCredentialRotation(input: { id: $c }) { clientMutationId } }",
        None,
    )
    .on_credential(),
    operation(
        "delete the credential",
        "service_account_credentials:delete",
        "mutation($c: ID!) { deleteCredential(input: { id: $c, force: true }) { deletedId } }",
        Some(("DELETE", "/credentials/C", "")),
    )
    .on_credential(),
    operation(
        "disable the account",
        "service_accounts:update",
        "mutation($s: ID!) { disableServiceAccount(input: { id: $s }) { clientMutationId } }",
        None,
    ),
    operation(
        "enable the account",
        "service_accounts:update",
        "mutation($s: ID!) { enableServiceAccount(input: { id: $s }) { clientMutationId } }",
        None,
    )
    .may_be_refused(),
    operation(
        "delete the account",
        "service_accounts:delete",
        "mutation($s: ID!) { deleteServiceAccount(input: { id: $s }) { deletedId } }",
        Some(("DELETE", "", "")),
    ),
];
