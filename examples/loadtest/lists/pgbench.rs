//! The rows of a page by one statement, measured with `pgbench`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::installation::Installation;
use crate::report::print_line;

/// The rows of the page as one JSON value.
const JSON_AGG: &str = "
SELECT json_agg(json_build_object('id', a.id, 'name', a.name, 'createdAt', a.created_at,
  'roles', (SELECT json_agg(b.role) FROM role_bindings b WHERE b.service_account_id = a.id),
  'credentials', (SELECT json_agg(json_build_object('id', c.id, 'clientId', c.client_id,
      'name', c.name, 'createdAt', c.created_at, 'lastUsedAt', c.last_used_at) ORDER BY c.created_at, c.id)
    FROM credentials c WHERE c.service_account_id = a.id)) ORDER BY a.created_at, a.id)
FROM (SELECT * FROM service_accounts WHERE organization_id = 'ORGANIZATION'
  ORDER BY created_at, id LIMIT 51) a;
";

/// Transactions per second; `None` with SQLite or without `pgbench`.
pub fn rate(of: &Installation, connections: usize, time: Duration) -> Option<f64> {
    if of.app.db.is_sqlite() {
        return None;
    }
    let Some(program) = find_pgbench() else {
        print_line("(pgbench is not installed)");
        return None;
    };
    let script = tempfile::NamedTempFile::new().expect("a file");
    let organization = of.admin.organization.id.as_str();
    let sql = JSON_AGG.trim().replace('\n', " ").replace("ORGANIZATION", organization);
    std::fs::write(script.path(), sql).expect("a script");
    let connections = connections.to_string();
    let seconds = time.as_secs().max(1).to_string();
    let result = Command::new(program)
        .args(["-n", "-M", "prepared", "-j", "2", "-c", &connections, "-T", &seconds, "-f"])
        .arg(script.path())
        .arg(of.app.config.database.url.reveal())
        .output()
        .expect("a process");
    let output = String::from_utf8_lossy(&result.stdout).into_owned();
    let rate = output.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rest| rest.split(' ').next()?.parse().ok());
    assert!(rate.is_some(), "{output}{}", String::from_utf8_lossy(&result.stderr));
    rate
}

/// `pgbench` in the search path, or where Debian installs it.
fn find_pgbench() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path)
        .chain(debian.map(|version| version.path().join("bin")))
        .map(|folder| folder.join("pgbench"))
        .find(|program| program.exists())
}
