//! The policy as a table: the diff that a reviewer reads first.

use std::fmt::Write;

use postern::authz::{Permission, Role};

#[test]
fn the_policy_is_this_table() {
    let mut table = format!("{:<36}", "permission");
    for role in Role::ALL {
        write!(table, "{:<12}", role.label()).expect("text");
    }
    for permission in Permission::ALL {
        write!(table, "\n{:<36}", permission.name()).expect("text");
        for role in Role::ALL {
            let held = role.permissions().contains(*permission);
            write!(table, "{:<12}", if held { "yes" } else { "-" }).expect("text");
        }
    }
    let lines: Vec<_> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
