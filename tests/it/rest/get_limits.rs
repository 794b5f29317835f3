//! The limits that callers plan with.

use serde_json::json;

use crate::support::{World, snake};

#[tokio::test]
async fn both_surfaces_show_the_limits_of_roles_scopes_and_operations() {
    let world = World::new().await;
    let viewer = world.viewer().await;
    let query = r#"{ organization(id: "acme") { limits {
        roles roleBindingsPerServiceAccount scopesPerApi scopesPerServiceAccount graphqlOperationsPerConnection
    } } }"#;
    let graphql = viewer.graphql(query, json!({})).await.data("/organization/limits");
    let rest = viewer.get("/organizations/acme/limits").await.body(200);
    for (name, maximum) in [
        ("roles", 100),
        ("roleBindingsPerServiceAccount", 50),
        ("scopesPerApi", 100),
        ("scopesPerServiceAccount", 1000),
        ("graphqlOperationsPerConnection", 20),
    ] {
        let shown = (&graphql[name], &rest[snake(name)]);
        assert_eq!(shown, (&json!(maximum), &json!(maximum)), "{name}");
    }
}
