//! Filtered and ordered pages, compared with the plain page of the same list; deep ones with the first.

mod list;

use std::sync::Arc;

use postern::server::maintenance;
use sea_orm::ConnectionTrait;
use serde_json::json;

use list::List;

use crate::Plan;
use crate::admin::{Admin, fetch_json};
use crate::installation::Installation;
use crate::process::Server;
use crate::report::{Subject, Targets, compare, table_head};

/// The number of connections.
const CONNECTIONS: usize = 4;

/// The depth of the deep pages, as a part of the list.
const PART: usize = 10;

/// Measures each filter and each order of the accounts and the credentials.
pub async fn run(plan: &Plan, of: &Installation, targets: &mut Targets) {
    vary(of).await;
    // A server does so every minute.
    maintenance::maintain(&of.app).await;
    let server = Server::start(&["serve"], &of.settings).await;
    let admin = Admin::new(server.address, of).await;
    for list in list::lists(of) {
        table_head(&format!("Filters and orders of {}", list.field));
        let (mut names, mut subjects) = (Vec::new(), Vec::new());
        for variables in list.variables() {
            let request = admin.graphql(&list.document(), &variables);
            let reply = fetch_json(server.address, &request).await;
            assert!(reply["errors"].is_null(), "{reply}");
            let name = format!("{} {} {}", list.field, variables["filter"], variables["orderBy"]);
            subjects.push(Subject::new(&name, &server, &Arc::new(vec![request]), CONNECTIONS));
            names.push(name);
        }
        let db = of.app.db.reader();
        let measured = compare(&subjects, plan.runs, plan.time, db).await;
        for (name, measurement) in names.iter().zip(&measured).skip(1) {
            let ratio = measured[0].rate_ratio(measurement);
            targets.add(&format!("{name}, time / plain"), "≤ 1.5", format!("{ratio:.2}"));
        }
        depth(plan, of, (&server, &admin), &list, targets).await;
    }
}

/// Compares the first page of each order with one behind nine tenths of the list.
async fn depth(
    plan: &Plan,
    of: &Installation,
    (server, admin): (&Server, &Admin),
    list: &List,
    targets: &mut Targets,
) {
    table_head(&format!("Page 1, and a deep page of {}", list.field));
    for field in list.orders {
        let order = |direction| json!({ "field": field, "direction": direction });
        let mut variables = json!({ "first": 100, "orderBy": order("DESC") });
        // From the end, as that is nearer: the cursor of a list in the other direction is not valid.
        let document = list.document();
        let back = document.replace("first: $first, after: $after", "last: $first, before: $after");
        let pages = of.client_ids.len() / PART / 100;
        for _ in 0..pages {
            let reply = fetch_json(server.address, &admin.graphql(&back, &variables)).await;
            let info = &reply["data"]["organization"]["list"]["pageInfo"];
            variables["after"] = info["startCursor"].clone();
        }
        variables["first"] = json!(50);
        let first = json!({ "first": 50, "orderBy": order("DESC") });
        let requests = [first, variables].map(|it| admin.graphql(&document, &it));
        let subjects = ["first", "deep"].iter().zip(requests).map(|(name, request)| {
            let name = format!("{} by {field}, {name}", list.field);
            Subject::new(&name, server, &Arc::new(vec![request]), CONNECTIONS)
        });
        let subjects: Vec<_> = subjects.collect();
        let pair = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
        let ratio = format!("{:.2}", pair[1].rate_ratio(&pair[0]));
        targets.add(&format!("{} by {field}, deep page / page 1", list.field), "≥ 0.9", ratio);
    }
}

/// Gives every tenth row, or so, each of the states that the filters search for.
async fn vary(of: &Installation) {
    let nth = if of.app.db.is_sqlite() { "rowid % 10" } else { "ascii(right(id, 1)) % 10" };
    let admin = &of.admin.service_account.id;
    let statements = [
        format!(
            r#"UPDATE "service_accounts" SET "disabled_at" = "created_at" WHERE {nth} = 1 AND "id" <> '{admin}'"#
        ),
        format!(
            r#"UPDATE "credentials" SET "disabled_at" = "created_at" WHERE {nth} = 2 AND "service_account_id" <> '{admin}'"#
        ),
        format!(
            r#"UPDATE "credentials" SET "expires_at" = "created_at" WHERE {nth} = 3 AND "service_account_id" <> '{admin}'"#
        ),
        format!(
            r#"UPDATE "credentials" SET "restrictions" = '{{}}' WHERE {nth} = 4 AND "service_account_id" <> '{admin}'"#
        ),
        format!(
            r#"UPDATE "credentials" SET "last_used_at" = "created_at", "last_used_day" = 1
               WHERE {nth} BETWEEN 5 AND 8"#
        ),
        format!(
            r#"INSERT INTO "audit_events" ("id", "organization_id", "created_at", "actor_kind", "actor_id",
                 "action", "target_kind", "target_id", "request_id", "outcome", "event_count")
               SELECT 'a' || substr("id", 2), "organization_id", "created_at", 'service_account',
                 "service_account_id",
                 CASE WHEN {nth} = 1 THEN 'credential.delete' ELSE 'credential.create' END,
                 'credential', "id", 'r' || "id",
                 CASE WHEN {nth} = 2 THEN 'denied' ELSE 'success' END, 1
               FROM "credentials""#
        ),
    ];
    for statement in statements {
        of.app.db.writer().execute_unprepared(&statement).await.expect("varied rows");
    }
    // As autovacuum does.
    if !of.app.db.is_sqlite() {
        of.app.db.writer().execute_unprepared("VACUUM ANALYZE").await.expect("statistics");
    }
}
