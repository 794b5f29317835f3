//! Connections: forward and backward, exact flags, cursors that outlive their rows.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Caller, World};

const PAGE: &str = r#"
    query($first: Int, $after: String, $last: Int, $before: String) {
      organization(id: "acme") {
        serviceAccounts(first: $first, after: $after, last: $last, before: $before) {
          totalCount
          nodes { id }
          edges { cursor node { id } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
"#;

async fn page(caller: &Caller, arguments: Value) -> Value {
    caller.graphql(PAGE, arguments).await.data("/organization/serviceAccounts")
}

fn ids(page: &Value) -> Vec<String> {
    let nodes = page["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect()
}

fn flags(page: &Value) -> (bool, bool) {
    let flag = |name: &str| page["pageInfo"][name].as_bool().expect("a flag");
    (flag("hasPreviousPage"), flag("hasNextPage"))
}

/// Five more accounts than the first, some made at the same instant.
async fn filled() -> (World, Caller, Vec<String>) {
    let world = World::new().await;
    for number in 0..5 {
        world.clock.advance(TimeDelta::microseconds((number + 1) % 2));
        world.account(&[]).await;
    }
    let admin = world.admin().await;
    let all = ids(&page(&admin, json!({})).await);
    assert_eq!(all.len(), 6);
    (world, admin, all)
}

#[tokio::test]
async fn paging_in_either_direction_returns_every_account_once_with_exact_flags() {
    let (_world, admin, all) = filled().await;
    for size in 1..=7 {
        let (mut forward, mut cursor) = (Vec::new(), Value::Null);
        for step in 0.. {
            assert!(step <= all.len(), "the walk does not end");
            let page = page(&admin, json!({ "first": size, "after": cursor })).await;
            let (has_previous, has_next) = flags(&page);
            assert_eq!((has_previous, &page["totalCount"]), (!forward.is_empty(), &json!(6)));
            forward.extend(ids(&page));
            assert_eq!(has_next, forward.len() < all.len());
            cursor = page["pageInfo"]["endCursor"].clone();
            if !has_next {
                break;
            }
        }
        assert_eq!(forward, all);
        let (mut backward, mut cursor) = (Vec::new(), Value::Null);
        for step in 0.. {
            assert!(step <= all.len(), "the walk does not end");
            let page = page(&admin, json!({ "last": size, "before": cursor })).await;
            let (has_previous, has_next) = flags(&page);
            assert_eq!(has_next, !backward.is_empty());
            backward.splice(0..0, ids(&page));
            assert_eq!(has_previous, backward.len() < all.len());
            cursor = page["pageInfo"]["startCursor"].clone();
            if !has_previous {
                break;
            }
        }
        assert_eq!(backward, all);
    }
}

#[tokio::test]
async fn a_cursor_stays_valid_when_its_row_is_deleted_and_others_are_created() {
    let (world, admin, all) = filled().await;
    let first = page(&admin, json!({ "first": 3 })).await;
    let delete = "mutation($id: ID!) { deleteServiceAccount(input: { id: $id }) { deletedId } }";
    let (gone, newer) = (json!({ "id": all[2] }), world.account(&[]));
    admin.graphql(delete, gone).await.data("/deleteServiceAccount");
    let newer = newer.await.id;
    let rest = page(&admin, json!({ "first": 10, "after": first["pageInfo"]["endCursor"] })).await;
    let mut expected = all[3..].to_vec();
    let mut found = ids(&rest);
    expected.push(newer);
    expected.sort();
    found.sort();
    assert_eq!((found, flags(&rest)), (expected, (true, false)));
}

#[tokio::test]
async fn invalid_arguments_and_cursors_of_other_lists_are_rejected() {
    let (world, admin, _) = filled().await;
    let own = page(&admin, json!({ "first": 1 })).await["pageInfo"]["endCursor"].clone();
    for wrong in [
        json!({ "first": 0 }),
        json!({ "first": 101 }),
        json!({ "last": -1 }),
        json!({ "first": 1, "last": 1 }),
        json!({ "after": own, "before": own }),
        json!({ "after": "nonsense" }),
        json!({ "after": "x".repeat(10_000) }),
    ] {
        admin.graphql(PAGE, wrong).await.is_graphql_error("BAD_USER_INPUT");
    }
    let query = r#"
        query($after: String) {
          viewer {
            principal {
              ... on ServiceAccount {
                credentials(after: $after) { totalCount }
              }
            }
          }
        }
    "#;
    admin.graphql(query, json!({ "after": own })).await.is_graphql_error("BAD_USER_INPUT");
    let globex = PAGE.replace("acme", "globex");
    world
        .stranger()
        .await
        .graphql(&globex, json!({ "after": own }))
        .await
        .is_graphql_error("BAD_USER_INPUT");
}
