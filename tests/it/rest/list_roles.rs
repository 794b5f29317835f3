use super::members;
use crate::support::World;

#[tokio::test]
async fn the_built_in_roles_are_listed() {
    let world = World::new().await;
    let list = world.member().await.get("/organizations/acme/roles").await.body(200);
    let items = list["items"].as_array().expect("items");
    let labels: Vec<_> =
        items.iter().map(|role| role["label"].as_str().expect("a label")).collect();
    assert_eq!(labels, ["org_admin", "org_member", "org_viewer"]);
    for role in items {
        assert_eq!(members(role), ["description", "label", "name", "scope"]);
        assert_eq!(role["scope"], "organization");
    }
}

#[tokio::test]
async fn a_viewer_cannot_list_roles() {
    let world = World::new().await;
    world.viewer().await.get("/organizations/acme/roles").await.is_error(403, "FORBIDDEN");
    world.stranger().await.get("/organizations/acme/roles").await.is_error(404, "NOT_FOUND");
    world.anonymous().get("/organizations/acme/roles").await.is_error(401, "UNAUTHENTICATED");
}
