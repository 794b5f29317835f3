//! `permissions` against enforcement, over both surfaces: for all callers and targets, true means
//! that the operation is not forbidden, and false that every such operation is refused.

mod directives;
mod effective;
pub mod operations;
mod random;

use chrono::TimeDelta;
use postern::authz::{Permission, Role};
use postern::clock;
use serde_json::{Value, json};

use crate::support::{Account, Caller, World};
use operations::{OPERATIONS, On, Operation, Surface};

/// What bounds the credential that somebody acts with, or that is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bounds {
    None,
    /// Restricted to the addresses that the tests come from.
    Restricted,
    /// Expires in an hour.
    Expiring,
    /// Both, and expires earlier.
    Both,
}

const BOUNDS: [Bounds; 4] = [Bounds::None, Bounds::Restricted, Bounds::Expiring, Bounds::Both];

const ROLES: [&[Role]; 4] = [&[], &[Role::Viewer], &[Role::Member], &[Role::Admin]];

impl Bounds {
    /// The body that bounds a new credential so.
    fn body(self, world: &World) -> Value {
        let end = |minutes| clock::to_rfc3339(world.now() + TimeDelta::minutes(minutes));
        let addresses = json!({ "addresses": ["127.0.0.0/8"] });
        match self {
            Self::None => json!({ "name": "Tried" }),
            Self::Restricted => json!({ "name": "Tried", "restrictions": addresses }),
            Self::Expiring => json!({ "name": "Tried", "expires_at": end(60) }),
            Self::Both => {
                json!({ "name": "Tried", "restrictions": addresses, "expires_at": end(30) })
            }
        }
    }

    /// The input that bounds a credential so.
    fn input(self, world: &World) -> Value {
        let body = self.body(world);
        let members = [("restrictions", "restrictions"), ("expires_at", "expiresAt")];
        let members = members
            .into_iter()
            .filter_map(|(theirs, ours)| Some((ours.to_owned(), body.get(theirs)?.clone())));
        Value::Object(members.collect())
    }
}

/// A new account with these roles, whose credential has these bounds.
async fn account(world: &World, admin: &Caller, roles: &[Role], bounds: Bounds) -> Account {
    let account = world.account(roles).await;
    let mut input = bounds.input(world);
    if bounds != Bounds::None {
        input["id"] = json!(account.credential);
        admin.mutate_selecting("updateCredential", input, "credential { id }").await.data("");
    }
    account
}

/// The permissions on a target, in the surface's own response: on its organization, on itself and on
/// its credential; null where the caller may not read the thing.
async fn said(surface: Surface, caller: &Caller, target: &Account) -> [Value; 3] {
    if surface == Surface::Rest {
        let path = format!("/organizations/acme/service-accounts/{}", target.id);
        let one = format!("{path}/credentials/{}", target.credential);
        let ask = async |path: String| {
            let reply = caller.get(&format!("{path}?expand=permissions")).await;
            if reply.status == 200 { reply.json()["permissions"].clone() } else { Value::Null }
        };
        return [ask("/organizations/acme".to_owned()).await, ask(path).await, ask(one).await];
    }
    let query = r#"
        query($s: ID!, $c: ID!) {
          organization(id: "acme") {
            permissions {
              organizations { read update }
              service_accounts: serviceAccounts { list create }
              service_account_credentials: serviceAccountCredentials { list }
              roles { list create update delete grant }
              apis { list create read update delete grant }
              audit_events: auditEvents { list export }
            }
          }
          account: node(id: $s) {
            ... on ServiceAccount {
              permissions {
                service_accounts: serviceAccounts {
                  list create read update delete
                }
                service_account_credentials: serviceAccountCredentials {
                  list create read update delete
                }
              }
            }
          }
          credential: node(id: $c) {
            ... on Credential {
              permissions {
                service_account_credentials: serviceAccountCredentials {
                  list create read update delete
                }
              }
            }
          }
        }
    "#;
    let data =
        caller.graphql(query, json!({ "s": target.id, "c": target.credential })).await.data("");
    ["organization", "account", "credential"].map(|thing| data[thing]["permissions"].clone())
}

/// Whether `thing` says yes to a permission; a thing that the caller may not read says nothing.
fn says(thing: &Value, operation: &Operation) -> Option<bool> {
    let (kind, name) = operation.permission.split_once(':').expect("a permission");
    thing[kind][name].as_bool()
}

/// Does one operation and compares it with what was said before.
async fn check(
    world: &World,
    (surface, caller, who): (Surface, &Caller, &str),
    target: &Account,
    operation: &Operation,
    [on_organization, on_account, on_credential]: &[Value; 3],
) {
    let code = operation.run(surface, caller, target, world).await;
    assert_ne!(code, "UNAUTHENTICATED", "{surface:?}: {who}: {}", operation.name);
    let refused = code == "FORBIDDEN" || code == "NOT_FOUND";
    let things = match operation.on {
        On::Organization => vec![on_organization],
        On::Account => vec![on_account],
        On::Credential => vec![on_account, on_credential],
    };
    let answers: Vec<_> = things.into_iter().filter_map(|thing| says(thing, operation)).collect();
    let about = format!("{surface:?}: {who}: {}: {code}, said {answers:?}", operation.name);
    if answers.is_empty() {
        assert!(refused, "{about}");
    }
    // Some credential of the account may be changed although this one may not.
    if let Some(said) = answers.last() {
        assert!(!said || !refused || operation.may_be_refused, "said yes: {about}");
        // A credential is also read through its account, which the caller may not read.
        let is_read = operation.permission.ends_with(":read");
        assert!(!said || code != "NOT_FOUND" || is_read, "said yes to what is hidden: {about}");
    }
    for said in answers {
        assert!(said || refused, "said no, and did it: {about}");
    }
}

async fn holds(world: &World, as_caller: (Surface, &Caller, &str), target: &Account) {
    let said = said(as_caller.0, as_caller.1, target).await;
    for operation in OPERATIONS {
        check(world, as_caller, target, operation, &said).await;
    }
}

/// The same for a caller on itself: after an operation that ends it, with another such caller.
async fn holds_on_itself(
    world: &World,
    surface: Surface,
    who: &str,
    new: impl AsyncFn() -> Account,
) {
    let mut own = new().await;
    let mut caller = world.sign_in(&own).await;
    for operation in OPERATIONS {
        let said = said(surface, &caller, &own).await;
        check(world, (surface, &caller, who), &own, operation, &said).await;
        if operation.ends_itself {
            own = new().await;
            caller = world.sign_in(&own).await;
        }
    }
}

async fn truth(surface: Surface) {
    let world = World::new().await;
    let admin = world.admin().await;
    for caller_roles in ROLES {
        for caller_bounds in BOUNDS {
            let own = account(&world, &admin, caller_roles, caller_bounds).await;
            let caller = world.sign_in(&own).await;
            for target_roles in ROLES {
                for target_bounds in BOUNDS {
                    let target = account(&world, &admin, target_roles, target_bounds).await;
                    let who = format!(
                        "{caller_roles:?} {caller_bounds:?} on {target_roles:?} {target_bounds:?}"
                    );
                    let said = said(surface, &caller, &target).await;
                    // The others are tried once for each caller, on itself.
                    for operation in OPERATIONS.iter().filter(|it| it.depends_on_account()) {
                        let who = (surface, &caller, who.as_str());
                        check(&world, who, &target, operation, &said).await;
                    }
                }
            }
            let who = format!("{caller_roles:?} {caller_bounds:?} on itself");
            let new = async || account(&world, &admin, caller_roles, caller_bounds).await;
            holds_on_itself(&world, surface, &who, new).await;
        }
    }
}

#[tokio::test]
async fn permissions_match_what_graphql_enforces() {
    truth(Surface::GraphQl).await;
}

#[tokio::test]
async fn permissions_match_what_rest_enforces() {
    truth(Surface::Rest).await;
}

#[tokio::test]
async fn permissions_of_a_token_with_a_scope_match_enforcement() {
    let world = World::new().await;
    let admin = world.admin_account();
    for scope in [
        "service_accounts:update",
        "service_accounts:read service_accounts:update",
        "service_account_credentials:update service_account_credentials:delete",
        "service_accounts:read service_account_credentials:create",
        "service_account_credentials:read service_account_credentials:update",
        "service_accounts:list service_account_credentials:list",
    ] {
        for roles in ROLES {
            let target = world.account(roles).await;
            for surface in [Surface::GraphQl, Surface::Rest] {
                let caller = world.sign_in_for(&admin, Some(scope)).await;
                let who = format!("an admin with {scope} on {roles:?}");
                holds(&world, (surface, &caller, &who), &target).await;
            }
        }
    }
}

#[tokio::test]
async fn permissions_of_a_token_for_one_operation_match_enforcement() {
    let world = World::new().await;
    let admin = world.admin_account();
    for permission in Permission::ALL {
        for scope in
            [permission.name().to_owned(), format!("service_accounts:read {}", permission.name())]
        {
            let target = world.account(&[]).await;
            for surface in [Surface::GraphQl, Surface::Rest] {
                let caller = world.sign_in_for(&admin, Some(&scope)).await;
                let who = format!("an admin with {scope}");
                holds(&world, (surface, &caller, &who), &target).await;
            }
        }
    }
}

/// A rotation of a credential of a new account with these roles: the account with the old one, and
/// with the new one.
async fn rotating(world: &World, admin: &Caller, roles: &[Role]) -> [Account; 2] {
    let old = world.account(roles).await;
    let started = admin
        .mutate_selecting(
            "startCredentialRotation",
            json!({ "id": old.credential }),
            "newCredential { id clientId } clientSecret",
        )
        .await;
    let started = started.data("/startCredentialRotation");
    let new = old.with_credential(&started["newCredential"], &started["clientSecret"]);
    [old, new]
}

#[tokio::test]
async fn permissions_on_credentials_in_rotation_match_enforcement() {
    let world = World::new().await;
    let admin = world.admin().await;
    for surface in [Surface::GraphQl, Surface::Rest] {
        for bounds in BOUNDS {
            let caller =
                world.sign_in(&account(&world, &admin, &[Role::Admin], bounds).await).await;
            for which in 0..2 {
                let target = &rotating(&world, &admin, &[Role::Member]).await[which];
                let who = format!("an admin {bounds:?} on credential {which} of a rotation");
                holds(&world, (surface, &caller, &who), target).await;
            }
        }
        // A credential that retires may not rid itself of its end by deleting what replaces it.
        for operation in OPERATIONS.iter().filter(|it| it.on == On::Credential) {
            let [old, new] = rotating(&world, &admin, &[Role::Admin]).await;
            let caller = world.sign_in(&old).await;
            let said = said(surface, &caller, &new).await;
            let who = "the old credential of a rotation on the new one";
            check(&world, (surface, &caller, who), &new, operation, &said).await;
        }
    }
}

/// Permissions of the `nth` role: each of two out of three, another selection for each role.
fn selected(nth: usize) -> Vec<String> {
    let all = Permission::ALL.iter().enumerate();
    let chosen = all.filter(|(at, _)| !(at * 7 + nth * 5 + at * nth).is_multiple_of(3));
    chosen.map(|(_, permission)| permission.name().to_owned()).collect()
}

#[tokio::test]
async fn permissions_of_custom_and_confined_roles_match_enforcement() {
    let world = World::new().await;
    let admin = world.admin().await;
    for nth in 0..8 {
        let label = format!("role-{nth}");
        world.role(&label, selected(nth)).await;
        let (own, target) = (world.account(&[]).await, world.account(&[Role::Viewer]).await);
        let mut input = json!({ "serviceAccountId": own.id, "role": label });
        if nth % 2 == 1 {
            input["onServiceAccountId"] = json!(target.id);
        }
        if nth % 4 >= 2 {
            input["expiresAt"] = json!(clock::to_rfc3339(world.now() + TimeDelta::hours(1)));
        }
        admin.mutate("grantRole", input).await.data("");
        let caller = world.sign_in(&own).await;
        for surface in [Surface::GraphQl, Surface::Rest] {
            for target in [&target, &world.account(&[]).await] {
                let who = format!("a holder of role {nth}");
                holds(&world, (surface, &caller, &who), target).await;
            }
        }
    }
}
