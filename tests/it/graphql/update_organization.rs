//! `updateOrganization`.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn a_label_is_unique_among_organizations() {
    let world = World::new().await;
    let (admin, _) = (world.admin().await, world.other_tenant().await);
    let update = r#"
        mutation($input: UpdateOrganizationInput!) {
          updateOrganization(input: $input) { organization { label } }
        }
    "#;
    let to = |label: &str| json!({ "input": { "id": "acme", "label": label } });
    admin.graphql(update, to("globex")).await.is_graphql_error("CONFLICT");
    for wrong in ["Acme", "a_b", "o0123456789abcdefghijklmno"] {
        let reply = admin.graphql(update, to(wrong)).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "label");
    }
    let changed = admin.graphql(update, to("acme-2")).await;
    assert_eq!(changed.data("/updateOrganization/organization/label"), "acme-2");
    admin
        .graphql(r#"{ organization(id: "acme-2") { id } }"#, json!({}))
        .await
        .data("/organization/id");
}
