//! Settings as flags: one for each, of all commands that read the configuration.

use clap::{Arg, ArgMatches, Command, CommandFactory};

use super::Cli;
use crate::config::{DEV_DEFAULTS, help, settings};

/// Where the settings are listed.
pub const HINT: &str = "Settings are flags, environment variables or lines of a TOML file; \
                        `postern serve --help` lists them.";

/// Settings that are given as flags, by name.
pub type Flags = Vec<(&'static str, String)>;

/// The command line with the flags of settings.
pub fn command() -> Command {
    Cli::command().mut_subcommands(|command| match command.get_name() {
        "schema" | "settings" => command,
        "dev" => command.args(all()).after_help(HINT).after_long_help(help(DEV_DEFAULTS)),
        "serve" => command.args(all()).after_help(HINT).after_long_help(help(&[])),
        _ => command.args(all()).after_help(HINT),
    })
}

/// A flag for each setting; the list at the end of `--help` replaces clap's, which would be five
/// times as long.
fn all() -> impl Iterator<Item = Arg> {
    settings().iter().map(|setting| {
        Arg::new(setting.name).long(setting.flag()).value_name("VALUE").global(true).hide(true)
    })
}

/// The settings that are given as flags.
pub fn given(matches: &ArgMatches) -> Flags {
    let Some((_, matches)) = matches.subcommand() else { return Flags::new() };
    let value = |name| matches.try_get_one::<String>(name).ok().flatten().cloned();
    settings().iter().filter_map(|it| value(it.name).map(|value| (it.name, value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn flags_are_found_before_and_after_a_nested_command() {
        for arguments in [
            &["postern", "keys", "--listen", "a:1", "list"][..],
            &["postern", "keys", "list", "--listen=a:1"],
            &["postern", "--config", "x", "doctor", "--listen", "a:1"],
        ] {
            let matches = command().try_get_matches_from(arguments).expect("valid arguments");
            assert_eq!(given(&matches), [("listen", "a:1".to_owned())], "{arguments:?}");
        }
    }
}
