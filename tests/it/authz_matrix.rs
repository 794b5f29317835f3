//! The authorization matrix: what each actor may do to each resource, as GraphQL enforces it, or REST
//! where it alone has the operation.

use std::fmt::Write;

use postern::authz::{Actor, Permission, Role, decide_held};
use serde_json::json;

use crate::permissions::operations::{OPERATIONS, Operation, Surface};
use crate::support::{Account, Caller, World};

/// Who acts; the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Role(Role),
    NoRole,
    /// An org_admin whose credential is restricted to addresses; the credential that it creates is
    /// restricted as well.
    Restricted,
    /// The org_admin of another organization.
    OtherTenant,
    Anonymous,
    /// The operator at the command line.
    Operator,
}

const COLUMNS: [(&str, Who); 8] = [
    ("org_admin", Who::Role(Role::Admin)),
    ("org_member", Who::Role(Role::Member)),
    ("org_viewer", Who::Role(Role::Viewer)),
    ("no_role", Who::NoRole),
    ("restricted", Who::Restricted),
    ("other_admin", Who::OtherTenant),
    ("anonymous", Who::Anonymous),
    ("operator", Who::Operator),
];

/// What it is done to; the rows of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Organization,
    /// A service account without a role, and its credential.
    Account,
    /// A service account with the role org_admin, and its credential.
    AdminAccount,
    /// The actor's own service account, and another credential of it.
    Own,
}

impl What {
    fn label(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Account => "account, no role",
            Self::AdminAccount => "account, org_admin",
            Self::Own => "own account",
        }
    }

    /// The resources of an operation, in the order of the rows.
    fn of(operation: &Operation) -> &'static [Self] {
        if operation.depends_on_account() {
            &[Self::Account, Self::AdminAccount, Self::Own]
        } else {
            &[Self::Organization]
        }
    }
}

/// The resource types that roles can contain permissions of, and that no operation works on yet.
const WITHOUT_OPERATIONS: [&str; 2] = ["members", "trusted_issuers"];

/// The organizations of the matrix, and the admin of the other one.
struct Tenants {
    world: World,
    other: Account,
}

impl Tenants {
    /// A new actor, with its service account where it has one.
    async fn actor(&self, who: Who) -> (Caller, Option<Account>) {
        let world = &self.world;
        let account = match who {
            Who::Role(role) => world.account(&[role]).await,
            Who::NoRole => world.account(&[]).await,
            Who::Restricted => {
                let account = world.account(&[Role::Admin]).await;
                let restrictions = json!({ "addresses": ["127.0.0.0/8"] });
                let input = json!({ "id": account.credential, "restrictions": restrictions });
                world.admin().await.mutate("updateCredential", input).await.data("");
                account
            }
            Who::OtherTenant => return (world.sign_in(&self.other).await, None),
            Who::Anonymous | Who::Operator => return (world.anonymous(), None),
        };
        (world.sign_in(&account).await, Some(account))
    }

    /// The mark of one cell.
    async fn cell(&self, operation: &Operation, what: What, who: Who) -> &'static str {
        if who == Who::Operator {
            let permission = Permission::ALL.iter().find(|it| it.name() == operation.permission);
            let permission = *permission.expect("a permission");
            return if decide_held(&Actor::Operator, permission).is_ok() { "yes" } else { "-" };
        }
        let (caller, own) = self.actor(who).await;
        let target = match (what, own) {
            (What::Own, None) => return "",
            (What::Own, Some(own)) => own,
            (What::AdminAccount, _) => self.world.account(&[Role::Admin]).await,
            (What::Organization | What::Account, _) => self.world.account(&[]).await,
        };
        match operation.run(Surface::GraphQl, &caller, &target, &self.world).await.as_str() {
            "OK" => "yes",
            "FORBIDDEN" => "-",
            "NOT_FOUND" => "hidden",
            "UNAUTHENTICATED" => "401",
            other => panic!("{}, {what:?}, {who:?}: {other}", operation.name),
        }
    }

    async fn row(&self, operation: &Operation, what: What) -> String {
        let mut row = format!("{:<36}{:<20}", operation.permission, what.label());
        for (_, who) in COLUMNS {
            write!(row, "{:<12}", self.cell(operation, what, who).await).expect("text");
        }
        row
    }
}

#[tokio::test]
async fn the_authorization_matrix_matches_the_snapshot() {
    let world = World::new().await;
    let other = world.other_tenant().await;
    let tenants = Tenants { world, other };
    let mut heading = format!("{:<36}{:<20}", "permission", "resource");
    for (label, _) in COLUMNS {
        write!(heading, "{label:<12}").expect("text");
    }
    let mut rows = vec![heading];
    let mut kind = "";
    for permission in Permission::ALL {
        let name = permission.name();
        if kind != permission.kind() {
            kind = permission.kind();
            rows.push(String::new());
        }
        let operation = OPERATIONS.iter().find(|it| it.permission == name);
        let Some(operation) = operation else {
            assert!(WITHOUT_OPERATIONS.contains(&permission.kind()), "{name}");
            rows.push(format!("{name:<36}no operation"));
            continue;
        };
        for what in What::of(operation) {
            rows.push(tenants.row(operation, *what).await);
        }
    }
    let legend = ["yes: allowed", "-: FORBIDDEN", "hidden: NOT_FOUND", "401: UNAUTHENTICATED"];
    rows.extend([String::new(), legend.join("; ")]);
    let lines: Vec<_> = rows.iter().map(|row| row.trim_end()).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
