//! Mutations: those of the table of operations.

use super::{Trial, assert_refused, guarded, trials, world_with_roles};
use crate::permissions::operations::{OPERATIONS, code};
use crate::permissions::rotating;
use crate::support::{Account, Caller, World};

/// A new account without roles, whose credential is in a rotation where the mutation is to end that.
async fn target(world: &World, admin: &Caller, mutation: &str) -> Account {
    if ["cancelCredentialRotation", "finishCredentialRotation"].contains(&mutation) {
        let [old, _] = rotating(world, admin, &[]).await;
        return old;
    }
    world.account(&[]).await
}

#[tokio::test]
async fn a_mutation_requires_exactly_the_permissions_of_its_directives() {
    let (world, guarded) = (world_with_roles().await, guarded());
    let admin = world.admin().await;
    for operation in OPERATIONS {
        let (name, Some(document)) = (operation.name, operation.document) else { continue };
        let Some(mutation) = operation.mutation() else { continue };
        let required = &guarded[&format!("Mutation.{mutation}")];
        assert!(required.iter().any(|it| it == operation.permission), "{name}: {required:?}");
        for Trial { caller, lacking } in trials(&world, required, operation.besides).await {
            let target = target(&world, &admin, mutation).await;
            let reply = operation.by_graphql(document, &caller, &target, &world).await;
            match lacking {
                None => assert_eq!(code(&reply), "OK", "{name}: {}", reply.text),
                Some(lacking) => assert_refused(&reply.json()["errors"], &lacking, name),
            }
        }
    }
}
