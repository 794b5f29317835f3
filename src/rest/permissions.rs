//! `permissions`: what the caller may do with each thing, by the function that enforces it.

use std::collections::BTreeMap;

use entity::{credential, organization, service_account};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::authz::{Resource, that_matter_to};
use crate::cx::Cx;

/// Resource type, name of the permission, and whether the caller has it.
type Answers = BTreeMap<&'static str, BTreeMap<&'static str, bool>>;

macro_rules! permissions {
    ($(#[$doc:meta])* $name:ident of $thing:ty, $about:literal) => {
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $name(Answers);

        impl $name {
            /// What the caller may do with `subject`.
            pub fn of(cx: &Cx, subject: &impl Resource) -> Self {
                Self(answers::<$thing>(cx, subject))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                schema::<$thing>($about)
            }
        }

        impl ToSchema for $name {}
    };
}

permissions! {
    /// What the caller may do in an organization.
    OrganizationPermissions of organization::Model, "What the caller may do in the organization."
}

permissions! {
    /// What the caller may do with a service account, or a list of them.
    ServiceAccountPermissions of service_account::Model,
    "What the caller may do with the service account, or with the list."
}

permissions! {
    /// What the caller may do with a credential, or a list of them.
    CredentialPermissions of credential::Model,
    "What the caller may do with the credential, or with the list."
}

fn answers<R: Resource>(cx: &Cx, subject: &impl Resource) -> Answers {
    let mut answers = Answers::new();
    for permission in that_matter_to::<R>() {
        let (kind, name) = permission.parts();
        answers.entry(kind).or_default().insert(name, cx.may(permission, subject));
    }
    answers
}

/// The type of [`answers`]: each name is always there.
fn schema<R: Resource>(about: &str) -> RefOr<Schema> {
    let mut kinds: BTreeMap<_, ObjectBuilder> = BTreeMap::new();
    for permission in that_matter_to::<R>() {
        let (kind, name) = permission.parts();
        let actions = kinds.remove(kind).unwrap_or_default();
        kinds.insert(kind, actions.property(name, Object::with_type(Type::Boolean)).required(name));
    }
    let object = ObjectBuilder::new().description(Some(about));
    let object = kinds
        .into_iter()
        .fold(object, |object, (kind, actions)| object.property(kind, actions).required(kind));
    RefOr::T(object.into())
}
