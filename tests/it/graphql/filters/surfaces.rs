//! Each part of each filter, over both surfaces: GraphQL selects the rows that match, and REST the same
//! ones by its query parameters.

use std::collections::BTreeSet;

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{before, filled, ids};
use crate::graphql::api;
use crate::support::{Caller, Reply, World, eventually};

/// A list over both surfaces.
struct List {
    input: &'static str,
    /// The field of the organization, where `FILTER` stands for the argument.
    field: &'static str,
    path: &'static str,
}

const ACCOUNTS: List = List {
    input: "ServiceAccountFilter",
    field: "serviceAccounts(first: 30, FILTER) {
      nodes {
        id name createdAt disabledAt externalId roles { label } apiGrants { api { id } scopes }
        credentials(first: 10) { nodes { clientId status lastUsedAt } }
      }
    }",
    path: "/organizations/acme/service-accounts",
};

const CREDENTIALS: List = List {
    input: "CredentialFilter",
    field: "credentials(first: 100, FILTER) {
      nodes {
        id clientId createdAt expiresAt lastUsedAt status authMethod restrictions { tokenLifetime }
        serviceAccount { id }
      }
    }",
    path: "/organizations/acme/credentials",
};

const EVENTS: List = List {
    input: "AuditEventFilter",
    field: "auditEvents(first: 100, FILTER) {
      nodes { id type action outcome actorId targetId credentialId requestId createdAt }
    }",
    path: "/organizations/acme/audit-events",
};

const APIS: List = List {
    input: "ApiFilter",
    field: "apis(FILTER) { id name identifier }",
    path: "/organizations/acme/apis",
};

/// A filter, and the rows that it selects.
type Case<'a> = (Value, &'a dyn Fn(&Value) -> bool);

impl List {
    async fn nodes(&self, caller: &Caller, filter: &Value) -> Vec<Value> {
        let field = self.field.replace("FILTER", "filter: $filter");
        let query = format!(
            "query($filter: {}) {{ organization(id: \"acme\") {{ list: {field} }} }}",
            self.input
        );
        let reply = caller.graphql(&query, json!({ "filter": filter })).await;
        let list = reply.data("/organization/list");
        list.get("nodes").unwrap_or(&list).as_array().expect("nodes").clone()
    }

    /// The ids that REST lists with these parameters.
    async fn ids(&self, caller: &Caller, parameters: &[(String, String)]) -> Vec<String> {
        let request = caller.request(Method::GET, self.path).query(&[("limit", "100")]);
        let page = Reply::of(request.query(parameters)).await.body(200);
        ids(page["items"].as_array().expect("items"))
    }

    /// Tries each filter; together they have every part that the schema has.
    async fn is_filtered(&self, caller: &Caller, cases: &[Case<'_>]) {
        let all = self.nodes(caller, &Value::Null).await;
        let mut tried = BTreeSet::new();
        for (filter, matches) in cases {
            tried.extend(filter.as_object().expect("a filter").keys().cloned());
            let expected: Vec<_> = all.iter().filter(|node| matches(node)).cloned().collect();
            let (count, of) = (expected.len(), all.len());
            assert!(0 < count && count < of, "{} {filter}: {count} of {of}", self.input);
            let expected = ids(&expected);
            assert_eq!(ids(&self.nodes(caller, filter).await), expected, "{filter}");
            let parameters = parameters(filter, &all);
            let found = self.ids(caller, &parameters).await;
            assert_eq!(found, expected, "{} {parameters:?}", self.path);
        }
        assert_eq!(tried, self.parts().await, "{}", self.input);
    }

    async fn parts(&self) -> BTreeSet<String> {
        let query = format!("{{ __type(name: \"{}\") {{ inputFields {{ name }} }} }}", self.input);
        let data = postern::graphql::schema().execute(query).await.data.into_json().expect("JSON");
        let members = data["__type"]["inputFields"].as_array().expect("members").iter();
        members.map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
    }
}

/// A filter as query parameters. The actions of types of events are those of `nodes`.
fn parameters(filter: &Value, nodes: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let action = |of: &Value| {
        let event = nodes.iter().find(|it| it["type"] == *of).expect("an event of this type");
        text(&event["action"])
    };
    let parameter = |name: &str, value: &Value| match (name, value) {
        ("apiScope", scope) => {
            let parts = scope.as_object().expect("an object").iter();
            let named = parts.map(|(part, value)| match part.as_str() {
                "apiId" => ("api_id".to_owned(), text(value)),
                _ => ("api_scope".to_owned(), text(value)),
            });
            named.collect()
        }
        ("types", types) => {
            let actions: Vec<_> = types.as_array().expect("types").iter().map(action).collect();
            vec![("types".to_owned(), actions.join(","))]
        }
        ("authMethod" | "outcome", value) => {
            vec![(crate::support::snake(name), text(value).to_lowercase())]
        }
        (name, value) => vec![(crate::support::snake(name), text(value))],
    };
    let parts = filter.as_object().expect("a filter").iter();
    parts.flat_map(|(name, value)| parameter(name, value)).collect()
}

/// Whether a text of a node is after a time.
fn after(node: &Value, field: &str, time: &str) -> bool {
    node[field].as_str().is_some_and(|at| at > time)
}

fn is_one_of(node: &Value, field: &str, values: &[&str]) -> bool {
    node[field].as_str().is_some_and(|it| values.contains(&it))
}

/// The times of the first and of the last creation.
async fn times(admin: &Caller, list: &List) -> [String; 2] {
    let nodes = list.nodes(admin, &Value::Null).await;
    let time = |node: Option<&Value>| {
        node.expect("a row")["createdAt"].as_str().expect("a time").to_owned()
    };
    [time(nodes.first()), time(nodes.last())]
}

#[tokio::test]
async fn service_accounts_are_filtered_alike_over_both_surfaces() {
    let (world, admin, middle) = Box::pin(filled()).await;
    let middle = postern::clock::to_rfc3339(middle);
    let input = json!({ "organizationId": "acme", "name": "Declared", "externalId": "jobs/one" });
    admin.mutate("createServiceAccount", input).await.data("");
    let (reader, writer) = (world.account(&[]).await, world.account(&[]).await);
    let registered = api::register(&admin, "acme", "https://orders.test").await;
    let api_id = &registered.data("/createApi/api/id");
    api::grant(&admin, &reader, api_id, &["read"]).await;
    api::grant(&admin, &writer, api_id, &["read", "write"]).await;
    let [first, last] = &times(&admin, &ACCOUNTS).await;
    let client_id = world.admin_account().client_id;
    let credentials = |it: &Value| it["credentials"]["nodes"].as_array().expect("nodes").clone();
    let has_scope =
        |it: &Value, scope: &str| {
            it["apiGrants"].as_array().expect("grants").iter().any(|grant| {
                grant["scopes"].as_array().expect("scopes").iter().any(|it| it == scope)
            })
        };
    let is_active = |it: &Value| is_one_of(it, "status", &["ACTIVE", "RETIRING"]);
    let unused = |it: &Value| it["lastUsedAt"].as_str().is_none_or(|used| used < middle.as_str());
    let of_api = json!({ "apiId": api_id });
    let with_scope = json!({ "apiId": api_id, "scope": "write" });
    let cases: [Case<'_>; 14] = [
        (json!({ "query": "BET" }), &|it| {
            it["name"].as_str().is_some_and(|it| it.to_lowercase() == "beta")
        }),
        (json!({ "externalId": "jobs/one" }), &|it| it["externalId"] == "jobs/one"),
        (json!({ "clientId": client_id }), &|it| {
            credentials(it).iter().any(|it| it["clientId"] == client_id)
        }),
        (json!({ "role": "org_viewer" }), &|it| it["roles"][0]["label"] == "org_viewer"),
        (json!({ "role": Role::Viewer.id() }), &|it| it["roles"][0]["label"] == "org_viewer"),
        (json!({ "apiScope": of_api }), &|it| has_scope(it, "read")),
        (json!({ "apiScope": with_scope }), &|it| has_scope(it, "write")),
        (json!({ "status": "DISABLED" }), &|it| it["disabledAt"].is_string()),
        (json!({ "unusedSince": middle }), &|it| {
            before(it, "createdAt", &middle) && credentials(it).iter().all(unused)
        }),
        (json!({ "hasNoActiveCredential": true }), &|it| !credentials(it).iter().any(is_active)),
        (json!({ "hasNoActiveCredential": false }), &|it| credentials(it).iter().any(is_active)),
        (json!({ "createdAfter": first }), &|it| after(it, "createdAt", first)),
        (json!({ "createdBefore": last }), &|it| before(it, "createdAt", last)),
        (json!({ "createdAfter": first, "status": "ACTIVE" }), &|it| {
            after(it, "createdAt", first) && it["disabledAt"].is_null()
        }),
    ];
    ACCOUNTS.is_filtered(&admin, &cases).await;
    let apis: [Case<'_>; 1] =
        [(json!({ "query": "ORDERS" }), &|it| it["identifier"] == "https://orders.test")];
    api::register(&admin, "acme", "https://bills.test").await.data("");
    APIS.is_filtered(&admin, &apis).await;
}

#[tokio::test]
async fn credentials_are_filtered_alike_over_both_surfaces() {
    let (world, admin, middle) = Box::pin(filled()).await;
    let middle = postern::clock::to_rfc3339(middle);
    let rotated = world.account(&[]).await;
    admin.mutate("startCredentialRotation", json!({ "id": rotated.credential })).await.data("");
    let [first, last] = &times(&admin, &CREDENTIALS).await;
    let all = CREDENTIALS.nodes(&admin, &Value::Null).await;
    let latest = all.iter().filter_map(|it| it["expiresAt"].as_str()).max().expect("an expiry");
    let own = world.admin_account();
    let (client_id, account) = (own.client_id.as_str(), own.id.as_str());
    let unused = |it: &Value| {
        before(it, "lastUsedAt", &middle)
            || it["lastUsedAt"].is_null() && before(it, "createdAt", &middle)
    };
    let cases: [Case<'_>; 16] = [
        (json!({ "clientId": client_id }), &|it| it["clientId"] == client_id),
        (json!({ "serviceAccountId": account }), &|it| it["serviceAccount"]["id"] == account),
        (json!({ "status": "ACTIVE" }), &|it| it["status"] == "ACTIVE"),
        (json!({ "status": "DISABLED" }), &|it| it["status"] == "DISABLED"),
        (json!({ "status": "RETIRING" }), &|it| it["status"] == "RETIRING"),
        (json!({ "status": "ACCOUNT_DISABLED" }), &|it| it["status"] == "ACCOUNT_DISABLED"),
        (json!({ "expiresBefore": latest }), &|it| before(it, "expiresAt", latest)),
        (json!({ "unusedSince": middle }), &unused),
        (json!({ "neverUsed": true }), &|it| it["lastUsedAt"].is_null()),
        (json!({ "neverUsed": false }), &|it| it["lastUsedAt"].is_string()),
        (json!({ "authMethod": "PRIVATE_KEY_JWT" }), &|it| it["authMethod"] == "PRIVATE_KEY_JWT"),
        (json!({ "authMethod": "CLIENT_SECRET" }), &|it| it["authMethod"] == "CLIENT_SECRET"),
        (json!({ "unrestricted": false }), &|it| it["restrictions"].is_object()),
        (json!({ "unrestricted": true, "createdAfter": first }), &|it| {
            it["restrictions"].is_null() && after(it, "createdAt", first)
        }),
        (json!({ "createdAfter": first }), &|it| after(it, "createdAt", first)),
        (json!({ "createdBefore": last }), &|it| before(it, "createdAt", last)),
    ];
    CREDENTIALS.is_filtered(&admin, &cases).await;
}

/// An attempt that is denied, and one that fails.
async fn reject(world: &World, admin: &Caller) {
    let input = json!({ "organizationId": "acme", "name": "Denied" });
    let denied = world.viewer().await.mutate("createServiceAccount", input).await;
    denied.is_graphql_error("FORBIDDEN");
    let last_admin = json!({ "id": world.admin_account().id });
    admin.mutate("deleteServiceAccount", last_admin).await.is_graphql_error("CONFLICT");
    eventually("both are recorded", async || {
        let events = EVENTS.nodes(admin, &Value::Null).await;
        events.iter().filter(|it| it["outcome"] != "SUCCESS").count() == 2
    })
    .await;
}

#[tokio::test]
async fn audit_events_are_filtered_alike_over_both_surfaces() {
    let (world, admin, _) = Box::pin(filled()).await;
    reject(&world, &admin).await;
    let all = EVENTS.nodes(&admin, &Value::Null).await;
    let disabled = all.iter().find(|it| it["type"] == "CREDENTIAL_DISABLE").expect("an event");
    let text = |field: &str| disabled[field].as_str().expect("a text");
    let (actor, target, credential, request) =
        (text("actorId"), text("targetId"), text("credentialId"), text("requestId"));
    let [first, last] = &times(&admin, &EVENTS).await;
    let two = ["CREDENTIAL_DISABLE", "SERVICE_ACCOUNT_CREATE"];
    let cases: [Case<'_>; 12] = [
        (json!({ "types": ["CREDENTIAL_DISABLE"] }), &|it| it["type"] == "CREDENTIAL_DISABLE"),
        (json!({ "types": two }), &|it| is_one_of(it, "type", &two)),
        (json!({ "outcome": "SUCCESS" }), &|it| it["outcome"] == "SUCCESS"),
        (json!({ "outcome": "DENIED" }), &|it| it["outcome"] == "DENIED"),
        (json!({ "outcome": "FAILED" }), &|it| it["outcome"] == "FAILED"),
        (json!({ "actorId": actor }), &|it| it["actorId"] == actor),
        (json!({ "targetId": target }), &|it| it["targetId"] == target),
        (json!({ "credentialId": credential }), &|it| it["credentialId"] == credential),
        (json!({ "requestId": request }), &|it| it["requestId"] == request),
        (json!({ "createdAfter": first }), &|it| after(it, "createdAt", first)),
        (json!({ "createdBefore": last }), &|it| before(it, "createdAt", last)),
        (json!({ "types": two, "outcome": "DENIED" }), &|it| {
            it["type"] == two[1] && it["outcome"] == "DENIED"
        }),
    ];
    EVENTS.is_filtered(&admin, &cases).await;
}
