//! How many SQL statements a query takes: a number that does not grow with the rows.

mod custom_roles;
mod lists;

use serde_json::json;

use crate::support::World;

const PAGE: &str = r#"
    query($first: Int!) {
      organization(id: "acme") {
        serviceAccounts(first: $first) {
          nodes {
            id name
            organization { label }
            roles { label }
            credentials {
              totalCount
              nodes {
                id clientId lastUsedAt
                serviceAccount { id }
                permissions { serviceAccountCredentials { delete } }
              }
            }
            permissions { serviceAccounts { update delete } }
          }
          permissions { serviceAccounts { create } }
          totalCount
        }
      }
    }
"#;

#[tokio::test]
async fn a_page_of_50_accounts_takes_as_many_statements_as_a_page_of_two() {
    let world = World::new().await;
    for _ in 0..50 {
        world.account(&[postern::authz::Role::Viewer]).await;
    }
    let admin = world.admin().await;
    let (small, of_two) = world.count(admin.graphql(PAGE, json!({ "first": 2 }))).await;
    let (large, of_fifty) = world.count(admin.graphql(PAGE, json!({ "first": 50 }))).await;
    let nodes = |reply: &crate::support::Reply| {
        reply.data("/organization/serviceAccounts/nodes").as_array().map(Vec::len)
    };
    assert_eq!((nodes(&small), nodes(&large)), (Some(2), Some(50)));
    // Who calls, with the organization; the page, with roles; its total; credentials.
    assert_eq!((of_two, of_fifty), (4, 4));
}

#[tokio::test]
async fn fields_that_are_not_selected_are_not_read() {
    let world = World::new().await;
    let admin = world.admin().await;
    let query = r#"
        {
          organization(id: "acme") {
            permissions { roles { grant } }
            serviceAccounts {
              nodes {
                id
                permissions { serviceAccounts { delete } }
              }
            }
          }
        }
    "#;
    let (_, count) = world.count(admin.graphql(query, json!({}))).await;
    assert_eq!(count, 2, "who calls, the page");
    let ids: Vec<_> = (0..100).map(|_| world.admin_account().id).collect();
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let (reply, count) = world.count(admin.graphql(nodes, json!({ "ids": ids }))).await;
    assert_eq!((reply.data("/nodes").as_array().map(Vec::len), count), (Some(100), 2));
}

#[tokio::test]
async fn a_page_after_a_cursor_takes_as_many_statements_as_the_first() {
    let world = World::new().await;
    world.account(&[]).await;
    let admin = world.admin().await;
    let query = r#"
        query($after: String) {
          organization(id: "acme") {
            serviceAccounts(first: 1, after: $after) {
              nodes { id roles { label } }
              pageInfo { endCursor hasPreviousPage }
            }
          }
        }
    "#;
    let (first, count) = world.count(admin.graphql(query, json!({}))).await;
    let page = "/organization/serviceAccounts/pageInfo";
    assert_eq!((first.data(page)["hasPreviousPage"].clone(), count), (json!(false), 2));
    let after = first.data(page)["endCursor"].clone();
    let (second, count) = world.count(admin.graphql(query, json!({ "after": after }))).await;
    assert_eq!((second.data(page)["hasPreviousPage"].clone(), count), (json!(true), 2));
    let after = second.data(page)["endCursor"].clone();
    let empty = admin.graphql(query, json!({ "after": after })).await;
    assert_eq!(empty.data(page), json!({ "endCursor": null, "hasPreviousPage": true }));
}

#[tokio::test]
async fn fields_that_lookahead_misses_are_still_batched() {
    let world = World::new().await;
    for _ in 0..20 {
        world.account(&[postern::authz::Role::Viewer]).await;
    }
    let admin = world.admin().await;
    let round = r#"
        query($first: Int!) {
          organization(id: "acme") {
            serviceAccounts(first: $first) {
              nodes {
                credentials {
                  nodes {
                    serviceAccount { roles { label } }
                  }
                }
              }
            }
          }
        }
    "#;
    for first in [2, 21] {
        let (reply, count) = world.count(admin.graphql(round, json!({ "first": first }))).await;
        let role = "/organization/serviceAccounts/nodes/1/credentials/nodes/0/serviceAccount/roles/0/label";
        assert!(reply.data(role).is_string());
        assert_eq!(count, 4, "who calls, the page, credentials, roles");
    }
}

#[tokio::test]
async fn permissions_on_each_account_take_no_statement_per_account() {
    let world = World::new().await;
    for _ in 0..20 {
        world.account(&[postern::authz::Role::Viewer]).await;
    }
    let member = world.member().await;
    let (reply, count) = world.count(member.graphql(PAGE, json!({ "first": 50 }))).await;
    let nodes = reply.data("/organization/serviceAccounts/nodes");
    let nodes = nodes.as_array().expect("nodes");
    let may_not = |it: &&serde_json::Value| it["permissions"]["serviceAccounts"]["update"] == false;
    let stronger: Vec<_> = nodes.iter().filter(may_not).map(|it| &it["name"]).collect();
    assert_eq!((nodes.len(), stronger), (22, vec![&json!("Administrator")]));
    assert_eq!(count, 4, "who calls, the page with what each holds, its total, credentials");
}
