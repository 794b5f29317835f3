//! What is done now and then, by every replica: what has served its time is deleted, and signing
//! keys take turns.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use crate::app::App;
use crate::domain::{credentials, idempotency, signing_keys, tokens};

/// How often.
const EVERY: Duration = Duration::from_secs(60);

/// Goes on until it is dropped. What fails is told in the log and tried again the next time.
pub async fn run(app: App) -> Infallible {
    let mut ticks = tokio::time::interval_at(Instant::now() + EVERY, EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for done in [
            idempotency::forget(&app).await,
            tokens::forget(&app).await,
            credentials::forget_assertions(&app).await,
            signing_keys::keep(&app).await,
        ] {
            if let Err(error) = done {
                error.log();
            }
        }
    }
}
