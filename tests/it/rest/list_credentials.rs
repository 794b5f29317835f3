use chrono::TimeDelta;
use serde_json::json;

use super::{ACCOUNTS, credentials, ids, members};
use crate::support::World;

#[tokio::test]
async fn credentials_are_paged_in_order_of_creation_in_both_directions() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = credentials(&account);
    let mut all = vec![account.credential.clone()];
    for _ in 0..4 {
        world.clock.advance(TimeDelta::microseconds(1));
        let made = admin.post(&at, &json!({ "name": "x" })).await.body(201);
        all.push(made["id"].as_str().expect("an id").to_owned());
    }
    let whole = admin.get(&at).await.body(200);
    assert_eq!(ids(&whole), all);
    assert_eq!(members(&whole["items"][0]), ["client_id", "created_at", "id", "name"]);
    let first = admin.get(&format!("{at}?limit=2")).await.body(200);
    let end = first["page_info"]["end_cursor"].as_str().expect("a cursor");
    let second = admin.get(&format!("{at}?limit=2&after={end}")).await.body(200);
    assert_eq!((ids(&first).as_slice(), ids(&second).as_slice()), (&all[..2], &all[2..4]));
    let flags = |page: &serde_json::Value| {
        (page["page_info"]["has_prev_page"] == true, page["page_info"]["has_next_page"] == true)
    };
    assert_eq!((flags(&first), flags(&second)), ((false, true), (true, true)));
    let start = second["page_info"]["start_cursor"].as_str().expect("a cursor");
    let back = admin.get(&format!("{at}?limit=1&before={start}")).await.body(200);
    assert_eq!((ids(&back).as_slice(), flags(&back)), (&all[1..2], (true, true)));
    admin.delete(&format!("{at}/{}", all[1])).await;
    let again = admin.get(&format!("{at}?limit=2&after={end}")).await.body(200);
    assert_eq!(ids(&again), ids(&second), "the row of the cursor is gone");
}

#[tokio::test]
async fn a_cursor_of_another_list_is_rejected() {
    let world = World::new().await;
    let (admin, a, b) = (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let of_a = admin.get(&credentials(&a)).await.body(200);
    let of_a = of_a["page_info"]["end_cursor"].as_str().expect("a cursor");
    let at_b = format!("{}?after={of_a}", credentials(&b));
    admin.get(&at_b).await.is_error(400, "BAD_USER_INPUT");
    admin.get(&format!("{ACCOUNTS}?before={of_a}")).await.is_error(400, "BAD_USER_INPUT");
}

#[tokio::test]
async fn expanded_permissions_cover_the_list_and_each_item() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let at = format!("{}?expand[]=permissions", credentials(&account));
    let page = world.member().await.get(&at).await.body(200);
    let may =
        json!({ "list": true, "create": true, "read": true, "update": true, "delete": false });
    let expected = json!({ "service_account_credentials": may });
    assert_eq!((&page["permissions"], &page["items"][0]["permissions"]), (&expected, &expected));
}

#[tokio::test]
async fn credentials_of_an_unknown_account_are_not_found() {
    let world = World::new().await;
    let admin = world.admin().await;
    let nobody = format!("{ACCOUNTS}/s0000000000000000000000000/credentials");
    admin.get(&nobody).await.is_error(404, "NOT_FOUND");
    let own = world.account(&[]).await;
    let caller = world.sign_in(&own).await;
    caller.get(&credentials(&own)).await.is_error(403, "FORBIDDEN");
}
