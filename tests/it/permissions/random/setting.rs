//! The accounts, roles and credentials of a case in a running server, and their model.

use chrono::TimeDelta;
use postern::authz::Permission;
use postern::clock;
use serde_json::{Value, json};

use super::cases::{AnyBindings, AnyBounds, Case, EDITED};
use super::model::{ACCOUNTS, Account, Binding, Bounds, Model, OWN, TARGET};
use crate::support::{self, Caller, World};

const NETWORKS: [&str; 2] = ["127.0.0.0/8", "127.0.0.0/16"];

/// What all cases share.
pub struct Tenant<'a> {
    pub world: &'a World,
    pool: &'a [Vec<Permission>],
    pub api: Value,
    /// An account of another organization.
    pub elsewhere: String,
}

/// A case in the server, at its hour.
pub struct Setting<'a> {
    pub tenant: &'a Tenant<'a>,
    pub case: &'a Case,
    pub nth: usize,
    pub model: Model,
    pub accounts: Vec<support::Account>,
    pub caller: Caller,
    pub admin: Caller,
}

/// Their names.
pub fn names(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().map(|it| it.name().to_owned()).collect()
}

/// Those of the permissions of `bindings` at an hour that a remainder does not leave out, if any.
fn some_of(bindings: &[Binding], hour: i64, left_out: Option<usize>) -> Option<Vec<Permission>> {
    let lasting: Vec<_> = bindings.iter().filter(|it| it.lasts(hour)).collect();
    let is_held = |it: &Permission| lasting.iter().any(|held| held.permissions.contains(it));
    let left_out = left_out?;
    let all =
        Permission::ALL.iter().enumerate().filter(|(at, it)| at % 4 != left_out && is_held(it));
    let some: Vec<_> = all.map(|(_, it)| *it).collect();
    (!some.is_empty()).then_some(some)
}

impl<'a> Tenant<'a> {
    pub async fn new(world: &'a World, pool: &'a [Vec<Permission>]) -> Self {
        for (at, permissions) in pool.iter().enumerate() {
            world.role(&format!("pool-{at}"), names(permissions)).await;
        }
        let admin = world.admin().await;
        let input = json!({ "organizationId": "acme", "identifier": "https://tried.test", "name": "Tried", "scopes": ["read"] });
        let api = admin.mutate_selecting("createApi", input, "api { id }").await;
        let api = api.data("/createApi/api/id");
        Self { world, pool, api, elsewhere: world.other_tenant().await.id }
    }

    fn time(&self, hours: i64) -> String {
        clock::to_rfc3339(self.world.now() + TimeDelta::hours(hours))
    }
}

impl<'a> Setting<'a> {
    /// Everything that the case has, with its hour reached.
    pub async fn of(tenant: &'a Tenant<'a>, case: &'a Case, nth: usize) -> Self {
        let world = tenant.world;
        let edited = format!("edited-{nth}");
        world.role(&edited, names(&case.edited[0])).await;
        let accounts = world.accounts(ACCOUNTS).await;
        let model = fill(tenant, case, &accounts, &edited).await;
        world.clock.advance(TimeDelta::hours(case.hour));
        let scope = token_scope(case, &model[OWN]);
        let asked = scope.as_deref().map(|all| names(all).join(" "));
        let caller = world.sign_in_for(&accounts[OWN], asked.as_deref()).await;
        let model = Model { hour: case.hour, accounts: model, scope };
        Self { tenant, case, nth, model, accounts, caller, admin: world.admin().await }
    }

    /// The time at an hour of the case.
    pub fn time(&self, hour: i64) -> String {
        self.tenant.time(hour - self.case.hour)
    }

    /// The input that gives a credential these bounds.
    pub fn input(&self, bounds: &Bounds) -> Value {
        let mut input = input_of(self.tenant, bounds);
        if let Some(end) = bounds.end {
            input["expiresAt"] = json!(self.time(end));
        }
        input
    }
}

/// Gives the accounts their roles, scopes and bounds.
async fn fill(
    tenant: &Tenant<'_>,
    case: &Case,
    accounts: &[support::Account],
    edited: &str,
) -> [Account; ACCOUNTS] {
    let admin = tenant.world.admin().await;
    let mut model: Vec<Account> = Vec::new();
    for (at, bindings) in case.bindings.iter().enumerate() {
        let bindings = bindings_of(tenant, case, bindings, edited);
        for binding in &bindings {
            let input = grant(tenant, accounts, at, binding);
            admin.mutate("grantRole", input).await.data("");
        }
        let bounds = case.bounds.get(at).map(|it| bounds_of(it, &bindings, case.hour));
        model.push(Account { bindings, bounds: bounds.unwrap_or_default() });
    }
    for at in [OWN, TARGET] {
        let mut input = input_of(tenant, &model[at].bounds);
        input["id"] = json!(accounts[at].credential);
        admin.mutate("updateCredential", input).await.data("");
    }
    if case.has_api_scopes {
        let input = json!({ "serviceAccountId": accounts[TARGET].id, "apiId": tenant.api, "scopes": ["read"] });
        admin.mutate("grantApiScopes", input).await.data("");
        let (role, permissions) = (String::new(), vec![Permission::ApisGrant]);
        model[TARGET].bindings.push(Binding { role, permissions, on: Some(TARGET), end: None });
    }
    model.try_into().expect("as many")
}

/// The scope that the caller asks for, within the restrictions of its credential.
fn token_scope(case: &Case, own: &Account) -> Option<Vec<Permission>> {
    let mut scope = some_of(&own.bindings, case.hour, case.scope)?;
    if let Some(allowed) = &own.bounds.scopes {
        scope.retain(|it| allowed.contains(it));
    }
    (!scope.is_empty()).then_some(scope)
}

fn bindings_of(tenant: &Tenant<'_>, case: &Case, all: &AnyBindings, edited: &str) -> Vec<Binding> {
    let binding = |(&(role, on), &end): (&(usize, Option<usize>), &Option<i64>)| {
        let (role, permissions) = match role {
            EDITED => (edited.to_owned(), case.edited[0].clone()),
            at => (format!("pool-{at}"), tenant.pool[at].clone()),
        };
        Binding { role, permissions, on, end }
    };
    all.iter().map(binding).collect()
}

/// The input that grants a role to the account at a position, at the start of a case.
fn grant(
    tenant: &Tenant<'_>,
    accounts: &[support::Account],
    at: usize,
    binding: &Binding,
) -> Value {
    json!({
        "serviceAccountId": accounts[at].id,
        "role": binding.role,
        "onServiceAccountId": binding.on.map(|at| &accounts[at].id),
        "expiresAt": binding.end.map(|end| tenant.time(end)),
    })
}

fn bounds_of(any: &AnyBounds, bindings: &[Binding], hour: i64) -> Bounds {
    Bounds {
        scopes: some_of(bindings, hour, any.scopes),
        own_audience: any.own_audience,
        narrow: any.narrow,
        lifetime: any.lifetime,
        end: any.end,
    }
}

/// The input that gives a credential these bounds, at the start of a case.
fn input_of(tenant: &Tenant<'_>, bounds: &Bounds) -> Value {
    let audience = &tenant.world.app.config.audience;
    json!({
        "expiresAt": bounds.end.map(|end| tenant.time(end)),
        "restrictions": {
            "scopes": bounds.scopes.as_deref().map(names),
            "audiences": bounds.own_audience.then_some([audience]),
            "addresses": bounds.narrow.map(|narrow| [NETWORKS[usize::from(narrow)]]),
            "tokenLifetime": bounds.lifetime,
        },
    })
}
