//! The token endpoint: warm and cold, beside the limit and the plain way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::CredentialId;
use postern::app::App;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::Plan;
use crate::drive::{self, Requests, Until};
use crate::installation::{HEAVY, Installation};
use crate::process::Server;
use crate::report::{Goals, Measured, Subject, compare, head, line, median, say};

/// The settings under which a server hashes as by default, and knows no secret again.
const COLD: [(&str, &str); 3] =
    [("ARGON2_MEMORY_KIB", "19456"), ("ARGON2_ITERATIONS", "2"), ("SECRET_CACHE_ENTRIES", "0")];

/// Token requests of these clients.
pub fn requests(of: &Installation, client_ids: &[String]) -> Requests {
    let secret = of.secret.reveal();
    Arc::new(client_ids.iter().map(|client_id| request(client_id, secret)).collect())
}

/// A token request of one client.
pub fn request(client_id: &str, secret: &str) -> Vec<u8> {
    with_form(client_id, secret, "grant_type=client_credentials")
}

/// A token request of one client, with this form.
pub fn with_form(client_id: &str, secret: &str, body: &str) -> Vec<u8> {
    let basic = format!("Basic {}", STANDARD.encode(format!("{client_id}:{secret}")));
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [form, ("authorization", basic.as_str())];
    drive::request("POST", "/oauth/token", &headers, body)
}

/// Sends each request once.
pub async fn warm(server: &Server, requests: &Requests) {
    let outcome = drive::drive(server.address, requests, 64, Until::Once).await;
    assert_eq!(outcome.good, requests.len(), "all are known");
}

/// Warm tokens at all numbers of connections.
pub async fn run(plan: &Plan, of: &Installation, goals: &mut Goals) {
    let embedded = of.app.db.is_sqlite();
    let first = of.client_ids[HEAVY].as_str();
    let limit = Server::start(&["peer", "limit", first], &of.settings).await;
    let full = Server::start(&["serve"], &of.settings).await;
    let many = requests(of, &of.client_ids[HEAVY..]);
    warm(&full, &many).await;
    let normal = if embedded {
        let settings = of.settings_with(&[("SQLITE_SYNCHRONOUS", "normal")]);
        let server = Server::start(&["serve"], &settings).await;
        warm(&server, &many).await;
        Some(server)
    } else {
        None
    };
    let ours = if embedded { "Postern, FULL" } else { "Postern" };
    head(&format!("Warm tokens, {} clients", many.len()));
    for &connections in &plan.connections {
        let mut subjects = vec![
            Subject::new("limit", &limit, &many, connections),
            Subject::new(ours, &full, &many, connections),
        ];
        subjects.extend(
            normal.iter().map(|it| Subject::new("Postern, NORMAL", it, &many, connections)),
        );
        let commits: Vec<_> = commits(of).await;
        let measured = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
        let (limit, ours) = (&measured[0], &measured[1]);
        let (share, at) = (ours.against(limit), format!("{connections} connections"));
        let cpu = ours.cpu() / limit.cpu();
        match connections {
            1 => {
                let bound = limit.median(|run| run.p50) + median(commits.into_iter());
                let ratio = ours.median(|run| run.p50) / bound;
                let what = "one connection: p50 / (p50 of the limit + one commit)";
                goals.add(what, "≤ 1.3", format!("{ratio:.2} (bound {bound:.3} ms)"));
            }
            256 if !embedded => {
                goals.add(&format!("warm tokens / limit, {at}"), "≥ 0.45", format!("{share:.2}"));
                goals.add(&format!("CPU / CPU of the limit, {at}"), "≤ 2.0", format!("{cpu:.2}"));
            }
            64 if embedded => {
                let share = measured[2].against(limit);
                goals.add("warm tokens NORMAL / limit, 64", "≥ 0.6", format!("{share:.2}"));
            }
            _ => {}
        }
    }
}

/// One statement after the other, the plain way, and one hot credential.
pub async fn others(plan: &Plan, of: &Installation, goals: &mut Goals) {
    let first = of.client_ids[HEAVY].as_str();
    let many = requests(of, &of.client_ids[HEAVY..]);
    let heavy = requests(of, &of.client_ids[..HEAVY]);
    let full = Server::start(&["serve"], &of.settings).await;
    warm(&full, &many).await;
    let one_by_one = Server::start(&["peer", "one-by-one", first], &of.settings).await;
    let plain = Server::start(&["peer", "plain", first], &of.settings).await;
    warm(&one_by_one, &many).await;
    head("Other ways, 64 connections");
    let subjects = [
        Subject::new("Postern", &full, &many, 64),
        Subject::new("one by one", &one_by_one, &many, 64),
        Subject::new("plain", &plain, &heavy, 64),
    ];
    let measured = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
    let goal = if of.app.db.is_sqlite() { "≥ 5" } else { "≥ 3" };
    goals.add(
        "warm tokens / one by one, 64",
        goal,
        format!("{:.1}", measured[0].against(&measured[1])),
    );
    goals.add(
        "warm tokens / plain, 64",
        "≥ 60",
        format!("{:.0}", measured[0].against(&measured[2])),
    );
    let hot = Arc::new(vec![many[0].clone()]);
    head("One hot credential");
    let subjects = [Subject::new("all", &full, &many, 256), Subject::new("one", &full, &hot, 256)];
    let measured = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
    let ratio = measured[1].against(&measured[0]);
    goals.add("one hot credential / all", "≥ 0.8", format!("{ratio:.2}"));
}

/// The plain way to keep when a credential was used.
pub async fn stamp(app: &App, id: &CredentialId) -> Result<u64, DbErr> {
    let db = app.db.writer();
    let sql = r#"UPDATE "credentials" SET "last_used_at" = $1 WHERE "id" = $2"#;
    let values = [app.clock.now().into(), id.as_str().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// How long one commit of one row takes, in milliseconds.
async fn commits(of: &Installation) -> Vec<f64> {
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        let id = &of.admin.credential.id;
        stamp(&of.app, id).await.expect("committed");
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    times
}

/// Nothing is known: each request is hashed.
pub async fn cold(plan: &Plan, of: &Installation, goals: &mut Goals) {
    let server = Server::start(&["serve"], &of.settings_with(&COLD)).await;
    let requests = requests(of, &of.client_ids[..HEAVY]);
    head("Cold tokens");
    let (mut shares, mut slowest, db) = (Vec::new(), Vec::new(), of.app.db.reader());
    let (mut measured, mut alone) = (Measured::default(), Vec::new());
    let subject = Subject::new("Postern", &server, &requests, 16);
    for _ in 0..plan.runs {
        let rate = argon2_alone(plan.time).await;
        let load = measured.run(&subject, plan.time, db);
        let ((), probed) = tokio::join!(load, drive::probe(server.address, plan.time));
        shares.extend(measured.runs.last().map(|run| run.rate / rate));
        slowest.push(probed.p99);
        alone.push(rate);
    }
    line(&subject, &measured);
    say(&format!("\nArgon2id alone, on all cores: {:.0} a second.", median(alone.into_iter())));
    let share = median(shares.into_iter());
    goals.add("cold tokens / Argon2id alone on all cores", "≥ 0.85", format!("{share:.2}"));
    let slowest = median(slowest.into_iter());
    goals.add("p99 of /healthz meanwhile", "< 50 ms", format!("{slowest:.1} ms"));
}

/// Verifications a second, by a thread for each core and nothing else.
async fn argon2_alone(time: Duration) -> f64 {
    let argon2 = Argon2::from(Params::default());
    let stored = argon2.hash_password(b"a secret").expect("a hash").to_string();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads: Vec<_> = (0..threads)
        .map(|_| {
            let stored = stored.clone();
            std::thread::spawn(move || {
                let (began, mut done) = (Instant::now(), 0_u32);
                let stored = PasswordHash::new(&stored).expect("a stored hash");
                while began.elapsed() < time {
                    Argon2::default().verify_password(b"a secret", &stored).expect("right");
                    done += 1;
                }
                f64::from(done) / began.elapsed().as_secs_f64()
            })
        })
        .collect();
    let count = || threads.into_iter().map(|it| it.join().expect("a rate")).sum();
    tokio::task::spawn_blocking(count).await.expect("the threads end")
}
