//! The audit trail: events of changes and of rejected attempts, the log with its order, the export, and
//! tamper evidence.

mod append_only;
mod authentication;
mod blocks;
mod bulk;
mod catalogue;
mod command;
mod coverage;
mod export;
mod late_commits;
mod log;
mod missing_events;
mod ocsf;
mod operations;
mod output;
mod rejections;
mod tampering;
mod upgrade;

use std::process::{Command, Output};

use chrono::TimeDelta;
use entity::{TenantScoped, audit_event};
use postern::context::OpContext;
use postern::domain::audit::blocks::{self as chain, Report};
use postern::domain::audit::log as audit_log;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::support::World;

/// Closes a block of all that was recorded.
async fn close_block(world: &World) {
    audit_log::assign_positions(&world.app).await.expect("assigned");
    world.clock.advance(TimeDelta::seconds(60));
    chain::close_blocks(&world.app).await.expect("closed");
}

/// Verifies the whole log.
async fn verify(world: &World) -> Report {
    verify_with(world, None).await
}

async fn verify_with(world: &World, head: Option<&str>) -> Report {
    chain::verify(&OpContext::operator(&world.app), None, head).await.expect("verified")
}

/// Executes a statement, and returns the error text.
async fn sql(world: &World, statement: &str) -> Result<(), String> {
    let result = world.app.db.writer().execute_unprepared(statement).await;
    result.map(drop).map_err(|error| error.to_string())
}

/// Removes the triggers, as somebody with all rights on the database can.
async fn drop_triggers(world: &World) {
    for table in ["audit_events", "audit_positions", "audit_blocks", "audit_counter"] {
        let triggers = if world.app.db.is_sqlite() {
            vec![format!("{table}_no_update"), format!("{table}_no_delete")]
        } else {
            vec![format!("{table}_append_only ON {table}")]
        };
        for trigger in triggers {
            sql(world, &format!("DROP TRIGGER {trigger}")).await.expect("dropped");
        }
    }
}

/// Runs the command on the database of a world.
async fn run(world: &World, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command.args(arguments).envs(world.environment());
    let output = tokio::task::spawn_blocking(move || command.output());
    output.await.expect("joined").expect("the command runs")
}

/// The lines of `postern audit export` with these arguments.
async fn exported(world: &World, arguments: &[&str]) -> Vec<Value> {
    let output = run(world, &[&["audit", "export"], arguments].concat()).await;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The audit events of the first organization with an action.
async fn events(world: &World, action: &str) -> Vec<audit_event::Model> {
    let rows = audit_event::Entity::in_org(&world.first.organization.id);
    let rows = rows.all(world.app.db.reader()).await.expect("rows");
    rows.into_iter().filter(|row| row.action == action).collect()
}

/// The number of attempts that these events stand for.
fn attempts(events: &[audit_event::Model]) -> i64 {
    events.iter().map(|event| event.event_count).sum()
}
