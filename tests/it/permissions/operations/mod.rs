//! The operations on a service account, its credential and its organization, by the permission that
//! they ask for.

mod table;

use std::sync::atomic::{AtomicU64, Ordering};

use entity::TenantScoped;
use postern::context::OpContext;
use postern::domain::apis::{self, ApiInput};
use reqwest::Method;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use serde_json::{Value, json};

use super::Bounds;
use crate::support::Document::{Mutation, Query};
use crate::support::{Account, Caller, Document, Reply, World};
pub use table::OPERATIONS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    GraphQl,
    Rest,
}

/// The things whose `permissions` speak of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Organization,
    Account,
    /// The credential, and its account.
    Credential,
}

/// An operation, in both surfaces' words.
pub struct Operation {
    pub name: &'static str,
    pub permission: &'static str,
    pub on: On,
    /// Whether a rule of its own may refuse it although others of the same permission are allowed.
    pub may_be_refused: bool,
    /// Whether a caller who does it to itself is refused from then on.
    pub ends_itself: bool,
    /// The permissions that its input requires beside those of its field.
    pub besides: &'static [&'static str],
    /// `None` for an operation of REST alone.
    pub document: Option<Document>,
    /// Method, path below the account (`C` is the credential, `^` the organization) and body, where
    /// `RESTRICTED` is a credential with bounds, and `NDJSON` no body, but the media type to accept.
    rest: (&'static str, &'static str, &'static str),
}

const fn operation(
    name: &'static str,
    permission: &'static str,
    document: Document,
    rest: (&'static str, &'static str, &'static str),
) -> Operation {
    Operation { document: Some(document), ..operation_of_rest(name, permission, rest) }
}

const fn operation_of_rest(
    name: &'static str,
    permission: &'static str,
    rest: (&'static str, &'static str, &'static str),
) -> Operation {
    let (on, may_be_refused, ends_itself) = (On::Account, false, false);
    Operation {
        name,
        permission,
        on,
        may_be_refused,
        ends_itself,
        besides: &[],
        document: None,
        rest,
    }
}

impl Operation {
    const fn on(self, on: On) -> Self {
        Self { on, ..self }
    }

    const fn may_be_refused(self) -> Self {
        Self { may_be_refused: true, ..self }
    }

    const fn ends_itself(self) -> Self {
        Self { ends_itself: true, ..self }
    }

    const fn besides(self, besides: &'static [&'static str]) -> Self {
        Self { besides, ..self }
    }

    /// Whether it matters which account it is done to.
    pub fn depends_on_account(&self) -> bool {
        self.on != On::Organization || self.permission.ends_with(":grant")
    }

    /// The code of the response, `OK` for a success.
    pub async fn run(
        &self,
        surface: Surface,
        caller: &Caller,
        target: &Account,
        world: &World,
    ) -> String {
        match (surface, self.document) {
            (Surface::GraphQl, Some(document)) => {
                code(&self.by_graphql(document, caller, target, world).await)
            }
            _ => self.run_rest(caller, target, world).await,
        }
    }

    async fn run_rest(&self, caller: &Caller, target: &Account, world: &World) -> String {
        let (method, path, body) = self.rest;
        let path = path.replace('C', &target.credential);
        let new = New::of(self, world).await;
        let path = path.replace("ROLE", &new.role).replace("API", &new.api);
        let body = body.replace("UNIQUE", &new.unique);
        let body = body.replace("ACCOUNT", &target.id).replace("CREDENTIAL", &target.credential);
        let path = match path.strip_prefix('^') {
            Some(path) => format!("/organizations/acme{path}"),
            None => format!("/organizations/acme/service-accounts/{}{path}", target.id),
        };
        let request = caller.request(method.parse::<Method>().expect("a method"), &path);
        let request = match body.as_str() {
            "" => request,
            "NDJSON" => request.header("accept", "application/x-ndjson"),
            "RESTRICTED" => request.json(&Bounds::Both.body(world)),
            text => request.json(&serde_json::from_str::<Value>(text).expect("a body")),
        };
        let reply = Reply::of(request).await;
        if reply.status >= 400 {
            return text(&reply.json()["code"]);
        }
        let report = serde_json::from_str(&reply.text).unwrap_or_default();
        code_of_item(&report)
    }

    /// The response to its document.
    pub async fn by_graphql(
        &self,
        document: Document,
        caller: &Caller,
        target: &Account,
        world: &World,
    ) -> Reply {
        let mut restricted = Bounds::Both.input(world);
        restricted["serviceAccountId"] = json!(target.id);
        restricted["name"] = json!("Tried");
        let New { role, api, unique } = New::of(self, world).await;
        let variables = json!({ "account": target.id, "credential": target.credential, "restricted": restricted, "role": role, "api": api });
        let document = document.text().replace("UNIQUE", &unique);
        caller.graphql(&document, variables).await
    }
}

/// The code of a GraphQL response, `OK` for a success.
pub fn code(reply: &Reply) -> String {
    let json = reply.json();
    match &json["errors"] {
        // A node that is hidden is null without an error.
        Value::Null if json["data"].get("node") == Some(&Value::Null) => "NOT_FOUND".to_owned(),
        Value::Null => {
            let fields = json["data"].as_object().expect("fields");
            code_of_item(fields.values().next().expect("a field"))
        }
        errors => text(&errors[0]["extensions"]["code"]),
    }
}

/// The code of the first result of a bulk operation; `OK` for other results.
fn code_of_item(report: &Value) -> String {
    report.pointer("/results/0/error/code").map_or_else(|| "OK".to_owned(), text)
}

/// A role and an API that an operation is done to, each new, and a label for another one.
struct New {
    role: String,
    api: String,
    unique: String,
}

impl New {
    async fn of(operation: &Operation, world: &World) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = format!("n{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let (op, tenant) = (OpContext::operator(&world.app), &world.first.organization.id);
        let mut new = Self { role: String::new(), api: String::new(), unique };
        Self::delete_earlier(operation, world).await;
        if operation.rest.1.contains("ROLE") {
            let permissions = vec!["service_accounts:read".to_owned()];
            let role = world.role(&format!("of-{}", new.unique), permissions).await;
            new.role = role.id.to_string();
        }
        if operation.rest.1.contains("API") {
            let input = ApiInput {
                identifier: format!("https://{}.of.test", new.unique),
                name: "Tried".to_owned(),
                scopes: vec!["read".to_owned()],
            };
            new.api = apis::create(&op, tenant, input, None).await.expect("an API").id.to_string();
        }
        new
    }

    /// Deletes the things of earlier operations, so that the maximum numbers are not reached.
    async fn delete_earlier(operation: &Operation, world: &World) {
        let (db, tenant) = (world.app.db.writer(), &world.first.organization.id);
        if operation.permission.starts_with("apis:") {
            let made = entity::api::Column::Name.is_in(["New", "Tried"]);
            let apis = entity::api::Entity::delete_in_org(tenant).filter(made);
            apis.exec(db).await.expect("deleted");
        }
        if operation.permission.starts_with("roles:") {
            let label = entity::role::Column::Label;
            let made = Condition::any().add(label.starts_with("of-")).add(label.starts_with("n"));
            let roles = entity::role::Entity::delete_in_org(tenant).filter(made);
            roles.exec(db).await.expect("deleted");
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Operation {
    /// The name of its mutation; `None` for a query.
    pub fn mutation(&self) -> Option<&'static str> {
        match self.document? {
            Mutation(call) => call.split('(').next(),
            Query(_) => None,
        }
    }
}
