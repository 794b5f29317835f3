//! `postern doctor`: one line for each thing that was checked, and what to do about it.

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
use crate::store::Purpose;

/// How long the checks of the database may take.
const TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Prints one JSON object and nothing else.
    #[arg(long)]
    json: bool,
}

/// Reports on an installation whose settings are valid. It changes nothing.
pub async fn run(args: &Args, config: &Config, file: Option<&Path>) -> Result<(), Failure> {
    let mut findings = config::review(config);
    findings.extend(files::review(config, file));
    findings.push(tls(config));
    let examining = tokio::time::timeout(TIMEOUT, examine(config, &mut findings));
    if examining.await.is_err() {
        let action = "is it busy or frozen?";
        findings.push(Finding::problem("database", "the database does not answer in time", action));
    }
    report(args, &findings)
}

/// Reports settings that are not valid.
pub fn unreadable(args: &Args, error: &ConfigError) -> Result<(), Failure> {
    let action = "correct it and run `postern doctor` again: nothing else was checked";
    report(args, &[Finding::problem("settings", error.to_string(), action)])
}

/// The finding of a check that the database did not answer.
fn unreadable_database(check: &'static str, error: Error) -> Finding {
    let message = format!("the database cannot be read: {}", Failure::from(error));
    Finding::problem(check, message, "check the log of the database")
}

async fn examine(config: &Config, findings: &mut Vec<Finding>) {
    let db = match open::connect(config, Purpose::Serve).await {
        Ok(db) => db,
        Err((error, action)) => {
            findings.push(Finding::problem("database", error, action));
            return;
        }
    };
    findings.push(Finding::ok("database", format!("{} answers", config.database.display_url())));
    let clock = Clock::System;
    findings.push(database::clock(&db, &clock).await);
    let schema = database::schema(&db).await;
    let has_tables = schema.level != Level::Problem;
    findings.push(schema);
    if has_tables {
        findings.extend(keys::review(config, &db, &clock).await);
    }
    // An embedded database that is left open leaves files behind, of whoever asked.
    if let Err(error) = db.close().await {
        tracing::warn!(error.cause = %error, "the database could not be closed");
    }
}

fn tls(config: &Config) -> Finding {
    let check = "tls";
    match (&config.front.tls, server::check(config)) {
        (None, _) => Finding::ok(check, "a proxy has to end TLS, where it is needed"),
        (Some(_), Ok(())) => Finding::ok(check, "certificate and key go together"),
        (Some(_), Err(error)) => {
            let action =
                "correct the files, or POSTERN_TLS_CERTIFICATE_FILE and POSTERN_TLS_KEY_FILE";
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
        1 => Err(Failure("1 problem was found".to_owned())),
        more => Err(Failure(format!("{more} problems were found"))),
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
