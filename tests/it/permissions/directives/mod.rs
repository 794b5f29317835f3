//! `@requiresPermission` against enforcement: a caller with the listed permissions may, one that lacks any
//! of them may not, and a field without the directive requires none.

mod fields;
mod mutations;
mod schema;
mod subscriptions;
mod unguarded;

use std::collections::BTreeSet;

use postern::authz::Permission;
use postern::context::OpContext;
use postern::domain::roles::grants::{self, NewBinding};
use serde_json::Value;

use super::operations::{OPERATIONS, Operation};
use crate::support::{Account, Caller, World};
use schema::guarded;

/// A caller that tries a field: with all permissions that it requires, or without one of them.
struct Trial {
    caller: Caller,
    lacking: Option<String>,
}

/// The callers that try a field. All hold `besides` too, what its input and the way to it require, save
/// the permission that they lack.
async fn trials(world: &World, required: &[String], besides: &[&str]) -> Vec<Trial> {
    let required_names = required.iter().map(String::as_str);
    let all: BTreeSet<&str> = required_names.chain(besides.iter().copied()).collect();
    let mut trials = Vec::new();
    for lacking in std::iter::once(None).chain(required.iter().map(Some)) {
        let is_held = |name: &&str| lacking.is_none_or(|lacking| lacking != name);
        let held: Vec<&str> = all.iter().copied().filter(is_held).collect();
        let caller = world.sign_in(&holder(world, &held).await).await;
        trials.push(Trial { caller, lacking: lacking.cloned() });
    }
    trials
}

/// A world with a role for each permission, which contains that alone.
async fn world_with_roles() -> World {
    let world = World::new().await;
    for permission in Permission::ALL {
        world.role(&label(permission.name()), vec![permission.name().to_owned()]).await;
    }
    world
}

fn label(permission: &str) -> String {
    permission.replace(':', "-")
}

/// A new account that holds exactly these permissions.
async fn holder(world: &World, permissions: &[&str]) -> Account {
    let (op, organization) = (OpContext::operator(&world.app), &world.first.organization.id);
    let account = world.account(&[]).await;
    let id = account.id.parse().expect("an id");
    for permission in permissions {
        let binding = NewBinding::of_organization(&label(permission));
        grants::grant(&op, organization, &id, &binding).await.expect("granted");
    }
    account
}

/// Asserts that the first of these errors is about the permission that the caller lacks: it names it, or
/// the object is hidden.
fn assert_refused(errors: &Value, lacking: &str, field: &str) {
    let extensions = &errors[0]["extensions"];
    let is_hidden = extensions["code"] == "NOT_FOUND";
    let is_denied = extensions["code"] == "FORBIDDEN" && extensions["permission"] == lacking;
    assert!(is_hidden || is_denied, "{field}, without {lacking}: {errors}");
}

#[test]
fn every_mutation_every_subscription_and_every_field_with_the_directive_is_tried() {
    let mutations = OPERATIONS.iter().filter_map(Operation::mutation);
    let fields = fields::FIELDS.iter().map(|(name, ..)| (*name).to_owned());
    let subscriptions = subscriptions::FIELDS.iter().map(|(name, _)| (*name).to_owned());
    let mutations = mutations.map(|name| format!("Mutation.{name}"));
    let tried: BTreeSet<_> = fields.chain(subscriptions).chain(mutations).collect();
    let guarded: BTreeSet<_> = guarded().into_keys().collect();
    let untried: Vec<_> = guarded.difference(&tried).collect();
    assert!(untried.is_empty(), "not tried: {untried:?}");
    let unknown: Vec<_> = tried.difference(&guarded).collect();
    assert!(unknown.is_empty(), "without the directive: {unknown:?}");
}
