//! The operations of a case, each with the answer after the model.

use postern::authz::Permission;
use serde_json::{Value, json};

use super::model::{ACCOUNTS, Binding, Bounds, Model, TARGET};
use super::setting::{Setting, names};
use super::thing::Thing;
use crate::support::Reply;

/// The code of a response, `OK` for a success. A node that is hidden is null without an error.
fn code(reply: &Reply) -> String {
    let body = reply.json();
    match &body["errors"] {
        Value::Null if body["data"].get("node") == Some(&Value::Null) => "NOT_FOUND".to_owned(),
        Value::Null => "OK".to_owned(),
        errors => errors[0]["extensions"]["code"].as_str().expect("a code").to_owned(),
    }
}

/// The answer if one more rule must allow it.
fn if_also(answer: &'static str, is_allowed: bool) -> &'static str {
    if answer == "OK" && !is_allowed { "FORBIDDEN" } else { answer }
}

impl Setting<'_> {
    async fn try_query(&self, query: &str, variables: Value, expected: &str) {
        let reply = self.caller.graphql(query, variables).await;
        assert_eq!(code(&reply), expected, "{query}: {}: {:#?}", reply.text, self.case);
    }

    async fn try_mutation(&self, mutation: &str, input: Value, expected: &str) {
        let reply = self.caller.mutate(mutation, &input).await;
        assert_eq!(code(&reply), expected, "{mutation} {input}: {}: {:#?}", reply.text, self.case);
    }

    /// Whether the caller may give more to an account, by the bounds of its credentials.
    fn is_within(&self, account: usize) -> bool {
        self.model.is_within(&self.model.accounts[account].bounds)
    }
}

/// Reads things and lists.
pub async fn read(setting: &Setting<'_>) {
    let Setting { model, case, accounts, .. } = setting;
    let organization = Thing::organization();
    for (list, permission) in [
        ("serviceAccounts(first: 1) { pageInfo { hasNextPage } }", Permission::ServiceAccountsList),
        ("roles { label }", Permission::RolesList),
        ("apis { id }", Permission::ApisList),
        ("auditEvents(first: 1) { pageInfo { hasNextPage } }", Permission::AuditEventsList),
    ] {
        let query = format!(r#"{{ organization(id: "acme") {{ {list} }} }}"#);
        setting.try_query(&query, json!({}), model.answer(permission, &organization)).await;
    }
    let (subject, account) = (&accounts[case.subject], Thing::account(case.subject));
    let list = "query($id: ID!) { node(id: $id) { ... on ServiceAccount { credentials { totalCount } } } }";
    let expected = model.answer(Permission::CredentialsList, &account);
    setting.try_query(list, json!({ "id": subject.id }), expected).await;
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for (id, thing) in [
        (json!(subject.id), account),
        (json!(subject.credential), Thing::credential(case.subject)),
        (setting.tenant.api.clone(), Thing::of_organization(Permission::ApisRead)),
    ] {
        setting.try_query(node, json!({ "id": id }), model.answer(thing.read, &thing)).await;
    }
}

/// Changes, creates and grants things.
pub async fn change(setting: &mut Setting<'_>) {
    update(setting).await;
    create_credentials(setting).await;
    create_role(setting).await;
    grant_role(setting).await;
    grant_api_scopes(setting).await;
}

async fn update(setting: &Setting<'_>) {
    let Setting { model, case, accounts, .. } = setting;
    let (subject, account) = (&accounts[case.subject], Thing::account(case.subject));
    let renamed = |id: &Value| json!({ "id": id, "name": "Renamed" });
    let elsewhere = renamed(&json!(setting.tenant.elsewhere));
    setting.try_mutation("updateServiceAccount", elsewhere, "NOT_FOUND").await;
    let expected = model.answer(Permission::ServiceAccountsUpdate, &account);
    setting.try_mutation("updateServiceAccount", renamed(&json!(subject.id)), expected).await;
    let credential = Thing::credential(case.subject);
    let expected = model.answer(Permission::CredentialsUpdate, &credential);
    setting.try_mutation("updateCredential", renamed(&json!(subject.credential)), expected).await;
    let api = Thing::of_organization(Permission::ApisRead);
    let expected = model.answer(Permission::ApisUpdate, &api);
    setting.try_mutation("updateApi", renamed(&setting.tenant.api), expected).await;
    let input = json!({ "organizationId": "acme", "name": "New" });
    let expected = model.answer(Permission::ServiceAccountsCreate, &Thing::organization());
    setting.try_mutation("createServiceAccount", input, expected).await;
}

/// Creates a credential without bounds, and one with each.
async fn create_credentials(setting: &Setting<'_>) {
    let (model, subject) = (&setting.model, setting.case.subject);
    let bounded = Bounds {
        scopes: None,
        own_audience: true,
        narrow: Some(true),
        lifetime: Some(600),
        end: Some(setting.case.hour + 1),
    };
    let expected = model.answer(Permission::CredentialsCreate, &Thing::account(subject));
    for bounds in [Bounds::default(), bounded] {
        let mut input = setting.input(&bounds);
        input["serviceAccountId"] = json!(setting.accounts[subject].id);
        input["name"] = json!("New");
        let expected = if_also(expected, model.is_within(&bounds));
        setting.try_mutation("createCredential", input, expected).await;
    }
}

async fn create_role(setting: &Setting<'_>) {
    let (model, permissions) = (&setting.model, &setting.case.created);
    let expected = model.answer(Permission::RolesCreate, &Thing::organization());
    let expected = if_also(expected, model.covers_lasting(permissions));
    let label = format!("created-{}", setting.nth);
    let input = json!({ "organizationId": "acme", "label": label, "name": "New", "permissions": names(permissions) });
    setting.try_mutation("createRole", input, expected).await;
}

async fn grant_role(setting: &mut Setting<'_>) {
    let Setting { model, case, accounts, .. } = &*setting;
    let (permissions, on, hours) = &case.granted;
    let role = format!("granted-{}", setting.nth);
    setting.tenant.world.role(&role, names(permissions)).await;
    let end = hours.map(|hours| case.hour + hours);
    let input = json!({
        "serviceAccountId": accounts[case.subject].id,
        "role": role,
        "onServiceAccountId": on.map(|at| &accounts[at].id),
        "expiresAt": end.map(|end| setting.time(end)),
    });
    let binding = Binding { role, permissions: permissions.clone(), on: *on, end };
    let may_grant = model.answer(Permission::RolesGrant, &Thing::account(case.subject));
    let reads_target = on.is_none_or(|at| {
        model.answer(Permission::ServiceAccountsRead, &Thing::account(at)) == "OK"
    });
    let expected = if may_grant != "OK" {
        may_grant
    } else if !model.holds(Permission::RolesList, None) {
        "BAD_USER_INPUT"
    } else if !model.covers(&binding) {
        "FORBIDDEN"
    } else if !reads_target {
        "NOT_FOUND"
    } else {
        if_also("OK", setting.is_within(case.subject))
    };
    setting.try_mutation("grantRole", input, expected).await;
    if expected == "OK" {
        setting.model.accounts[setting.case.subject].bindings.push(binding);
    }
}

async fn grant_api_scopes(setting: &mut Setting<'_>) {
    let Setting { model, case, accounts, .. } = &*setting;
    let input = json!({ "serviceAccountId": accounts[case.subject].id, "apiId": setting.tenant.api, "scopes": ["read"] });
    let api = Thing::of_organization(Permission::ApisRead);
    let expected = match model.answer(Permission::ApisRead, &api) {
        "OK" => model.answer(Permission::ApisGrant, &Thing::account(case.subject)),
        hidden => hidden,
    };
    let lasting = Binding {
        role: String::new(),
        permissions: vec![Permission::ApisGrant],
        on: Some(case.subject),
        end: None,
    };
    let expected = if_also(expected, model.covers(&lasting) && setting.is_within(case.subject));
    setting.try_mutation("grantApiScopes", input, expected).await;
    // To the holder of the scopes, the permission to grant them is not granted.
    if expected == "OK" && setting.case.subject == TARGET {
        setting.model.accounts[TARGET].bindings.push(lasting);
    }
}

/// The answer to a change of the edited role.
fn answer_to_edit(
    model: &Model,
    role: &str,
    [before, after]: &[Vec<Permission>; 2],
) -> &'static str {
    if !model.holds(Permission::RolesUpdate, None) {
        return "FORBIDDEN";
    }
    if !model.holds(Permission::RolesList, None) {
        return "NOT_FOUND";
    }
    let holds = |at: &usize| {
        model.accounts[*at].bindings.iter().any(|it| it.role == role && it.lasts(model.hour))
    };
    let gains = after.iter().any(|it| !before.contains(it));
    let is_below = |at: usize| {
        model.covers_account(at) && (!gains || model.is_within(&model.accounts[at].bounds))
    };
    if_also("OK", model.covers_lasting(after) && (0..ACCOUNTS).filter(holds).all(is_below))
}

/// Edits a role: nobody ends above the editor.
pub async fn edit(setting: &mut Setting<'_>) {
    let role = format!("edited-{}", setting.nth);
    let expected = answer_to_edit(&setting.model, &role, &setting.case.edited);
    let viewer = "{ viewer { effectivePermissions { permissions onServiceAccounts { serviceAccountId permissions } } } }";
    let viewer = setting.caller.graphql(viewer, json!({})).await;
    let editor = viewer.data("/viewer/effectivePermissions");
    for dry_run in [true, false] {
        let permissions = names(&setting.case.edited[1]);
        let input = json!({ "id": role, "permissions": permissions, "dryRun": dry_run });
        setting.try_mutation("updateRole", input, expected).await;
    }
    if expected != "OK" {
        return;
    }
    setting.model.edit(&role, &setting.case.edited[1]);
    let query = "query($role: String!) { organization(id: \"acme\") { serviceAccounts(first: 10, filter: { role: $role }) {
      nodes { effectivePermissions { permissions onServiceAccounts { serviceAccountId permissions } } }
    } } }";
    let holders = setting.admin.graphql(query, json!({ "role": role })).await;
    let holders = holders.data("/organization/serviceAccounts/nodes");
    for holder in holders.as_array().expect("holders") {
        let holder = &holder["effectivePermissions"];
        assert!(is_below(holder, &editor), "{holder} {editor}: {:#?}", setting.case);
    }
}

/// Whether all effective permissions of a holder are those of the editor.
fn is_below(holder: &Value, editor: &Value) -> bool {
    let list = |of: &Value| of.as_array().expect("a list").clone();
    let whole = list(&editor["permissions"]);
    let on_account = |account: &Value| {
        let on = list(&editor["onServiceAccounts"]).into_iter();
        let on = on.filter(|it| it["serviceAccountId"] == *account);
        on.flat_map(|it| list(&it["permissions"])).collect::<Vec<_>>()
    };
    list(&holder["permissions"]).iter().all(|it| whole.contains(it))
        && list(&holder["onServiceAccounts"]).iter().all(|on| {
            let confined = on_account(&on["serviceAccountId"]);
            let permissions = list(&on["permissions"]);
            permissions.iter().all(|it| whole.contains(it) || confined.contains(it))
        })
}

/// Deletes the credential of the target.
pub async fn delete(setting: &Setting<'_>) {
    if setting.case.subject == TARGET {
        let input = json!({ "id": setting.accounts[TARGET].credential, "force": true });
        let expected =
            setting.model.answer(Permission::CredentialsDelete, &Thing::credential(TARGET));
        setting.try_mutation("deleteCredential", input, expected).await;
    }
}
