//! Connection options of PostgreSQL.

use std::time::Duration;

use sea_orm::ConnectOptions;

use super::{ConnectMode, common_options};
use crate::config::DatabaseConfig;

/// The idle time after which a connection is tested before its next use.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(5);

/// The options of a pool with this maximum of connections.
pub fn options(config: &DatabaseConfig, connections: u32, mode: ConnectMode) -> ConnectOptions {
    let mut options = common_options(config, connections);
    options.set_application_name("postern").test_before_acquire_if_idle_for(TEST_AFTER_IDLE);
    if mode == ConnectMode::Serve {
        options.statement_timeout(config.statement_timeout);
        options.map_sqlx_postgres_opts(|postgres| {
            postgres.options([
                // One plan per connection and statement: planning most statements for their
                // parameters would take longer than running them.
                ("plan_cache_mode", "force_generic_plan"),
                // Transactions take milliseconds: a longer wait for a row is a fault.
                ("lock_timeout", "3s"),
                // A replica that hangs loses its row locks.
                ("idle_in_transaction_session_timeout", "5s"),
            ])
        });
    }
    options
}
