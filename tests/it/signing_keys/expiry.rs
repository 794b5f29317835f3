//! Keys are deleted by the clock that all replicas share.

use chrono::{DateTime, TimeDelta, Utc};
use entity::signing_key;
use postern::app::App;
use postern::clock::Clock;
use postern::config::Config;
use postern::store::{ConnectMode, Db};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::{maintain, rows};
use crate::support::World;

/// A replica whose clock is off by so much.
async fn skewed(world: &World, by: TimeDelta) -> App {
    let config = Config::load(None, world.environment(), &[]).expect("settings");
    let db = Db::connect(&config.database, ConnectMode::Serve).await.expect("a database");
    App::new(config, Clock::Skewed(by), db).expect("an app")
}

async fn activate(world: &World, key: signing_key::Model, at: DateTime<Utc>) {
    let mut row: signing_key::ActiveModel = key.into();
    row.activates_at = Set(at);
    row.update(world.app.db.writer()).await.expect("a row");
}

#[tokio::test]
async fn a_replica_with_a_fast_clock_deletes_no_key_too_early() {
    let world = World::new().await;
    let (ahead, behind) = (TimeDelta::hours(2), TimeDelta::hours(-2));
    let [ahead, behind] = [skewed(&world, ahead).await, skewed(&world, behind).await];
    world.app.keys.rotate().await.expect("done").expect("a second key");
    let [newest, oldest] = rows(&world).await.try_into().expect("two keys");
    // The tokens of the older one end in an hour.
    let now = Clock::System.now();
    let until = now - world.app.config.tokens.key_times.retention + TimeDelta::hours(1);
    activate(&world, newest.clone(), until).await;
    activate(&world, oldest.clone(), until - TimeDelta::days(1)).await;
    maintain(&ahead).await;
    let left = rows(&world).await.len();
    if !world.app.db.is_sqlite() {
        assert_eq!(left, 2, "PostgreSQL's clock decides");
        activate(&world, newest, until - TimeDelta::hours(1)).await;
        maintain(&behind).await;
    }
    // An embedded database has no clock but that of its machine.
    assert_eq!(rows(&world).await.len(), 1);
}
