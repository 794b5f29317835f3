//! The statements of a page of accounts with custom, confined and ending roles, for callers who hold such
//! roles themselves.

use postern::clock;
use serde_json::{Value, json};

use crate::graphql::role_bindings::until;
use crate::graphql::roles::{create, grant};
use crate::support::{Account, Caller, World};

const PAGE: &str = r#"
    query($first: Int!) {
      organization(id: "acme") {
        serviceAccounts(first: $first) {
          nodes {
            roles { label permissions }
            roleBindings { role { label } onServiceAccountId expiresAt }
            effectivePermissions { permissions onServiceAccounts { serviceAccountId permissions } }
            permissions {
              serviceAccounts { update delete }
              serviceAccountCredentials { create update }
            }
          }
        }
      }
    }
"#;

const KEEPER: &[&str] = &[
    "service_accounts:update",
    "service_account_credentials:read",
    "service_account_credentials:update",
];

/// Accounts that hold a custom role: in the organization, on themselves, or for a while.
async fn fill(world: &World, admin: &Caller) -> Vec<Account> {
    let reader = ["service_accounts:list", "service_accounts:read", "roles:list"];
    create(admin, "reader", &reader).await.data("");
    create(admin, "keeper", KEEPER).await.data("");
    let accounts = world.accounts(39).await;
    // The callers come later in the list.
    world.clock.advance(chrono::TimeDelta::seconds(1));
    for (nth, account) in accounts.iter().enumerate() {
        let more = match nth % 3 {
            0 => json!({}),
            1 => json!({ "onServiceAccountId": account.id }),
            _ => until(world, 30),
        };
        grant(admin, account, "keeper", more).await.data("");
    }
    accounts
}

/// A caller who reads all accounts, and keeps those of one more binding.
async fn caller(world: &World, admin: &Caller, more: Value) -> Account {
    let account = world.account(&[]).await;
    grant(admin, &account, "reader", json!({})).await.data("");
    grant(admin, &account, "keeper", more).await.data("");
    account
}

/// The statements of pages of two and of 40 accounts, and how many of the 40 the caller may update.
async fn count(world: &World, account: &Account) -> ([usize; 2], usize) {
    let caller = world.sign_in(account).await;
    let (small, of_two) = world.count(caller.graphql(PAGE, json!({ "first": 2 }))).await;
    let (large, of_forty) = world.count(caller.graphql(PAGE, json!({ "first": 40 }))).await;
    let nodes = |of: Value| of.as_array().expect("nodes").clone();
    let path = "/organization/serviceAccounts/nodes";
    let (small, large) = (nodes(small.data(path)), nodes(large.data(path)));
    assert_eq!((small.len(), large.len()), (2, 40));
    let may_update = |it: &&Value| it["permissions"]["serviceAccounts"]["update"] == true;
    ([of_two, of_forty], large.iter().filter(may_update).count())
}

#[tokio::test]
async fn a_page_takes_as_many_statements_for_40_accounts_with_custom_roles_as_for_two() {
    let world = World::new().await;
    let admin = world.admin().await;
    let accounts = fill(&world, &admin).await;
    // Who calls, with its bindings; the page; the bindings of its accounts.
    let expected = [3, 3];
    let in_organization = caller(&world, &admin, json!({})).await;
    assert_eq!(count(&world, &in_organization).await, (expected, 39));
    let on_account = json!({ "onServiceAccountId": accounts[1].id });
    let confined = caller(&world, &admin, on_account).await;
    assert_eq!(count(&world, &confined).await, (expected, 1));
    let ending = caller(&world, &admin, until(&world, 30)).await;
    // Those that hold the role for no longer.
    assert_eq!(count(&world, &ending).await, (expected, 13));
    let restricted = caller(&world, &admin, json!({})).await;
    let end = clock::to_rfc3339(world.now() + chrono::TimeDelta::hours(1));
    let input = json!({ "id": restricted.credential, "expiresAt": end });
    admin.mutate("updateCredential", input).await.data("");
    // What each account holds, and the bounds of its credentials, in three more.
    assert_eq!(count(&world, &restricted).await, ([6, 6], 39));
}
