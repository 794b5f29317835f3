//! Filters by a role that few or many accounts hold, and by a text that few or many names contain.

use postern::context::OpContext;
use postern::domain::service_accounts::{self, ServiceAccountInput};
use serde_json::{Value, json};

use super::{ACCOUNTS, ids, list, walk, walk_filtered};
use crate::support::World;

/// More than are few.
pub(super) const MANY: usize = 310;

/// New accounts without credentials; their ids, in order of creation.
pub(super) async fn hold(world: &World, role: Option<&str>, count: usize) -> Vec<String> {
    let (op, organization) = (OpContext::operator(&world.app), &world.first.organization.id);
    let mut ids = Vec::new();
    for nth in 0..count {
        let new = ServiceAccountInput {
            name: format!("Holder {nth}"),
            description: None,
            roles: role.map(str::to_owned).into_iter().collect(),
            external_id: None,
        };
        let row = service_accounts::create(&op, organization, new, None).await;
        ids.push(row.expect("a service account").id.to_string());
    }
    ids
}

#[tokio::test]
async fn many_holders_of_a_role_are_listed_like_few() {
    let world = World::new().await;
    let many = hold(&world, Some("org_member"), MANY).await;
    let few = hold(&world, Some("org_viewer"), 3).await;
    hold(&world, None, 3).await;
    let admin = world.admin().await;
    for (role, mut expected) in [("org_member", many), ("org_viewer", few)] {
        expected.sort();
        let filter = json!({ "role": role });
        for field in ["CREATED_AT", "NAME"] {
            let order = json!({ "field": field, "direction": "DESC" });
            for (size, back) in [(100, false), (90, true)] {
                let mut found =
                    walk_filtered(&admin, ACCOUNTS, (&filter, &order), size, back).await;
                found.sort();
                assert_eq!(found, expected, "{role} {field} {size}");
            }
        }
        let both = json!({ "role": role, "status": "DISABLED" });
        let page = list(&admin, ACCOUNTS, json!({ "first": 10, "filter": both })).await;
        assert_eq!(ids(page["nodes"].as_array().expect("nodes")), Vec::<String>::new());
        assert_eq!(page["totalCount"], 0);
        let page = list(&admin, ACCOUNTS, json!({ "first": 1, "filter": filter })).await;
        assert_eq!(page["totalCount"], Value::from(expected.len()));
    }
}

#[tokio::test]
async fn a_text_that_all_names_contain_is_found_like_one_of_few() {
    let world = World::new().await;
    let holders = hold(&world, None, MANY).await;
    let admin = world.admin().await;
    for (field, direction) in [("CREATED_AT", "ASC"), ("CREATED_AT", "DESC"), ("NAME", "ASC")] {
        let order = json!({ "field": field, "direction": direction });
        let all = walk(&admin, ACCOUNTS, &order, 100, false).await;
        for text in ["holder", "LDER 3", "older 30", "r_3", "%%%", "no name"] {
            let is_named = |nth: &usize| format!("holder {nth}").contains(&text.to_lowercase());
            let named: Vec<_> = (0..MANY).filter(is_named).map(|nth| &holders[nth]).collect();
            let mut expected = all.clone();
            expected.retain(|id| named.contains(&id));
            let filter = json!({ "query": text });
            for (size, back) in [(100, false), (90, true), (9, false)] {
                let found = walk_filtered(&admin, ACCOUNTS, (&filter, &order), size, back).await;
                assert_eq!(found, expected, "{text} {order} {size}");
            }
        }
    }

    let renamed = json!({ "id": holders[0], "name": "Zebra \"crossing\"" });
    admin.mutate("updateServiceAccount", renamed).await.data("");
    for (text, expected) in [("bra \"CRO", 1), ("older 0", 0)] {
        let page =
            list(&admin, ACCOUNTS, json!({ "first": 10, "filter": { "query": text } })).await;
        assert_eq!(page["nodes"].as_array().map(Vec::len), Some(expected), "{text}");
    }
}

#[tokio::test]
async fn holders_of_a_role_are_found_by_its_label_and_by_its_id() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[]).await);
    let id = world.role("tried", vec!["roles:list".to_owned()]).await.id.to_string();
    let input = json!({ "serviceAccountId": holder.id, "role": "tried" });
    admin.mutate("grantRole", input).await.data("");
    let unknown = format!("r{}", "0".repeat(25));
    for (role, found) in [(id.as_str(), true), ("tried", true), (unknown.as_str(), false)] {
        let variables = json!({ "first": 10, "filter": { "role": role } });
        let page = list(&admin, ACCOUNTS, variables).await;
        let expected = Vec::from_iter(found.then(|| holder.id.clone()));
        assert_eq!(ids(page["nodes"].as_array().expect("nodes")), expected, "{role}");
        assert_eq!(page["totalCount"], expected.len());
    }
}
