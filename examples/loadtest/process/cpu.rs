//! CPU times of processes (proc(5)).

use std::fs;
use std::time::Duration;

use postern::store::Pool;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// The CPU time of a PostgreSQL server on this machine; `None` for any other database.
pub async fn database_cpu(db: &Pool) -> Option<Duration> {
    if db.get_database_backend() != DbBackend::Postgres {
        return None;
    }
    let statement = Statement::from_string(db.get_database_backend(), "SELECT pg_backend_pid()");
    let row = db.query_one_raw(statement).await.ok()??;
    let backend: i32 = row.try_get_by_index(0).ok()?;
    let parent = parent_of(backend.to_string().as_str())?;
    // Fields 16 and 17: the times of children that have ended.
    let ended = stat(&parent).and_then(|stat| ticks(&stat, [13, 14])).unwrap_or_default();
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let names = processes.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let of_server =
        names.filter(|name| *name == parent || parent_of(name).as_ref() == Some(&parent));
    Some(ended + of_server.filter_map(|name| cpu_of(name.parse().ok()?)).sum::<Duration>())
}

/// The parent of a process.
pub fn parent_of(process: &str) -> Option<String> {
    stat(process)?.get(1).cloned()
}

/// The user and system time of a process (fields 14 and 15).
pub fn cpu_of(process: u32) -> Option<Duration> {
    ticks(&stat(&process.to_string())?, [11, 12])
}

/// The fields of `/proc/PID/stat` from the third one, which follows the name.
fn stat(process: &str) -> Option<Vec<String>> {
    process.parse::<u32>().ok()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    Some(after_name.split(' ').map(str::to_owned).collect())
}

/// The sum of two times in clock ticks of 10 milliseconds.
fn ticks(stat: &[String], fields: [usize; 2]) -> Option<Duration> {
    let ticks = |field: usize| stat.get(field)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(fields[0])? + ticks(fields[1])?) * 10))
}
