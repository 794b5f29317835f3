//! Filters and orders of audit events.

use serde_json::{Value, json};

use super::{filled, ids};

#[tokio::test]
async fn audit_events_are_filtered_and_ordered() {
    let (world, admin, _) = Box::pin(filled()).await;
    let query = r#"
        query($filter: AuditEventFilter, $direction: OrderDirection!) {
          organization(id: "acme") {
            auditEvents(first: 100, filter: $filter, orderBy: { field: CREATED_AT, direction: $direction }) {
              totalCount
              nodes { id actorId targetId action }
            }
          }
        }
    "#;
    let at = "/organization/auditEvents";
    let events = async |filter: Value, direction| {
        let arguments = json!({ "filter": filter, "direction": direction });
        admin.graphql(query, arguments).await.data(at)
    };
    let mut all = ids(events(Value::Null, "ASC").await["nodes"].as_array().expect("nodes"));
    all.reverse();
    assert_eq!(ids(events(Value::Null, "DESC").await["nodes"].as_array().expect("nodes")), all);
    let created = events(json!({ "types": ["CREDENTIAL_DISABLE"] }), "DESC").await;
    assert_eq!(created["totalCount"], 1);
    let target = created["nodes"][0]["targetId"].clone();
    let of_target = events(json!({ "targetId": target, "outcome": "SUCCESS" }), "ASC").await;
    assert!(of_target["totalCount"].as_u64().is_some_and(|count| count >= 1), "{of_target}");
    let admin_id = world.admin_account().id;
    let by_admin = events(json!({ "actorId": admin_id }), "ASC").await;
    assert_eq!(by_admin["nodes"][0]["actorId"], admin_id.as_str());
    let none = events(json!({ "requestId": "no such request" }), "ASC").await;
    assert_eq!(none["totalCount"], 0);
    let reply =
        admin.graphql(query, json!({ "filter": { "types": [] }, "direction": "ASC" })).await;
    reply.is_graphql_error("BAD_USER_INPUT");
}
