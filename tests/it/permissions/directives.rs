//! `@requiresPermission` against enforcement: a caller with the listed permissions may, and one that
//! lacks any of them may not.

use postern::context::OpContext;
use postern::domain::roles::grants::{self, NewBinding};

use super::operations::{OPERATIONS, Surface};
use crate::support::{Account, World};

/// The permissions that the committed schema lists for a mutation.
fn listed(mutation: &str) -> Vec<String> {
    let schema = include_str!("../../../schema.graphql");
    let field = format!("\n  {mutation}(\n");
    let (_, rest) = schema.split_once(&field).expect("the mutation");
    let line = rest.lines().find(|line| line.starts_with("  ): ")).expect("its type");
    let names = line.split("@requiresPermission(name: \"").skip(1);
    names.map(|it| it.split('"').next().expect("a name").to_owned()).collect()
}

/// A new account with a role of exactly these permissions.
async fn holder(world: &World, nth: usize, permissions: &[String]) -> Account {
    let (op, organization) = (OpContext::operator(&world.app), &world.first.organization.id);
    let account = world.account(&[]).await;
    if permissions.is_empty() {
        return account;
    }
    let role = world.role(&format!("exactly-{nth}"), permissions.to_vec()).await;
    let id = account.id.parse().expect("an id");
    let binding = NewBinding::of_organization(&role.label);
    grants::grant(&op, organization, &id, &binding).await.expect("granted");
    account
}

#[tokio::test]
async fn a_mutation_requires_exactly_the_permissions_of_its_directives() {
    let world = World::new().await;
    let (mut nth, mut tried) = (0, 0);
    for operation in OPERATIONS {
        let Some(mutation) = operation.mutation() else { continue };
        let all = listed(mutation);
        assert!(all.iter().any(|it| it == operation.permission), "{mutation}: {all:?}");
        for lacking in std::iter::once(None).chain(all.iter().map(Some)) {
            let held: Vec<_> = all.iter().filter(|it| Some(*it) != lacking).cloned().collect();
            nth += 1;
            let caller = world.sign_in(&holder(&world, nth, &held).await).await;
            let target = world.account(&[]).await;
            let code = operation.run(Surface::GraphQl, &caller, &target, &world).await;
            let refused = code == "FORBIDDEN" || code == "NOT_FOUND";
            let about = format!("{}, without {lacking:?}: {code}", operation.name);
            if lacking.is_some() {
                assert!(refused, "{about}");
            } else if !operation.may_be_refused {
                assert!(!refused, "{about}");
            }
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried}");
}
