//! The example query of the documentation, as a frontend sends it.

use entity::{TenantScoped, credential, service_account};
use postern::authz::Role;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use crate::support::World;

/// The query, for pages of a hundred.
fn query() -> String {
    let page = include_str!("../../../docs/api/graphql.md");
    let (_, section) = page.split_once("## Example query").expect("the section");
    let (_, block) = section.split_once("```graphql\n").expect("a block");
    let (query, _) = block.split_once("```").expect("its end");
    let large = query.replace("first: 20", "first: 100");
    assert_ne!(large, query);
    large
}

/// The same query as clients of Relay write it.
fn with_edges(query: &str) -> String {
    let mut query = query.to_owned();
    while let Some(start) = query.find("nodes {") {
        let (before, rest) = (query[..start].to_owned(), &query[start + "nodes {".len()..]);
        let mut open = 1;
        let end = rest.find(|it| {
            open += i32::from(it == '{') - i32::from(it == '}');
            open == 0
        });
        let (below, after) = rest.split_at(end.expect("the closing bracket"));
        query = format!(
            "{before}edges {{ cursor node {{{below}}} }} pageInfo {{ hasNextPage endCursor }} {}",
            &after[1..]
        );
    }
    query
}

/// A hundred accounts with three credentials each, by two statements.
async fn fill(world: &World) {
    let one = world.account(&[]).await;
    let db = world.app.db.writer();
    let id: entity::ServiceAccountId = one.id.parse().expect("an id");
    let account = service_account::Entity::in_org(&world.first.organization.id)
        .filter(service_account::Column::Id.eq(id))
        .one(db)
        .await
        .expect("an answer");
    let credential = credential::Entity::any_tenant_by_client_id(&one.client_id).one(db).await;
    let (account, credential) =
        (account.expect("a row"), credential.expect("an answer").expect("a row"));
    let accounts: Vec<_> = (0..100)
        .map(|_| service_account::Model { id: postern::random::id(), ..account.clone() })
        .collect();
    let credentials = accounts.iter().flat_map(|account| {
        (0..3).map(|_| credential::Model {
            id: postern::random::id(),
            client_id: postern::random::base62(21),
            service_account_id: account.id.clone(),
            ..credential.clone()
        })
    });
    let credentials: Vec<_> = credentials.map(IntoActiveModel::into_active_model).collect();
    let accounts = accounts.iter().cloned().map(IntoActiveModel::into_active_model);
    service_account::Entity::insert_many(accounts).exec(db).await.expect("accounts");
    credential::Entity::insert_many(credentials).exec(db).await.expect("credentials");
}

#[tokio::test]
async fn the_documented_query_shows_a_page_of_a_hundred_accounts_to_a_viewer() {
    let world = World::new().await;
    fill(&world).await;
    let callers = [world.sign_in(&world.account(&[Role::Viewer]).await).await, world.admin().await];
    for caller in callers {
        for (query, path) in [(query(), "nodes"), (with_edges(&query()), "edges")] {
            let reply = caller.graphql(&query, json!({ "organization": "acme" })).await;
            let page = reply.data("/organization/serviceAccounts");
            let items = page[path].as_array().expect("items");
            assert_eq!((items.len(), &page["pageInfo"]["hasNextPage"]), (100, &json!(true)));
            let node = |it: &Value| if path == "edges" { it["node"].clone() } else { it.clone() };
            let credentials = items.iter().map(|it| node(it)["credentials"][path].clone());
            let three = credentials.filter(|it| it.as_array().map(Vec::len) == Some(3));
            // The accounts of the callers, and the one that was copied, have one credential.
            assert!(three.count() >= 96, "{page}");
        }
    }
}
