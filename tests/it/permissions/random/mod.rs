//! Random roles, bindings, restrictions and scopes: what GraphQL answers, and `permissions`, are those
//! of a naive model.

mod cases;
mod model;
mod operations;
mod setting;
mod thing;

use postern::authz::Permission;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::World;
use model::Model;
use setting::{Setting, Tenant};
use thing::Thing;

const CASES: usize = 20;

/// The selection of all permissions of these kinds.
fn actions(kinds: &[&str]) -> String {
    let of_kind = |kind: &&str| {
        let all = Permission::ALL.iter().filter(|it| it.kind() == *kind);
        let names: Vec<_> = all.map(|it| it.parts().1).collect();
        format!("{kind}: {} {{ {} }}", camel(kind), names.join(" "))
    };
    kinds.iter().map(of_kind).collect::<Vec<_>>().join(" ")
}

fn camel(snake: &str) -> String {
    let mut parts = snake.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}{}{}", part[..1].to_uppercase(), &part[1..]))
}

/// The permissions on the organization, the subject and its credential, as the API returns them.
async fn said(setting: &Setting<'_>) -> Value {
    let subject = &setting.accounts[setting.case.subject];
    let of = |thing: Thing| format!("permissions {{ {} }}", actions(thing.kinds));
    let query = format!(
        "query($account: ID!, $credential: ID!) {{
          organization(id: \"acme\") {{ {} }}
          account: node(id: $account) {{ ... on ServiceAccount {{ {} }} }}
          credential: node(id: $credential) {{ ... on Credential {{ {} }} }}
        }}",
        of(Thing::organization()),
        of(Thing::account(0)),
        of(Thing::credential(0)),
    );
    let variables = json!({ "account": subject.id, "credential": subject.credential });
    setting.caller.graphql(&query, variables).await.data("")
}

/// The same after the model.
fn expected(model: &Model, thing: &Thing) -> Value {
    if model.answer(thing.read, thing) == "NOT_FOUND" {
        return Value::Null;
    }
    let mut all = json!({});
    for permission in Permission::ALL.iter().filter(|it| thing.kinds.contains(&it.kind())) {
        let (kind, action) = permission.parts();
        all[kind][action] = json!(model.answer(*permission, thing) == "OK");
    }
    json!({ "permissions": all })
}

#[tokio::test]
async fn answers_and_permissions_are_those_of_the_naive_model() {
    let world = World::new().await;
    let mut random = TestRunner::deterministic();
    let pool = cases::pool().new_tree(&mut random).expect("roles").current();
    let tenant = Tenant::new(&world, &pool).await;
    for nth in 0..CASES {
        let case = cases::cases().new_tree(&mut random).expect("a case").current();
        let mut setting = Setting::of(&tenant, &case, nth).await;
        let said = said(&setting).await;
        let subject = case.subject;
        for (name, thing) in [
            ("organization", Thing::organization()),
            ("account", Thing::account(subject)),
            ("credential", Thing::credential(subject)),
        ] {
            let expected = expected(&setting.model, &thing);
            assert_eq!(said[name], expected, "{name}: {case:#?}");
        }
        operations::read(&setting).await;
        operations::change(&mut setting).await;
        operations::edit(&mut setting).await;
        operations::delete(&setting).await;
    }
}
