//! Subscriptions.

use postern::domain::audit::log;
use serde_json::json;

use super::{Trial, assert_refused, guarded, trials, world_with_roles};
use crate::support::{Socket, log_cursor};

/// Every subscription.
pub const FIELDS: [(&str, &str); 2] = [
    (
        "Subscription.auditEventAdded",
        r#"subscription($after: String) { auditEventAdded(organizationId: "acme", after: $after) { cursor } }"#,
    ),
    (
        "Subscription.credentialUsed",
        "subscription($credential: ID!) { credentialUsed(credentialId: $credential) { tokenCount } }",
    ),
];

#[tokio::test]
async fn a_subscription_requires_exactly_the_permissions_of_its_directives() {
    let (world, guarded) = (world_with_roles().await, guarded());
    let target = world.account(&[]).await;
    log::assign_positions(&world.app).await.expect("assigned");
    let start = log_cursor(&world, Some(&world.first.organization.id), 0).await;
    let variables = json!({ "after": start, "credential": target.credential });
    for (name, document) in FIELDS {
        for Trial { caller, lacking } in trials(&world, &guarded[name], &[]).await {
            let mut socket = Socket::of(&caller).await;
            let issue = async || drop(world.sign_in(&target).await);
            let message = socket.first(document, variables.clone(), issue).await;
            let payload = &message["payload"];
            match lacking {
                None => {
                    assert!(message["type"] == "next" && payload["errors"].is_null(), "{message}")
                }
                Some(lacking) => assert_refused(payload, &lacking, name),
            }
        }
    }
}
