//! Cold tokens: each request costs a hash.

use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};

use crate::Plan;
use crate::generator;
use crate::installation::{DEFAULT_HASHES, Installation};
use crate::process::Server;
use crate::report::{Measurement, Subject, Targets, median, print_line, table_head, table_row};

/// The settings of a server with the default hashes and without a cache of secrets.
const COLD: [(&str, &str); 3] =
    [("ARGON2_MEMORY_KIB", "19456"), ("ARGON2_ITERATIONS", "2"), ("SECRET_CACHE_ENTRIES", "0")];

/// Measures cold tokens, compared with Argon2id alone, and `/healthz` meanwhile.
pub async fn cold(plan: &Plan, of: &Installation, targets: &mut Targets) {
    let server = Server::start(&["serve"], &of.settings_with(&COLD)).await;
    let requests = super::requests(of, &of.client_ids[..DEFAULT_HASHES]);
    table_head("Cold tokens");
    let (mut shares, mut probes, db) = (Vec::new(), Vec::new(), of.app.db.reader());
    let (mut measurement, mut alone) = (Measurement::default(), Vec::new());
    let subject = Subject::new("Postern", &server, &requests, 16);
    for _ in 0..plan.runs {
        let rate = argon2_rate(plan.time).await;
        let load = measurement.run(&subject, plan.time, db);
        let ((), probe) = tokio::join!(load, generator::probe(server.address, plan.time));
        shares.extend(measurement.runs.last().map(|run| run.rate / rate));
        probes.push(probe.p99);
        alone.push(rate);
    }
    table_row(&subject, &measurement);
    let alone = median(alone.into_iter());
    print_line(&format!("\nArgon2id alone, on all cores: {alone:.0} per second."));
    let share = median(shares.into_iter());
    targets.add("cold tokens / Argon2id alone on all cores", "≥ 0.85", format!("{share:.2}"));
    let p99 = median(probes.into_iter());
    targets.add("p99 of /healthz meanwhile", "< 50 ms", format!("{p99:.1} ms"));
}

/// Verifications per second of one thread per core.
async fn argon2_rate(time: Duration) -> f64 {
    let argon2 = Argon2::from(Params::default());
    let stored = argon2.hash_password(b"a secret").expect("a hash").to_string();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            let stored = stored.clone();
            std::thread::spawn(move || verification_rate(&stored, time))
        })
        .collect();
    let sum = || threads.into_iter().map(|it| it.join().expect("a rate")).sum();
    tokio::task::spawn_blocking(sum).await.expect("no panic")
}

fn verification_rate(stored: &str, time: Duration) -> f64 {
    let (began, mut count) = (Instant::now(), 0_u32);
    let stored = PasswordHash::new(stored).expect("a stored hash");
    while began.elapsed() < time {
        Argon2::default().verify_password(b"a secret", &stored).expect("a match");
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}
