//! Maintenance, on every replica: deletion of expired rows, rotation and reload of signing keys, parts of
//! an index, positions of the audit log.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::app::App;
use crate::domain::credentials::usage;
use crate::domain::roles::grants;
use crate::domain::{audit, idempotency, service_accounts, tokens};
use crate::error::Result;
use crate::signing_keys;

/// Interval of deletion and rotation.
const INTERVAL: Duration = Duration::from_secs(60);

/// Time until the first blocks of the audit log are closed, also by a server that does not live long.
const FIRST_BLOCKS: Duration = Duration::from_secs(5);

/// Interval at which events of other replicas are looked for.
const LOG_INTERVAL: Duration = Duration::from_secs(1);

/// Least time between two runs of the sequencer: one transaction assigns the positions of many.
const LOG_PAUSE: Duration = Duration::from_millis(50);

/// Interval of the search for events that an older version has recorded.
const ADOPTION_INTERVAL: Duration = Duration::from_secs(3_600);

/// The longest interval between two looks at rejected attempts.
const WRITE_INTERVAL: Duration = Duration::from_secs(5);

/// Pause after a write of rejected attempts, in which further ones are collected.
const WRITE_PAUSE: Duration = Duration::from_millis(500);

/// Runs all tasks until it is dropped. A failed task is logged and retried at its next interval.
pub async fn run(app: App) -> Infallible {
    // Concurrently, so that a slow deletion does not delay the keys.
    tokio::select! {
        never = delete_expired_and_rotate_keys(&app) => never,
        never = reload_keys(&app) => never,
        never = assign_audit_positions(&app) => never,
        never = adopt_audit_events(&app) => never,
        never = close_and_delete_audit_blocks(&app) => never,
        never = write_rejected(&app) => never,
    }
}

async fn delete_expired_and_rotate_keys(app: &App) -> Infallible {
    let mut ticks = ticks(INTERVAL);
    loop {
        next_tick(&mut ticks, app).await;
        maintain(app).await;
    }
}

/// Deletes expired rows, rotates the signing keys, and merges parts of an index. Waits for no lock of the
/// audit log, which the retention of many events holds again and again.
pub async fn maintain(app: &App) {
    for result in [
        idempotency::delete_expired(app).await,
        tokens::delete_expired(app).await,
        grants::delete_expired(app).await,
        app.auth.delete_expired_assertions().await,
        app.keys.maintain().await,
        usage::delete_expired(app).await,
        service_accounts::merge_index(app).await,
    ] {
        if let Err(error) = result {
            error.log();
        }
    }
}

/// Closes blocks of the audit log, then deletes those of expired ones. Each transaction is short, so that
/// a server that stops loses no more than one, and replicas take turns.
async fn close_and_delete_audit_blocks(app: &App) -> Infallible {
    let mut ticks = ticks_after(FIRST_BLOCKS, INTERVAL);
    loop {
        next_tick(&mut ticks, app).await;
        for result in [audit::blocks::close_blocks(app).await, audit::delete_expired(app).await] {
            if let Err(error) = result {
                error.log();
            }
        }
    }
}

async fn reload_keys(app: &App) -> Infallible {
    let (mut ticks, mut failed) = (ticks(signing_keys::RELOAD_INTERVAL), false);
    loop {
        next_tick(&mut ticks, app).await;
        log_first(app.keys.reload().await, &mut failed);
    }
}

/// Runs after each commit of this replica, and at an interval for those of others.
async fn assign_audit_positions(app: &App) -> Infallible {
    let mut failed = false;
    loop {
        if app.db.is_up() {
            log_first(audit::log::assign_positions(app).await, &mut failed);
        }
        tokio::time::sleep(LOG_PAUSE).await;
        tokio::select! {
            () = app.audit_log.recorded() => {}
            () = tokio::time::sleep(LOG_INTERVAL) => {}
        }
    }
}

/// Runs at the start and at an interval; after a failure, or while the database is down, again soon.
async fn adopt_audit_events(app: &App) -> Infallible {
    let mut since = None;
    loop {
        let mut pause = INTERVAL;
        if app.db.is_up() {
            match audit::log::adopt_events(app, since).await {
                Ok(next) => (since, pause) = (Some(next), ADOPTION_INTERVAL),
                Err(error) => error.log(),
            }
        }
        tokio::time::sleep(pause).await;
    }
}

/// Writes the audit events of rejected attempts: the first of its kind at once, repetitions once a
/// minute.
async fn write_rejected(app: &App) -> Infallible {
    let mut failed = false;
    loop {
        app.rejections.wait(WRITE_INTERVAL).await;
        if app.db.is_up() {
            log_first(audit::write_rejected(app, false).await, &mut failed);
        }
        tokio::time::sleep(WRITE_PAUSE).await;
    }
}

/// Logs a failure after a success: one line for an outage, not one for each attempt.
fn log_first(result: Result<()>, failed: &mut bool) {
    if let Err(error) = &result
        && !*failed
    {
        error.log();
    }
    *failed = result.is_err();
}

/// Waits for the next tick at which the database is available.
async fn next_tick(ticks: &mut Interval, app: &App) {
    ticks.tick().await;
    while !app.db.is_up() {
        ticks.tick().await;
    }
}

fn ticks(interval: Duration) -> Interval {
    ticks_after(interval, interval)
}

fn ticks_after(first: Duration, interval: Duration) -> Interval {
    let mut ticks = tokio::time::interval_at(Instant::now() + first, interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
