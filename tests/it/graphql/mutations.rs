//! Each mutation, what it changes, and the event that it leaves.

use serde_json::{Value, json};

use crate::support::{Caller, World};

async fn events(admin: &Caller) -> Vec<(String, String, Value)> {
    let query = "{ organization(id: \"acme\") { auditEvents(last: 100) { nodes { action targetId detail actorId requestId } } } }";
    let nodes = admin.graphql(query, json!({})).await.data("/organization/auditEvents/nodes");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    nodes
        .as_array()
        .expect("events")
        .iter()
        .map(|it| (text(&it["action"]), text(&it["targetId"]), it["detail"].clone()))
        .collect()
}

#[tokio::test]
async fn the_life_of_a_service_account_is_audited_and_holds_no_secret() {
    let world = World::new().await;
    let admin = world.admin().await;
    let before = events(&admin).await.len();
    world.clock.advance(chrono::TimeDelta::seconds(1));
    let create = "mutation { createServiceAccount(input: { organizationId: \"acme\", name: \" CI \", description: \"builds\", roles: [\"org_viewer\"], clientMutationId: \"m1\" }) { clientMutationId serviceAccount { id name description createdAt updatedAt roles { label } } } }";
    let made = admin.graphql(create, json!({})).await.data("/createServiceAccount");
    assert_eq!(made["clientMutationId"], "m1");
    assert_eq!(made["serviceAccount"]["name"], "CI");
    let id = made["serviceAccount"]["id"].as_str().expect("an id").to_owned();
    assert!(id.len() == 26 && id.starts_with('s'));

    let mint = "mutation($id: ID!) { createCredential(input: { serviceAccountId: $id, name: \"one\" }) { credential { id clientId lastUsedAt serviceAccount { id } } clientSecret } }";
    let minted = admin.graphql(mint, json!({ "id": id })).await.data("/createCredential");
    let credential = minted["credential"]["id"].as_str().expect("an id").to_owned();
    let secret = minted["clientSecret"].as_str().expect("a secret").to_owned();
    assert_eq!(minted["credential"]["clientId"].as_str().map(str::len), Some(21));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", minted["credential"]["clientId"].as_str().expect("an id")),
        ("client_secret", &secret),
    ];
    assert_eq!(world.anonymous().ask_token(&form).await.status, 200);

    let update = "mutation($id: ID!) { updateServiceAccount(input: { id: $id, description: null }) { serviceAccount { name description } } }";
    let updated = admin
        .graphql(update, json!({ "id": id }))
        .await
        .data("/updateServiceAccount/serviceAccount");
    assert_eq!(updated, json!({ "name": "CI", "description": null }));
    let update = "mutation($id: ID!) { updateCredential(input: { id: $id, name: \"two\" }) { credential { name } } }";
    admin.graphql(update, json!({ "id": credential })).await.data("/updateCredential");
    let delete = "mutation($id: ID!) { deleteServiceAccount(input: { id: $id }) { deletedId } }";
    admin.graphql(delete, json!({ "id": id })).await.data("/deleteServiceAccount");
    world.anonymous().ask_token(&form).await.is_oauth_error(401, "invalid_client");

    let told = events(&admin).await.split_off(before);
    let event =
        |action: &str, target: &str, detail: Value| (action.to_owned(), target.to_owned(), detail);
    let expected = [
        event("service_account.create", &id, Value::Null),
        event("role.grant", &id, json!("org_viewer")),
        event("credential.create", &credential, Value::Null),
        event("service_account.update", &id, Value::Null),
        event("credential.update", &credential, Value::Null),
        event("service_account.delete", &id, Value::Null),
    ];
    // Events of one instant come in the order of their ids.
    for event in &expected {
        assert!(told.contains(event), "{event:?} is missing in {told:?}");
    }
    assert_eq!(told.len(), expected.len());
    assert!(!format!("{told:?}").contains(&secret));
}

#[tokio::test]
async fn an_update_that_changes_nothing_leaves_no_trace_and_a_refused_one_changes_nothing() {
    let world = World::new().await;
    let admin = world.admin().await;
    let id = world.admin_account().id;
    let before = events(&admin).await.len();
    let update = "mutation($input: UpdateServiceAccountInput!) { updateServiceAccount(input: $input) { serviceAccount { name } } }";
    admin.graphql(update, json!({ "input": { "id": id } })).await.data("/updateServiceAccount");
    for name in [json!(null), json!("")] {
        let input = json!({ "id": id, "name": name, "description": "new" });
        admin.graphql(update, json!({ "input": input })).await.is_refused("BAD_USER_INPUT");
    }
    assert_eq!(events(&admin).await.len(), before);
    let query = "query($id: ID!) { node(id: $id) { ... on ServiceAccount { name description } } }";
    let row = admin.graphql(query, json!({ "id": id })).await.data("/node");
    assert_eq!(row, json!({ "name": "Administrator", "description": null }));
}

#[tokio::test]
async fn an_organization_is_named_by_a_label_that_no_other_has() {
    let world = World::new().await;
    let (admin, _) = (world.admin().await, world.other_tenant().await);
    let update = "mutation($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { organization { label } } }";
    let to = |label: &str| json!({ "input": { "id": "acme", "label": label } });
    admin.graphql(update, to("globex")).await.is_refused("CONFLICT");
    for wrong in ["Acme", "a_b", "o0123456789abcdefghijklmno"] {
        let reply = admin.graphql(update, to(wrong)).await;
        reply.is_refused("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "label");
    }
    let changed = admin.graphql(update, to("acme-2")).await;
    assert_eq!(changed.data("/updateOrganization/organization/label"), "acme-2");
    admin
        .graphql("{ organization(id: \"acme-2\") { id } }", json!({}))
        .await
        .data("/organization/id");
}

#[tokio::test]
async fn each_mutation_of_a_request_answers_with_what_is_there_after_it() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let document = "mutation($id: ID!) {
      granted: grantRole(input: { serviceAccountId: $id, role: \"org_viewer\" }) { serviceAccount { roles { label } } }
      revoked: revokeRole(input: { serviceAccountId: $id, role: \"org_viewer\" }) { serviceAccount { roles { label } credentials { totalCount } } }
      minted: createCredential(input: { serviceAccountId: $id, name: \"two\" }) { credential { serviceAccount { name credentials { totalCount } } } }
      named: updateServiceAccount(input: { id: $id, name: \"New\" }) { serviceAccount { organization { name } } }
      minted_again: createCredential(input: { serviceAccountId: $id, name: \"three\" }) { credential { serviceAccount { name } } }
      organization: updateOrganization(input: { id: \"acme\", name: \"Acme 2\" }) { organization { name } }
      again: updateServiceAccount(input: { id: $id, description: \"x\" }) { serviceAccount { organization { name } } }
    }";
    let reply = admin.graphql(document, json!({ "id": account.id })).await;
    assert_eq!(reply.data("/granted/serviceAccount/roles"), json!([{ "label": "org_viewer" }]));
    assert_eq!(reply.data("/revoked/serviceAccount/roles"), json!([]));
    assert_eq!(reply.data("/revoked/serviceAccount/credentials/totalCount"), 1);
    assert_eq!(reply.data("/minted/credential/serviceAccount/credentials/totalCount"), 2);
    assert_eq!(reply.data("/minted_again/credential/serviceAccount/name"), "New");
    assert_eq!(reply.data("/again/serviceAccount/organization/name"), "Acme 2");
}

#[tokio::test]
async fn a_label_that_is_changed_earlier_in_a_document_resolves_later_in_it() {
    let world = World::new().await;
    let admin = world.admin().await;
    let document = r#"mutation {
      rename: updateOrganization(input: { id: "acme", label: "acme-corp" }) { organization { label } }
      create: createServiceAccount(input: { organizationId: "acme-corp", name: "x" }) { serviceAccount { organization { label } } }
      old: createServiceAccount(input: { organizationId: "acme", name: "x" }) { serviceAccount { id } }
    }"#;
    let reply = admin.graphql(document, json!({})).await;
    let label = reply.json()["data"]["create"]["serviceAccount"]["organization"]["label"].clone();
    assert_eq!(label, "acme-corp");
    assert_eq!(reply.errors(), [("old".to_owned(), "NOT_FOUND".to_owned())]);
}

#[tokio::test]
async fn several_wrong_inputs_are_told_at_once() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let query = "mutation($input: CreateCredentialInput!) { createCredential(input: $input) { clientSecret } }";
    let input = json!({
        "serviceAccountId": account.id,
        "name": "\u{200B}",
        "description": "x".repeat(501),
        "expiresAt": "2000-01-01T00:00:00Z",
        "restrictions": { "addresses": ["10.0.0.0/8", "nowhere"], "tokenLifetime": 1 },
    });
    let reply = admin.graphql(query, json!({ "input": input })).await;
    reply.is_refused("BAD_USER_INPUT");
    let extensions = reply.json()["errors"][0]["extensions"].clone();
    assert_eq!(extensions["field"], "name");
    let fields: Vec<_> = extensions["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|it| it["field"].clone())
        .collect();
    let expected = [
        "name",
        "description",
        "expiresAt",
        "restrictions.addresses.1",
        "restrictions.tokenLifetime",
    ];
    assert_eq!(json!(fields), json!(expected));
}

#[tokio::test]
async fn a_description_may_have_lines_and_tabs() {
    let world = World::new().await;
    let admin = world.admin().await;
    let create = "mutation($text: String) { createServiceAccount(input: { organizationId: \"acme\", name: \"x\", description: $text }) { serviceAccount { description } } }";
    let text = "one\n\ttwo";
    let reply = admin.graphql(create, json!({ "text": text })).await;
    assert_eq!(reply.data("/createServiceAccount/serviceAccount/description"), text);
}

#[tokio::test]
async fn what_hangs_on_a_payload_is_gated_as_it_is_elsewhere() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let everything = postern::authz::PermissionSet::all().names().join(" ");
    let hidden = everything.replace("service_accounts:read ", "");
    let caller = world.sign_in_for(&world.admin_account(), Some(&hidden)).await;
    let rename = "mutation($id: ID!) { updateCredential(input: { id: $id, name: \"New\" }) { credential { name serviceAccount { id } } } }";
    let reply = caller.graphql(rename, json!({ "id": account.credential })).await;
    let credential = reply.json()["data"]["updateCredential"]["credential"].clone();
    assert_eq!(credential, json!({ "name": "New", "serviceAccount": null }));
    let path = "updateCredential.credential.serviceAccount".to_owned();
    assert_eq!(reply.errors(), [(path, "NOT_FOUND".to_owned())]);
    let write = "mutation($id: ID!) { updateServiceAccount(input: { id: $id, name: \"New\" }) { serviceAccount { name } } }";
    caller.graphql(write, json!({ "id": account.id })).await.is_refused("NOT_FOUND");
}
