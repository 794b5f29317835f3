//! `permissions` against enforcement, over both surfaces: for all callers and targets, true means
//! that the operation is not forbidden, and false that every such operation is refused.

mod operations;

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use serde_json::{Value, json};

use crate::support::{Account, Caller, World};
use operations::{OPERATIONS, Operation, Surface};

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
    /// The input that bounds a credential so.
    fn input(self, world: &World) -> Value {
        let end = |minutes| clock::spell(world.now() + TimeDelta::minutes(minutes));
        let addresses = json!({ "addresses": ["127.0.0.0/8"] });
        match self {
            Self::None => json!({}),
            Self::Restricted => json!({ "restrictions": addresses }),
            Self::Expiring => json!({ "expiresAt": end(60) }),
            Self::Both => json!({ "restrictions": addresses, "expiresAt": end(30) }),
        }
    }
}

/// A new account with these roles, whose credential has these bounds.
async fn account(world: &World, admin: &Caller, roles: &[Role], bounds: Bounds) -> Account {
    let account = world.account(roles).await;
    let mut input = bounds.input(world);
    if bounds != Bounds::None {
        input["id"] = json!(account.credential);
        let update = "mutation($input: UpdateCredentialInput!) { updateCredential(input: $input) { credential { id } } }";
        admin.graphql(update, json!({ "input": input })).await.data("");
    }
    account
}

/// What a surface answers for a target: whether the caller may, by `<resource type>:<name>`.
async fn said(surface: Surface, caller: &Caller, target: &Account) -> [Value; 2] {
    if surface == Surface::Rest {
        let path = format!("/organizations/acme/service-accounts/{}", target.id);
        let one = format!("{path}/credentials/{}", target.credential);
        let ask = async |path: String| {
            let reply = caller.get(&format!("{path}?expand=permissions")).await;
            if reply.status == 200 { reply.json()["permissions"].clone() } else { Value::Null }
        };
        return [ask(path).await, ask(one).await];
    }
    let query = "query($s: ID!, $c: ID!) {
      account: node(id: $s) { ... on ServiceAccount { permissions { service_accounts: serviceAccounts { list create read update delete } service_account_credentials: serviceAccountCredentials { list create read update delete } } } }
      credential: node(id: $c) { ... on Credential { permissions { service_account_credentials: serviceAccountCredentials { list create read update delete } } } }
    }";
    let data =
        caller.graphql(query, json!({ "s": target.id, "c": target.credential })).await.data("");
    ["account", "credential"].map(|thing| data[thing]["permissions"].clone())
}

/// Whether `thing` says yes to a permission; a thing that the caller may not read says nothing.
fn says(thing: &Value, operation: &Operation) -> Option<bool> {
    let (kind, name) = operation.permission.split_once(':').expect("a permission");
    thing[kind][name].as_bool()
}

async fn holds(world: &World, surface: Surface, caller: &Caller, who: &str, target: &Account) {
    let [on_account, on_credential] = said(surface, caller, target).await;
    for operation in OPERATIONS {
        let code = operation.run(surface, caller, target, world).await;
        let Some(code) = code else { continue };
        if code == "UNAUTHENTICATED" {
            // It has disabled itself.
            assert!(who.ends_with("on itself"), "{who}: {}", operation.name);
            return;
        }
        let refused = code == "FORBIDDEN" || code == "NOT_FOUND";
        let things = [Some(&on_account), operation.on_credential.then_some(&on_credential)];
        let answers: Vec<_> =
            things.into_iter().flatten().filter_map(|thing| says(thing, operation)).collect();
        let about = format!("{surface:?}: {who}: {}: {code}, said {answers:?}", operation.name);
        if answers.is_empty() {
            assert!(refused, "{about}");
        }
        for said in answers {
            assert!(said || refused, "said no, and did it: {about}");
            assert!(!said || !refused || operation.may_be_refused, "said yes: {about}");
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
                    holds(&world, surface, &caller, &who, &target).await;
                }
            }
            let who = format!("{caller_roles:?} {caller_bounds:?} on itself");
            holds(&world, surface, &caller, &who, &own).await;
        }
    }
}

#[tokio::test]
async fn permissions_are_what_graphql_enforces() {
    truth(Surface::GraphQl).await;
}

#[tokio::test]
async fn permissions_are_what_rest_enforces() {
    truth(Surface::Rest).await;
}

#[tokio::test]
async fn permissions_of_a_token_with_a_scope_are_what_is_enforced() {
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
                holds(&world, surface, &caller, &who, &target).await;
            }
        }
    }
}
