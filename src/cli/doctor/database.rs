//! Checks of the database: its schema, and its clock.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{Clock, LEEWAY};
use crate::config::Finding;
use crate::store::{self, Db};

/// Difference of clocks that is tolerated without a warning; tokens tolerate [`LEEWAY`] seconds.
const SKEW: TimeDelta = TimeDelta::seconds(2);

/// The finding on migrations.
pub async fn schema(db: &Db) -> Finding {
    let check = "migrations";
    let schema = match store::schema_status(db.reader()).await {
        Ok(schema) => schema,
        Err(error) => return super::unreadable_database(check, error),
    };
    if let Some(conflict) = schema.conflict() {
        return Finding::problem(check, conflict, "see \"Upgrades\" in the documentation");
    }
    if !schema.pending.is_empty() {
        let message = format!("pending migrations: {}", schema.pending.len());
        return Finding::problem(check, message, "run `postern migrate up`");
    }
    match schema.newer.last() {
        Some(last) => Finding::warning(
            check,
            format!("the database has migrations of a newer version, up to {last}"),
            "complete the upgrade of all servers",
        ),
        None => Finding::ok(check, "the database is up to date"),
    }
}

/// The finding on the difference between the clocks of this machine and of the database.
pub async fn clock(db: &Db, clock: &Clock) -> Finding {
    let check = "clock";
    if db.is_sqlite() {
        return Finding::ok(check, "the embedded database uses the clock of this machine");
    }
    let before = clock.now();
    match store::database_now(db.reader(), clock).await {
        Ok(theirs) => compared(before, theirs, clock.now()),
        Err(error) => super::unreadable_database(check, error.into()),
    }
}

/// The database read `theirs` at some moment from `before` to `after`.
fn compared(before: DateTime<Utc>, theirs: DateTime<Utc>, after: DateTime<Utc>) -> Finding {
    let (check, ahead, behind) = ("clock", before - theirs, theirs - after);
    let (skew, direction) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    let seconds = skew.as_seconds_f64().max(0.0);
    let message = format!("the clock of this machine is {seconds:.1} s {direction} the database's");
    let action = "synchronize both machines, for example with chrony";
    if skew > TimeDelta::seconds(LEEWAY) {
        Finding::problem(check, message, action)
    } else if skew > SKEW {
        Finding::warning(check, message, action)
    } else {
        Finding::ok(check, "the clocks of this machine and of the database agree")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Level;

    #[test]
    fn clocks_that_differ_by_more_than_two_seconds_are_reported() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let at = |millis| start + TimeDelta::milliseconds(millis);
        for (theirs, level, text) in [
            (0, Level::Ok, "agree"),
            (2_100, Level::Ok, "agree"),
            (-1_900, Level::Ok, "agree"),
            (-2_100, Level::Warning, "2.1 s ahead of"),
            (2_200, Level::Warning, "2.1 s behind"),
            (-5_100, Level::Problem, "5.1 s ahead of"),
            (60_100, Level::Problem, "60.0 s behind"),
        ] {
            // The answer took a tenth of a second.
            let finding = compared(at(0), at(theirs), at(100));
            assert_eq!(finding.level, level, "{theirs}");
            assert!(finding.message.contains(text), "{finding}");
        }
    }
}
