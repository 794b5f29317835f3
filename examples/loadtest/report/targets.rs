//! Targets of the measurements.

use super::print_line;

/// Targets with the measured values.
#[derive(Default)]
pub struct Targets(Vec<Target>);

struct Target {
    name: String,
    target: String,
    measured: String,
}

impl Targets {
    /// Adds a target; an empty one for a value without a target.
    pub fn add(&mut self, name: &str, target: &str, measured: String) {
        let (name, target) = (name.to_owned(), target.to_owned());
        self.0.push(Target { name, target, measured });
    }

    /// Prints the table of all targets.
    pub fn print(&self) {
        print_line("\n### Targets\n\n| measurement | target | measured |\n|---|---:|---:|");
        for Target { name, target, measured } in &self.0 {
            print_line(&format!("| {name} | {target} | {measured} |"));
        }
    }
}
