//! The catalogue of audit event types.

use postern::domain::audit::EventType;
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn both_surfaces_publish_the_same_catalogue_to_every_member_of_the_organization() {
    let world = World::new().await;
    let caller = world.sign_in(&world.account(&[]).await).await;
    let query =
        r#"{ organization(id: "acme") { auditEventTypes { type action meaning targetKind } } }"#;
    let types = caller.graphql(query, json!({})).await.data("/organization/auditEventTypes");
    let list = caller.get("/organizations/acme/audit-event-types").await.body(200);
    let (types, items) =
        (types.as_array().expect("types"), list["items"].as_array().expect("items"));
    assert_eq!((types.len(), items.len()), (EventType::ALL.len(), EventType::ALL.len()));
    for (graphql, rest) in types.iter().zip(items) {
        let of =
            |it: &Value, kind: &str| [&it["action"], &it["meaning"], &it[kind]].map(Clone::clone);
        assert_eq!(of(graphql, "targetKind"), of(rest, "target_kind"));
        let name = graphql["action"].as_str().expect("a text").replace('.', "_").to_uppercase();
        assert_eq!(graphql["type"], json!(name));
    }
    let stranger = world.stranger().await;
    stranger.get("/organizations/acme/audit-event-types").await.is_error(404, "NOT_FOUND");
}
