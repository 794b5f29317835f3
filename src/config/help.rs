//! The settings for readers: the end of `--help`, and a table for the documents.

use std::fmt::Write;

use super::{DEV_DEFAULTS, Defaults, settings};

/// The settings with their defaults, as `--help` lists them.
#[must_use]
pub fn help(defaults: Defaults<'_>) -> String {
    let mut text = String::from(
        "Settings. A flag such as --log-format json overrides the environment \
         (POSTERN_LOG_FORMAT=json),\nwhich overrides the file of --config (log_format = \"json\").\n",
    );
    let mut group = "";
    for setting in settings() {
        if setting.group != group {
            group = setting.group;
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{group}:\n");
        }
        let flag = format!("--{}", setting.flag());
        let default = match own(defaults, setting.name).unwrap_or(setting.default) {
            "" => String::new(),
            default => format!(" [default: {default}]"),
        };
        let _ = writeln!(text, "  {flag:<36}  {}{default}", setting.description);
    }
    text
}

/// The settings as a Markdown table.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("| Setting | Default | Description |\n|---|---|---|\n");
    for setting in settings() {
        let default = match (setting.default, own(DEV_DEFAULTS, setting.name)) {
            ("", _) => String::new(),
            (default, None) => format!("`{default}`"),
            (default, Some(dev)) => format!("`{default}` (`dev`: `{dev}`)"),
        };
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "| `{}` | {default} | {} |", setting.variable(), setting.description);
    }
    text
}

fn own<'a>(defaults: Defaults<'a>, name: &str) -> Option<&'a str> {
    defaults.iter().find(|(setting, _)| *setting == name).map(|(_, value)| *value)
}
