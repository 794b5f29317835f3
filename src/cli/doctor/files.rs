//! Who may read the files that hold secrets.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::config::{Config, Finding};

/// The findings on the modes of the database's files and of the file of the master key.
pub fn review(config: &Config) -> Vec<Finding> {
    let database = config.database.sqlite_file();
    let database = database.iter().flat_map(|file| {
        ["", "-wal", "-shm"].map(|suffix| {
            let mut name = file.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        })
    });
    database.chain(config.master_key_file.clone()).filter_map(|file| mode(&file)).collect()
}

/// A file that does not exist is no finding of its own.
fn mode(file: &Path) -> Option<Finding> {
    let (check, path) = ("file_mode", file.display());
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        return Some(Finding::ok(check, format!("{path}: mode {mode:04o}")));
    }
    let message = format!("{path} has mode {mode:04o}: others than its owner may use it");
    Some(Finding::warning(check, message, format!("run: chmod 600 {path}")))
}
