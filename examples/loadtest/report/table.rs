//! Tables in Markdown.

use super::{Measurement, Subject, median};

/// Prints the title and the head of a table of measurements.
pub fn table_head(title: &str) {
    print_line(&format!("\n### {title}\n"));
    print_line(
        "| | connections | requests/s | p50 ms | p99 ms | errors | server CPU µs | database CPU µs | memory MiB |",
    );
    print_line("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
}

/// Prints the row of a subject.
pub fn table_row(subject: &Subject<'_>, measurement: &Measurement) {
    let database = match measurement.database_cpu.as_slice() {
        [] => "in the server".to_owned(),
        times => format!("{:.0}", median(times.iter().copied())),
    };
    print_line(&format!(
        "| {} | {} | {:.0} | {:.2} | {:.2} | {} | {:.0} | {database} | {} |",
        subject.name,
        subject.connections,
        measurement.median(|run| run.rate),
        measurement.median(|run| run.p50),
        measurement.median(|run| run.p99),
        measurement.runs.iter().map(|run| run.errors).sum::<usize>(),
        median(measurement.server_cpu.iter().copied()),
        subject.server.memory(),
    ));
}

/// Prints a line of the report.
#[expect(clippy::print_stdout, reason = "the report of the program")]
pub fn print_line(line: &str) {
    println!("{line}");
}
