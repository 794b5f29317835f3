//! `postern doctor`: one line per check, with its result and the action that resolves it.

mod database;
mod files;
mod keys;

use std::path::Path;
use std::time::Duration;

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Failure, open, print};
use crate::clock::Clock;
use crate::config::{self, Config, ConfigError, Finding, Level};
use crate::error::Error;
use crate::server;
use crate::store::ConnectMode;

/// Time limit of the checks of the database.
const TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Print the findings as one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

/// Checks an installation whose settings are valid. It changes nothing.
pub async fn run(args: &Args, config: &Config, file: Option<&Path>) -> Result<(), Failure> {
    let mut findings = config::review(config);
    findings.extend(files::review(config, file));
    findings.push(tls(config));
    let examining = tokio::time::timeout(TIMEOUT, examine(config, &mut findings));
    if examining.await.is_err() {
        let action = "check its load and its log";
        findings.push(Finding::problem(
            "database",
            "the database does not respond in time",
            action,
        ));
    }
    report(args, &findings)
}

/// Reports invalid settings.
pub fn invalid_settings(args: &Args, error: &ConfigError) -> Result<(), Failure> {
    let action = "correct it and run `postern doctor` again; nothing else was checked";
    report(args, &[Finding::problem("settings", error.to_string(), action)])
}

/// The finding of a check whose query failed.
fn unreadable_database(check: &'static str, error: Error) -> Finding {
    let message = format!("the database cannot be read: {}", Failure::from(error));
    Finding::problem(check, message, "check the log of the database")
}

async fn examine(config: &Config, findings: &mut Vec<Finding>) {
    let db = match open::connect(config, ConnectMode::Serve).await {
        Ok(db) => db,
        Err((error, action)) => {
            findings.push(Finding::problem("database", error, action));
            return;
        }
    };
    findings
        .push(Finding::ok("database", format!("connected to {}", config.database.display_url())));
    let clock = Clock::System;
    findings.push(database::clock(&db, &clock).await);
    let schema = database::schema(&db).await;
    let has_tables = schema.level != Level::Problem;
    findings.push(schema);
    if has_tables {
        findings.extend(keys::review(config, &db, &clock).await);
    }
    // An embedded database that is not closed leaves files of the user who ran the command.
    if let Err(error) = db.close().await {
        tracing::warn!(error.cause = %error, "the database could not be closed");
    }
}

fn tls(config: &Config) -> Finding {
    let check = "tls";
    match (&config.server.tls, server::check(config)) {
        (None, _) => Finding::ok(check, "TLS is not set; a proxy may terminate it"),
        (Some(_), Ok(())) => Finding::ok(check, "certificate and key match"),
        (Some(_), Err(error)) => {
            let action = "correct POSTERN_TLS_CERTIFICATE_FILE, POSTERN_TLS_KEY_FILE or the files";
            Finding::problem(check, error.to_string(), action)
        }
    }
}

fn report(args: &Args, findings: &[Finding]) -> Result<(), Failure> {
    let count = |level| findings.iter().filter(|it| it.level == level).count();
    let (problems, warnings) = (count(Level::Problem), count(Level::Warning));
    let text = if args.json {
        let object = json!({ "problems": problems, "warnings": warnings, "findings": findings });
        format!("{object}\n")
    } else {
        findings.iter().map(line).collect()
    };
    print::result(&text)?;
    match problems {
        0 => Ok(()),
        1 => Err(Failure("1 problem found".to_owned())),
        more => Err(Failure(format!("{more} problems found"))),
    }
}

fn line(finding: &Finding) -> String {
    let level = match finding.level {
        Level::Ok => "ok",
        Level::Warning => "warning",
        Level::Problem => "problem",
    };
    let text = finding.to_string().replace('\n', " ");
    format!("{level:<7}  {:<15}  {text}\n", finding.check)
}
