use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::{Value, json};

use super::{ACCOUNTS, ids};
use crate::support::{Caller, World};

async fn page(caller: &Caller, query: &str) -> Value {
    caller.get(&format!("{ACCOUNTS}?{query}")).await.body(200)
}

fn flags(page: &Value) -> (bool, bool) {
    let flag = |name: &str| page["page_info"][name].as_bool().expect("a flag");
    (flag("has_prev_page"), flag("has_next_page"))
}

fn cursor(page: &Value, name: &str) -> String {
    page["page_info"][name].as_str().expect("a cursor").to_owned()
}

/// Five more accounts than the first, some made at the same instant.
async fn filled() -> (World, Caller, Vec<String>) {
    let world = World::new().await;
    for number in 0..5 {
        world.clock.advance(TimeDelta::microseconds((number + 1) % 2));
        world.account(&[]).await;
    }
    let admin = world.admin().await;
    let all = ids(&page(&admin, "").await);
    assert_eq!(all.len(), 6);
    (world, admin, all)
}

#[tokio::test]
async fn paging_in_either_direction_returns_every_account_once_with_exact_flags() {
    let (_world, admin, all) = filled().await;
    for limit in 1..=7 {
        let (mut forward, mut query) = (Vec::new(), format!("limit={limit}"));
        for _ in 0..all.len() {
            let page = page(&admin, &query).await;
            assert_eq!(flags(&page).0, !forward.is_empty());
            forward.extend(ids(&page));
            assert_eq!(flags(&page).1, forward.len() < all.len());
            query = format!("limit={limit}&after={}", cursor(&page, "end_cursor"));
            if !flags(&page).1 {
                break;
            }
        }
        assert_eq!(forward, all);
        let mut backward = Vec::new();
        let end = page(&admin, &format!("limit=1&after={}", all_but_last(&admin).await)).await;
        let mut query = format!("limit={limit}&before={}", cursor(&end, "end_cursor"));
        for _ in 0..all.len() {
            let page = page(&admin, &query).await;
            assert!(flags(&page).1, "what the cursor points at comes after");
            backward.splice(0..0, ids(&page));
            assert_eq!(flags(&page).0, backward.len() < all.len() - 1);
            query = format!("limit={limit}&before={}", cursor(&page, "start_cursor"));
            if !flags(&page).0 {
                break;
            }
        }
        assert_eq!(backward, all[..all.len() - 1]);
    }
}

async fn all_but_last(caller: &Caller) -> String {
    cursor(&page(caller, "limit=5").await, "end_cursor")
}

#[tokio::test]
async fn a_page_beyond_either_end_is_empty_without_cursors() {
    let (_world, admin, all) = filled().await;
    let whole = page(&admin, "limit=100").await;
    assert_eq!((ids(&whole), flags(&whole)), (all, (false, false)));
    let after = page(&admin, &format!("after={}", cursor(&whole, "end_cursor"))).await;
    let expected =
        json!({ "items": [], "page_info": { "has_next_page": false, "has_prev_page": true } });
    assert_eq!(after, expected);
    let before = page(&admin, &format!("before={}", cursor(&whole, "start_cursor"))).await;
    let expected =
        json!({ "items": [], "page_info": { "has_next_page": true, "has_prev_page": false } });
    assert_eq!(before, expected);
}

#[tokio::test]
async fn a_cursor_stays_valid_when_its_row_is_deleted_and_others_are_created() {
    let (world, admin, all) = filled().await;
    let first = page(&admin, "limit=3").await;
    assert_eq!(admin.delete(&format!("{ACCOUNTS}/{}", all[2])).await.status, 204);
    world.clock.advance(TimeDelta::microseconds(1));
    let newer = world.account(&[]).await.id;
    let rest = page(&admin, &format!("after={}", cursor(&first, "end_cursor"))).await;
    let mut expected = all[3..].to_vec();
    expected.push(newer);
    assert_eq!((ids(&rest), flags(&rest)), (expected, (true, false)));
}

#[tokio::test]
async fn a_page_has_50_accounts_unless_a_limit_is_given() {
    let world = World::new().await;
    for _ in 0..60 {
        world.account(&[]).await;
    }
    let admin = world.admin().await;
    for (query, expected) in [("", 50), ("limit=100", 61), ("limit=1", 1), ("&&limit=+7", 0)] {
        if expected == 0 {
            admin.get(&format!("{ACCOUNTS}?{query}")).await.is_error(400, "BAD_USER_INPUT");
        } else {
            assert_eq!(ids(&page(&admin, query).await).len(), expected, "{query}");
        }
    }
}

#[tokio::test]
async fn invalid_query_strings_are_rejected() {
    let (world, admin, _) = filled().await;
    let own = cursor(&page(&admin, "limit=1").await, "end_cursor");
    let credentials = format!("{}/credentials", super::path(&world.admin_account()));
    let of_another_list = admin.get(&credentials).await.body(200);
    for wrong in [
        "limit=0".to_owned(),
        "limit=101".to_owned(),
        "limit=-1".to_owned(),
        "limit=ten".to_owned(),
        "limit=".to_owned(),
        "limit=99999999999999999999".to_owned(),
        "limit=1&limit=1".to_owned(),
        format!("after={own}&before={own}"),
        format!("after={own}&after={own}"),
        "after=nonsense".to_owned(),
        "before=".to_owned(),
        format!("after={}", "x".repeat(10_000)),
        format!("after={}", cursor(&of_another_list, "end_cursor")),
        "limit=%".to_owned(),
        "after=%ff".to_owned(),
        "x=%zz".to_owned(),
    ] {
        admin.get(&format!("{ACCOUNTS}?{wrong}")).await.is_error(400, "BAD_USER_INPUT");
    }
    let theirs = format!("/organizations/globex/service-accounts?after={own}");
    world.stranger().await.get(&theirs).await.is_error(400, "BAD_USER_INPUT");
}

#[tokio::test]
async fn permissions_are_included_only_with_expand_in_any_spelling() {
    let world = World::new().await;
    let viewer = world.viewer().await;
    let accounts =
        json!({ "list": true, "create": false, "read": true, "update": false, "delete": false });
    let expected = json!({ "service_accounts": accounts, "service_account_credentials": accounts });
    for spelling in [
        "expand=permissions",
        "expand=permissions,total_count",
        "expand=total_count,permissions",
        "expand[]=permissions",
        "expand%5B%5D=permissions",
        "expand=total_count&expand=permissions",
        "expand[]=total_count&expand[]=permissions",
        "expand[0]=permissions",
        "limit=2&expand=permissions",
    ] {
        let page = page(&viewer, spelling).await;
        assert_eq!(page["permissions"], expected, "{spelling}");
        assert_eq!(page["items"][0]["permissions"], expected, "{spelling}");
    }
    for other in ["", "expand=", "expand=total_count", "expand=Permissions", "expanded=permissions"]
    {
        let page = page(&viewer, other).await;
        assert_eq!((page.get("permissions"), page["items"][0].get("permissions")), (None, None));
    }
}

#[tokio::test]
async fn a_page_of_100_with_permissions_takes_as_many_statements_as_without() {
    let world = World::new().await;
    for _ in 0..100 {
        world.account(&[Role::Viewer]).await;
    }
    for caller in [world.admin().await, world.member().await, world.viewer().await] {
        let (plain, without) = world.count(page(&caller, "limit=100")).await;
        let (expanded, with) = world.count(page(&caller, "limit=100&expand=permissions")).await;
        assert_eq!((ids(&plain).len(), ids(&expanded)), (100, ids(&plain)));
        assert_eq!((without, with), (2, 2), "the caller, and the page");
    }
}

#[tokio::test]
async fn permissions_of_each_account_match_the_operations_on_it() {
    let world = World::new().await;
    let (weak, member) = (world.account(&[Role::Viewer]).await, world.member().await);
    let all = page(&member, "expand=permissions").await;
    let items = all["items"].as_array().expect("items");
    for (id, may) in [(world.admin_account().id, false), (weak.id, true)] {
        let item = items.iter().find(|item| item["id"] == id).expect("the account");
        for (kind, name) in [
            ("service_accounts", "update"),
            ("service_account_credentials", "create"),
            ("service_account_credentials", "update"),
        ] {
            assert_eq!(item["permissions"][kind][name], may, "{kind}:{name}");
        }
        let at = format!("{ACCOUNTS}/{id}");
        let one = member.get(&format!("{at}?expand=permissions")).await.body(200);
        assert_eq!(one["permissions"], item["permissions"]);
        let status = member.patch(&at, &json!({ "name": "x" })).await.status;
        assert_eq!(status, if may { 200 } else { 403 });
        let list = member.get(&format!("{at}/credentials?expand=permissions")).await.body(200);
        for permissions in [&list["permissions"], &list["items"][0]["permissions"]] {
            assert_eq!(permissions["service_account_credentials"]["update"], may);
        }
    }
}

#[tokio::test]
async fn permissions_for_an_expiring_caller_take_one_more_statement() {
    let world = World::new().await;
    let (admin, first, other) =
        (world.admin().await, world.admin_account(), world.account(&[]).await);
    let at = format!("{ACCOUNTS}/{}/credentials", first.id);
    let body = json!({ "name": "x", "expires_at": "2027-01-01T00:00:00Z" });
    let made = admin.post(&at, &body).await.body(201);
    let expiring = super::start_credential_rotation::successor(&made, &first);
    let caller = world.sign_in(&expiring).await;
    let (all, statements) = world.count(page(&caller, "expand=permissions")).await;
    assert_eq!(statements, 3, "the caller, the page, and the credentials of its accounts");
    for (id, may) in [(&first.id, true), (&other.id, false)] {
        let items = all["items"].as_array().expect("items").iter();
        let item = items.clone().find(|item| item["id"] == *id).expect("the account");
        let permissions = &item["permissions"]["service_account_credentials"];
        assert_eq!(permissions["update"], may, "whether a credential of it may be changed");
        let one = caller.get(&format!("{ACCOUNTS}/{id}?expand=permissions")).await.body(200);
        assert_eq!(one["permissions"], item["permissions"]);
    }
    let change = json!({ "name": "y" });
    let theirs = format!("{ACCOUNTS}/{}/credentials/{}", other.id, other.credential);
    caller.patch(&theirs, &change).await.is_error(403, "FORBIDDEN");
    caller.patch(&format!("{at}/{}", expiring.credential), &change).await.body(200);
}
