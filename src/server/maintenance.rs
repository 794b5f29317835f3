//! What every replica does by itself: it deletes what has served its time, and follows the signing
//! keys.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::app::App;
use crate::domain::{audit, idempotency, tokens};
use crate::signing_keys;

/// How often what has served its time is deleted.
const EVERY: Duration = Duration::from_secs(60);

/// Goes on until it is dropped. What fails is logged and tried again the next time.
pub async fn run(app: App) -> Infallible {
    // Apart, so that nothing that takes long delays the keys.
    tokio::select! {
        never = delete_and_rotate(&app) => never,
        never = follow_keys(&app) => never,
    }
}

async fn delete_and_rotate(app: &App) -> Infallible {
    let mut ticks = ticks(EVERY);
    loop {
        next(&mut ticks, app).await;
        for done in [
            idempotency::delete_expired(app).await,
            tokens::delete_expired(app).await,
            app.auth.delete_expired_assertions().await,
            app.keys.maintain().await,
            audit::delete_expired(app).await,
        ] {
            if let Err(error) = done {
                error.log();
            }
        }
    }
}

async fn follow_keys(app: &App) -> Infallible {
    let (mut ticks, mut failed) = (ticks(signing_keys::RELOAD_INTERVAL), false);
    loop {
        next(&mut ticks, app).await;
        let done = app.keys.reload().await;
        // One line for a fault that lasts, not one for each attempt.
        if let Err(error) = &done
            && !failed
        {
            error.log();
        }
        failed = done.is_err();
    }
}

/// Waits for the next turn; there is none while the database is away.
async fn next(ticks: &mut Interval, app: &App) {
    ticks.tick().await;
    while !app.db.is_up() {
        ticks.tick().await;
    }
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
