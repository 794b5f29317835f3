//! Cursors with a right checksum that name no place a row could have.

use serde_json::json;

use crate::support::{World, forged_cursors};

const PAGES: [(&str, &str); 2] = [
    (
        "service_accounts",
        r#"
            query($after: String, $before: String) {
              organization(id: "acme") {
                serviceAccounts(after: $after, before: $before) { nodes { id } }
              }
            }
        "#,
    ),
    (
        "audit_events",
        r#"
            query($after: String, $before: String) {
              organization(id: "acme") {
                auditEvents(after: $after, before: $before) { nodes { id } }
              }
            }
        "#,
    ),
];

#[tokio::test]
async fn a_forged_cursor_is_rejected() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (kind, query) in PAGES {
        let list = format!("{kind}/{}", world.first.organization.id);
        for forged in forged_cursors(&list) {
            for direction in ["after", "before"] {
                let reply = admin.graphql(query, json!({ direction: forged })).await;
                reply.is_graphql_error("BAD_USER_INPUT");
                assert_eq!(reply.json()["errors"][0]["extensions"]["field"], direction);
            }
        }
    }
}
