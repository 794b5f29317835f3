//! The policy against a naive model, which asks for each permission on its own.

mod cases;
mod model;
mod rows;

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::subsequence;

use self::cases::{
    AUDIENCES, AnyBinding, AnyBounds, Caller, bindings, bindings_of, bounds, callers, cases,
};
use self::model::{Thing, covers, is_above};
use self::rows::{Ids, api_row, now, organization_row, role_row, scope};
use super::*;

fn decision(actor: &Actor, permission: Permission, resource: &impl Resource) -> Option<bool> {
    match decide(actor, permission, resource) {
        Ok(()) => Some(true),
        Err(Denial::Hidden) => None,
        Err(_) => Some(false),
    }
}

fn actor(caller: &Caller, ids: &Ids) -> Actor {
    Actor::Client(Arc::new(caller.build(ids)))
}

fn held(bindings: &[AnyBinding], ids: &Ids) -> Held {
    Held::Bindings(bindings.iter().map(|it| it.build(ids)).collect())
}

/// Permissions of which an editor often holds all.
fn few_permissions() -> impl Strategy<Value = Vec<Permission>> {
    subsequence(Permission::ALL[..3].to_vec(), 0..=3)
}

fn editors() -> impl Strategy<Value = Caller> {
    let bindings = bindings_of(few_permissions(), 1..4);
    let all = AnyBinding { permissions: Permission::ALL.to_vec(), target: None, end: None };
    (callers(), bindings, any::<bool>()).prop_map(move |(caller, mut bindings, holds_all)| {
        bindings.extend(holds_all.then(|| all.clone()));
        Caller { bindings, ..caller }
    })
}

/// Bindings of a holder of the edited role: those of other roles, and those of this one without its
/// permissions.
fn holders() -> impl Strategy<Value = [Vec<AnyBinding>; 2]> {
    let of_role = bindings_of(Just(Vec::new()), 1..2);
    (bindings_of(few_permissions(), 0..3), of_role).prop_map(|(others, of_role)| [others, of_role])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn decisions_on_accounts_and_credentials_are_those_of_the_naive_model(case in cases()) {
        let ids = Ids::new();
        let actor = actor(&case.caller, &ids);
        let held = held(&case.held, &ids);
        let (organization, id) = (case.organization(&ids), &ids.accounts[case.account]);
        let account = Account { organization, id, held: &held };
        let mut thing = Thing {
            read: Permission::ServiceAccountsRead,
            account: Some(case.account),
            is_own: case.account == 0,
            held: &case.held,
            credentials: Vec::new(),
        };
        let expected = case.decision(&thing);
        prop_assert_eq!(decision(&actor, case.permission, &account), expected);

        let rows = case.credentials(&ids);
        let all = CredentialBounds::of_account(&rows, now());
        let (update, delete) = (Permission::CredentialsUpdate, Permission::CredentialsDelete);
        let (own, restored) = ((update, &case.credential), case.replaced.as_ref());
        // The deletion of the replaced one restores none.
        thing.credentials = [own].into_iter().chain(restored.map(|it| (update, it))).collect();
        let list = AccountCredentials { account, bounds: &all };
        prop_assert_eq!(decision(&actor, case.permission, &list), case.decision(&thing));

        thing.credentials = [own].into_iter().chain(restored.map(|it| (delete, it))).collect();
        let thing = Thing { read: Permission::CredentialsRead, is_own: false, ..thing };
        let credential = AccountCredential { row: &rows[0], held: &held, bounds: all.first() };
        prop_assert_eq!(decision(&actor, case.permission, &credential), case.decision(&thing));
    }

    #[test]
    fn decisions_on_things_of_the_organization_are_those_of_the_naive_model(case in cases()) {
        let ids = Ids::new();
        let actor = actor(&case.caller, &ids);
        let (id, permission) = (case.organization(&ids), case.permission);
        let expected = |read, is_own| {
            case.decision(&Thing { read, account: None, is_own, held: &[], credentials: vec![] })
        };
        let organization = expected(Permission::OrganizationsRead, true);
        prop_assert_eq!(decision(&actor, permission, id), organization);
        prop_assert_eq!(decision(&actor, permission, &organization_row(id)), organization);
        let role = expected(Permission::RolesList, false);
        prop_assert_eq!(decision(&actor, permission, &role_row(id)), role);
        let api = expected(Permission::ApisRead, false);
        prop_assert_eq!(decision(&actor, permission, &api_row(id)), api);
        let holds = |target| case.caller.holds(permission, target, 0);
        prop_assert_eq!(decide_held(&actor, permission).is_ok(), holds(None));
        let anywhere = holds(None) || (0..cases::ACCOUNTS).any(|at| holds(Some(at)));
        prop_assert_eq!(decide_held_anywhere(&actor, permission).is_ok(), anywhere);
    }

    #[test]
    fn a_binding_may_be_granted_exactly_if_each_permission_is_held_there_as_long(
        caller in callers(),
        granted in bindings(),
    ) {
        let ids = Ids::new();
        let actor = actor(&caller, &ids);
        for it in &granted {
            let expected = covers(&caller, std::slice::from_ref(it));
            prop_assert_eq!(decide_grant(&actor, &it.build(&ids)).is_ok(), expected);
        }
    }

    #[test]
    fn bounds_are_within_others_exactly_if_they_allow_nothing_more(
        own in bounds(),
        others in bounds(),
    ) {
        prop_assert_eq!(own.build().within(&others.build()), own.are_within(&others));
        // One part at a time, as few random bounds are within others in all parts.
        for part in 0..5 {
            let only = |of: &AnyBounds| {
                let mut only = AnyBounds::default();
                match part {
                    0 => only.scopes.clone_from(&of.scopes),
                    1 => only.audiences.clone_from(&of.audiences),
                    2 => only.networks.clone_from(&of.networks),
                    3 => only.lifetime = of.lifetime,
                    _ => only.end = of.end,
                }
                only
            };
            let (own, others) = (only(&own), only(&others));
            prop_assert_eq!(own.build().within(&others.build()), own.are_within(&others));
        }
    }

    #[test]
    fn restrictions_allow_exactly_their_uses(bounds in bounds()) {
        let (restrictions, uses) = (bounds.restrictions(), bounds.uses());
        for (at, audience) in (0..).zip(AUDIENCES.into_iter().chain(["https://other.test"])) {
            let expected = uses.contains(&("audience", at));
            prop_assert_eq!(restrictions.allow_audience(audience), expected);
        }
        let addresses = ["10.0.0.1", "10.1.0.1", "192.0.2.1", "2001:db8::1", "203.0.113.1"];
        for (at, address) in (0..).zip(addresses) {
            let expected = uses.contains(&("network", at));
            let address = address.parse().expect("an address");
            prop_assert_eq!(restrictions.allow_address(address), expected);
        }
        let all = || (0..=Permission::ALL.len()).map(scope);
        let reduced = restrictions.reduce(all().collect());
        for (at, scope) in (0..).zip(all()) {
            prop_assert_eq!(reduced.contains(scope), uses.contains(&("scope", at)));
        }
    }

    #[test]
    fn an_edited_role_leaves_no_holder_above_the_editor(
        editor in editors(),
        role in few_permissions(),
        holders in prop::collection::vec(holders(), 0..3),
        edited in few_permissions(),
    ) {
        let ids = Ids::new();
        let actor = actor(&editor, &ids);
        let Actor::Client(client) = &actor else { unreachable!("the editor is a client") };
        // What the holders hold with the role as it is, or as it will be.
        let with = |role: &Vec<Permission>| -> Vec<Vec<AnyBinding>> {
            let of_role = |it: &AnyBinding| AnyBinding { permissions: role.clone(), ..it.clone() };
            let held = |[others, of]: &[Vec<AnyBinding>; 2]| {
                others.iter().cloned().chain(of.iter().map(of_role)).collect()
            };
            holders.iter().map(held).collect()
        };
        let whole = AnyBinding { permissions: edited.clone(), target: None, end: None };
        let is_allowed = decide_grant(&actor, &whole.build(&ids)).is_ok()
            && with(&role).iter().all(|it| client.access().cover_all(&held(it, &ids)));
        let expected = covers(&editor, std::slice::from_ref(&whole))
            && with(&role).iter().all(|held| covers(&editor, held));
        prop_assert_eq!(is_allowed, expected);
        let after = with(&edited);
        prop_assert!(!is_allowed || !after.iter().any(|held| is_above(held, &editor)));
    }
}
