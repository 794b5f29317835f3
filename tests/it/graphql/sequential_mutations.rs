//! Mutations of one document: they run in order, and each sees the changes of the ones before.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn each_payload_shows_the_state_after_its_own_mutation() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let document = r#"
        mutation($id: ID!) {
          granted: grantRole(input: { serviceAccountId: $id, role: "org_viewer" }) {
            serviceAccount { roles { label } }
          }
          revoked: revokeRole(input: { serviceAccountId: $id, role: "org_viewer" }) {
            serviceAccount { roles { label } credentials { totalCount } }
          }
          minted: createCredential(input: { serviceAccountId: $id, name: "two" }) {
            credential {
              serviceAccount { name credentials { totalCount } }
            }
          }
          named: updateServiceAccount(input: { id: $id, name: "New" }) {
            serviceAccount { organization { name } }
          }
          minted_again: createCredential(input: { serviceAccountId: $id, name: "three" }) {
            credential { serviceAccount { name } }
          }
          organization: updateOrganization(input: { id: "acme", name: "Acme 2" }) {
            organization { name }
          }
          again: updateServiceAccount(input: { id: $id, description: "x" }) {
            serviceAccount { organization { name } }
          }
        }
    "#;
    let reply = admin.graphql(document, json!({ "id": account.id })).await;
    assert_eq!(reply.data("/granted/serviceAccount/roles"), json!([{ "label": "org_viewer" }]));
    assert_eq!(reply.data("/revoked/serviceAccount/roles"), json!([]));
    assert_eq!(reply.data("/revoked/serviceAccount/credentials/totalCount"), 1);
    assert_eq!(reply.data("/minted/credential/serviceAccount/credentials/totalCount"), 2);
    assert_eq!(reply.data("/minted_again/credential/serviceAccount/name"), "New");
    assert_eq!(reply.data("/again/serviceAccount/organization/name"), "Acme 2");
}

#[tokio::test]
async fn a_label_changed_by_one_mutation_is_valid_in_the_next() {
    let world = World::new().await;
    let admin = world.admin().await;
    let document = r#"
        mutation {
          rename: updateOrganization(input: { id: "acme", label: "acme-corp" }) {
            organization { label }
          }
          create: createServiceAccount(input: { organizationId: "acme-corp", name: "x" }) {
            serviceAccount { organization { label } }
          }
          old: createServiceAccount(input: { organizationId: "acme", name: "x" }) {
            serviceAccount { id }
          }
        }
    "#;
    let reply = admin.graphql(document, json!({})).await;
    let label = reply.json()["data"]["create"]["serviceAccount"]["organization"]["label"].clone();
    assert_eq!(label, "acme-corp");
    assert_eq!(reply.errors(), [("old".to_owned(), "NOT_FOUND".to_owned())]);
}
