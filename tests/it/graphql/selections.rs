//! The same things, selected in the ways that GraphQL has for it.

use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::World;

const PLAIN: &str = "{ organization(id: \"acme\") { serviceAccounts { nodes { id name roles { label } credentials { nodes { id clientId } } permissions { serviceAccounts { read update } } } } } }";

#[tokio::test]
async fn fragments_repetitions_and_directives_select_what_plain_fields_do() {
    let world = World::new().await;
    for role in [Role::Viewer, Role::Member] {
        world.account(&[role]).await;
    }
    let admin = world.admin().await;
    let nodes = "/organization/serviceAccounts/nodes";
    let plain = admin.graphql(PLAIN, json!({})).await.data(nodes);
    assert_eq!(plain.as_array().map(Vec::len), Some(3));
    for selection in [
        "...A ...B } } } } fragment A on ServiceAccount { id name roles { label } credentials { nodes { ...C } } } fragment C on Credential { id ... on Node { id } clientId } fragment B on ServiceAccount { permissions { serviceAccounts { ...D } } } fragment D on ServiceAccountActions { read update",
        "id name roles { label } credentials { nodes { id } } credentials { nodes { clientId } } permissions { serviceAccounts { read } } permissions { serviceAccounts { update } } } } }",
        "id name @include(if: true) roles { label } credentials { nodes { id clientId name @skip(if: true) } } permissions { serviceAccounts { read update delete @include(if: false) } } } } }",
    ] {
        let query =
            format!("{{ organization(id: \"acme\") {{ serviceAccounts {{ nodes {{ {selection} }}");
        assert_eq!(admin.graphql(&query, json!({})).await.data(nodes), plain, "{query}");
    }
    let named = PLAIN.replace("{ id ", "{ __typename who: id ");
    let named = admin.graphql(&named, json!({})).await.data(nodes);
    let first = |pointer| named[0].pointer(pointer).cloned().unwrap_or(Value::Null);
    assert_eq!(first("/__typename"), "ServiceAccount");
    assert_eq!(first("/credentials/nodes/0/__typename"), "Credential");
    assert_eq!(first("/who"), plain[0]["id"]);
}
