//! Checks of the modes of files that contain secrets.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::config::{Config, Finding};

/// The findings on the files of the database, of keys, and of the settings.
pub fn review(config: &Config, settings: Option<&Path>) -> Vec<Finding> {
    let database = config.database.sqlite_file();
    let database = database.iter().flat_map(|file| {
        ["", "-wal", "-shm"].map(|suffix| {
            let mut name = file.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        })
    });
    let tls = config.server.tls.as_ref().map(|files| files.key.clone());
    let keys = config.master_key_file.clone().into_iter().chain(tls);
    let all = database.chain(keys).chain(settings.map(Path::to_owned));
    all.filter_map(|file| mode(&file)).collect()
}

/// No finding for a file that does not exist; other checks report it.
fn mode(file: &Path) -> Option<Finding> {
    let (check, path) = ("file_mode", file.display());
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        return Some(Finding::ok(check, format!("{path}: mode {mode:04o}")));
    }
    let message = format!("{path} has mode {mode:04o}: not only its owner has access");
    let action = format!("run: chmod 600 {path}, or mount it for the server only");
    Some(Finding::warning(check, message, action))
}
