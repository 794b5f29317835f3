//! The limits of an organization over both surfaces: the settings, and the constants of the server.

use postern::domain::{apis, bulk, limits, roles};
use postern::{authz, page};
use serde_json::{Map, Value, json};

use crate::support::{Caller, World, snake};

/// The limits that are settings, each with a value that is no default.
const SETTINGS: &[(&str, &str, u64)] = &[
    ("serviceAccounts", "SERVICE_ACCOUNTS_PER_ORGANIZATION", 321),
    ("credentialsPerServiceAccount", "CREDENTIALS_PER_ACCOUNT", 7),
    ("graphqlBodyBytes", "GRAPHQL_MAX_BODY_BYTES", 66_001),
    ("graphqlTokens", "GRAPHQL_MAX_TOKENS", 2_002),
    ("graphqlDepth", "GRAPHQL_MAX_DEPTH", 13),
    ("graphqlAliases", "GRAPHQL_MAX_ALIASES", 34),
    ("graphqlRootFields", "GRAPHQL_MAX_ROOT_FIELDS", 25),
    ("graphqlDirectives", "GRAPHQL_MAX_DIRECTIVES", 56),
    ("graphqlSelections", "GRAPHQL_MAX_SELECTIONS", 2_007),
    ("graphqlCost", "GRAPHQL_MAX_COST", 5_008),
    ("graphqlResolutions", "GRAPHQL_MAX_RESOLUTIONS", 50_009),
    ("graphqlSeconds", "GRAPHQL_MAX_SECONDS", 14),
    ("graphqlResponseBytes", "GRAPHQL_MAX_RESPONSE_BYTES", 8_388_611),
    ("graphqlOperationsPerServiceAccount", "GRAPHQL_MAX_OPERATIONS_PER_ACCOUNT", 112),
];

/// The limits that are constants.
fn constants() -> [(&'static str, u64); 11] {
    [
        ("roles", roles::MAX_ROLES),
        ("roleBindingsPerServiceAccount", roles::MAX_BINDINGS),
        ("scopesPerApi", authz::MAX_SCOPES as u64),
        ("scopesPerServiceAccount", apis::MAX_GRANTED_SCOPES as u64),
        ("graphqlOperationsPerConnection", limits::MAX_OPERATIONS as u64),
        ("apis", apis::MAX_APIS),
        ("apisPerServiceAccount", apis::MAX_GRANTED_APIS),
        ("pageSize", page::MAX_LIMIT),
        ("defaultPageSize", page::DEFAULT_LIMIT),
        ("bulkItems", bulk::MAX_ITEMS as u64),
        ("nodeIds", limits::MAX_NODES as u64),
    ]
}

/// The names of all limits of the schema.
async fn names() -> Vec<String> {
    let query = r#"{ __type(name: "Limits") { fields { name } } }"#;
    let data = postern::graphql::schema().execute(query).await.data.into_json().expect("JSON");
    let fields = data["__type"]["fields"].as_array().expect("fields").iter();
    fields.map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
}

/// All limits over GraphQL, and over REST.
async fn limits(caller: &Caller) -> [Value; 2] {
    let query =
        format!("{{ organization(id: \"acme\") {{ limits {{ {} }} }} }}", names().await.join(" "));
    let graphql = caller.graphql(&query, json!({})).await.data("/organization/limits");
    [graphql, caller.get("/organizations/acme/limits").await.body(200)]
}

/// The members of REST for limits of GraphQL; the size of its own bodies is one more.
fn as_in_rest(limits: &Value) -> Value {
    let limits = limits.as_object().expect("an object").iter();
    let given = limits.filter(|(_, value)| !value.is_null());
    let mut members: Map<_, _> = given.map(|(name, value)| (snake(name), value.clone())).collect();
    members.insert("body_bytes".to_owned(), json!(65_536));
    Value::Object(members)
}

#[tokio::test]
async fn each_limit_is_the_setting_or_the_constant_over_both_surfaces() {
    let values: Vec<_> =
        SETTINGS.iter().map(|(_, name, value)| (*name, value.to_string())).collect();
    let settings: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let world = World::with(&settings).await;
    let [graphql, rest] = limits(&world.admin().await).await;
    let set = SETTINGS.iter().map(|(name, _, value)| (*name, *value));
    let all = set.chain(constants());
    let expected: Map<_, _> = all.map(|(name, value)| (name.to_owned(), json!(value))).collect();
    assert_eq!(graphql, Value::Object(expected));
    assert_eq!(rest, as_in_rest(&graphql));
}

#[tokio::test]
async fn a_limit_that_is_not_set_is_null_or_absent() {
    let world = World::new().await;
    let [graphql, rest] = limits(&world.viewer().await).await;
    assert_eq!(graphql["serviceAccounts"], Value::Null);
    assert_eq!(rest, as_in_rest(&graphql));
}
