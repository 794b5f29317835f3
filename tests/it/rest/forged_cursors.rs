use chrono::DateTime;
use serde_json::Value;

use super::{ACCOUNTS, credentials};
use crate::support::{World, forged_cursor, forged_cursors};

/// Where the first item of a list is, by the names of its members.
fn place(page: &Value) -> (i64, String) {
    let item = &page["items"][0];
    let at = item["created_at"].as_str().expect("a time").parse::<DateTime<chrono::Utc>>();
    let id = item["id"].as_str().expect("an id").to_owned();
    (at.expect("a time").timestamp_micros(), id)
}

#[tokio::test]
async fn a_forged_cursor_is_rejected_unless_a_row_could_have_it() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.admin_account());
    let organization = &world.first.organization.id;
    let events = "/organizations/acme/audit-events".to_owned();
    for (path, list) in [
        (ACCOUNTS.to_owned(), format!("service_accounts/{organization}")),
        (credentials(&account), format!("credentials/{}", account.id)),
        (events, format!("audit_events/{organization}")),
        ("/organizations".to_owned(), "organizations".to_owned()),
    ] {
        let page = admin.get(&format!("{path}?limit=1")).await.body(200);
        let (at, id) = place(&page);
        let own = forged_cursor(&list, at, id.as_bytes());
        assert_eq!(page["page_info"]["start_cursor"], own, "the checksum is right: {list}");
        for forged in forged_cursors(&list) {
            for direction in ["after", "before"] {
                let reply = admin.get(&format!("{path}?{direction}={forged}")).await;
                reply.is_invalid(direction);
            }
        }
    }
}
