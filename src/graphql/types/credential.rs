//! Credentials.

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Context, Enum, ID, Object};
use entity::credential::{self, AuthMethod};
use entity::service_account;

use super::ServiceAccount;
use super::credential_usage::CredentialUsageDay;
use super::effective_permissions::{EffectivePermissions, Holder};
use super::permissions::{CredentialPermissions, Subject};
use super::restrictions::CredentialRestrictions;
use super::rotation::CredentialRotation;
use super::scalars::{Date, DateTime};
use super::status::CredentialStatus;
use crate::auth::status;
use crate::authz::{Permission, Restrictions};
use crate::domain::credentials::usage::DayRange;
use crate::domain::credentials::{Detail, rotation};
use crate::domain::roles;
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::schema_types::SchemaTypes;
use crate::graphql::engine::selected_fields::selected_fields;
use crate::graphql::engine::{NullOnError, Sequential, SequentialList};
use crate::graphql::{loaders, op};

/// The fields that [`Detail::Brief`] is enough for. Any other field is read with [`Detail::All`].
const BRIEF: [&str; 10] = [
    "__typename",
    "clientId",
    "createdAt",
    "description",
    "id",
    "lastUsedAt",
    "name",
    "permissions",
    "serviceAccount",
    "updatedAt",
];

/// The columns that an operation needs of the credentials in lists.
pub fn detail(
    types: &SchemaTypes,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Detail {
    let selected = |on| selected_fields(types, document, operation, on);
    let is_brief = selected("Credential").iter().all(|field| BRIEF.contains(field))
        // Other columns decide which credentials it lists.
        && !selected("EffectivePermissions").contains("restrictedCredentials");
    if is_brief { Detail::Brief } else { Detail::All }
}

/// A stored credential.
#[derive(Clone)]
pub struct Credential {
    /// The row.
    pub row: Arc<credential::Model>,
    /// Its service account, if the credential was reached through it.
    pub account: Option<Arc<service_account::Model>>,
}

/// Methods of client authentication at the token endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ClientAuthMethod {
    /// Client secret, in HTTP Basic authentication or in the request body (RFC 6749, section
    /// 2.3.1).
    ClientSecret,
    /// JWT assertions signed with the private key of the client (RFC 7523, section 2.2).
    PrivateKeyJwt,
}

impl From<ClientAuthMethod> for AuthMethod {
    fn from(method: ClientAuthMethod) -> Self {
        match method {
            ClientAuthMethod::PrivateKeyJwt => Self::PrivateKeyJwt,
            ClientAuthMethod::ClientSecret => Self::ClientSecret,
        }
    }
}

/// OAuth client credential of a service account: a client ID with a client secret, which is shown
/// once at creation, or with a public key.
#[Object]
impl Credential {
    /// ID of the credential.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.row.id)
    }

    /// OAuth client ID (RFC 6749, section 2.2).
    async fn client_id(&self) -> &str {
        &self.row.client_id
    }

    /// Display name of the credential.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Purpose of the credential in free text; null if it has no description.
    async fn description(&self) -> Option<&str> {
        self.row.description.as_deref()
    }

    /// Time at which the credential was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// Time of the last change, other than of its usage.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.row.updated_at)
    }

    /// Time at which a token was last issued to the credential; null if none ever was.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.row.last_used_at.map(DateTime)
    }

    /// Expiry time, from which the credential and its tokens are rejected. Null: it never expires.
    async fn expires_at(&self) -> Option<DateTime> {
        self.row.expires_at.map(DateTime)
    }

    /// Time at which the credential was disabled; since then, it and its tokens are rejected. Null
    /// if it is not disabled.
    async fn disabled_at(&self) -> Option<DateTime> {
        self.row.disabled_at.map(DateTime)
    }

    /// ID of the service account that disabled the credential; null if it is not disabled, or if
    /// the operator disabled it.
    async fn disabled_by(&self) -> Option<ID> {
        self.row.disabled_by.as_ref().map(ID::from)
    }

    /// Restrictions of the credential; null if there are none.
    async fn restrictions(&self) -> NullOnError<Sequential<CredentialRestrictions>> {
        let stored = self.row.restrictions.as_deref();
        let read = stored.map(|stored| Restrictions::from_stored(Some(stored))).transpose();
        let read = read.map_err(Error::internal);
        read.map(|it| it.map(CredentialRestrictions).map(Sequential)).into()
    }

    /// Time before which issued tokens are revoked, see `revokeCredentialTokens`; null if they
    /// never were.
    async fn not_before(&self) -> Option<DateTime> {
        self.row.not_before.map(DateTime)
    }

    /// Status of the credential: whether it authenticates, and why not.
    async fn status(&self, ctx: &Context<'_>) -> CredentialStatus {
        status::CredentialStatus::of(&self.row, op(ctx).now()).into()
    }

    /// Credential that this one replaces in a rotation; null if there is none, or if the caller may not
    /// read it.
    async fn replaces(&self, ctx: &Context<'_>) -> NullOnError<Credential> {
        let row = loaders(ctx).predecessor(self.row.id.clone()).await;
        row.map(|row| row.map(|row| Self { row, account: self.account.clone() })).into()
    }

    /// Rotation that replaces this credential with a new one; null if there is none.
    async fn rotation(&self, ctx: &Context<'_>) -> Option<CredentialRotation> {
        let state = rotation::state(&self.row, op(ctx).now())?;
        Some(CredentialRotation { row: Arc::clone(&self.row), state })
    }

    /// Time at which a token was first issued to the credential; null if none ever was.
    async fn first_used_at(&self) -> Option<DateTime> {
        self.row.first_used_at.map(DateTime)
    }

    /// IP address of the client of the last token request; null if there was none.
    async fn last_source_address(&self) -> Option<&str> {
        self.row.last_source_address.as_deref()
    }

    /// `User-Agent` header of the client of the last token request, at most 255 characters; null if
    /// it sent none, or if the credential was never used.
    async fn last_user_agent(&self) -> Option<&str> {
        self.row.last_user_agent.as_deref()
    }

    /// Number of tokens issued to the credential. Saturates at 2147483647.
    async fn token_count(&self) -> i32 {
        i32::try_from(self.row.token_count).unwrap_or(i32::MAX)
    }

    /// Usage of the credential by day in UTC, in ascending order; days without tokens are left out.
    /// The usage is stored for 90 days (setting `usage_retention_days`).
    #[graphql(directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn usage(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "First day of the usage, in UTC: at most 89 days before `to`. Default: 89 days before `to`."
        )]
        from: Option<Date>,
        #[graphql(desc = "Last day of the usage, in UTC. Default: today.")] to: Option<Date>,
    ) -> NullOnError<SequentialList<CredentialUsageDay>> {
        let range = DayRange::new(op(ctx), from.map(|it| it.0), to.map(|it| it.0));
        self.days_of_usage(ctx, range).await.map(SequentialList).into()
    }

    /// Service account that the credential belongs to. Null, with an error, if the caller may not
    /// read it.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn service_account(&self, ctx: &Context<'_>) -> NullOnError<ServiceAccount> {
        self.owner(ctx).await.into()
    }

    /// Client authentication method of the credential.
    async fn auth_method(&self) -> ClientAuthMethod {
        match self.row.auth_method() {
            AuthMethod::PrivateKeyJwt => ClientAuthMethod::PrivateKeyJwt,
            AuthMethod::ClientSecret => ClientAuthMethod::ClientSecret,
        }
    }

    /// Public key that verifies the assertions of the client: a JWK (RFC 7517) serialized as JSON.
    /// Null if the credential has a client secret.
    async fn public_key(&self) -> Option<&str> {
        self.row.public_key.as_deref()
    }

    /// Permissions that a token of the credential has at this server: those of the roles of its service
    /// account, within its restrictions. Also the scopes of APIs that its tokens for these APIs can have.
    #[graphql(
        directive = requires_permission::apply(Permission::RolesList.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn effective_permissions(
        &self,
        ctx: &Context<'_>,
    ) -> NullOnError<Sequential<EffectivePermissions>> {
        let of = |permissions| EffectivePermissions {
            permissions,
            of: Holder::Credential(self.clone()),
        };
        self.effective(ctx).await.map(|it| Sequential(of(it))).into()
    }

    /// Permissions of the caller on the credential.
    async fn permissions(&self) -> Sequential<CredentialPermissions> {
        Sequential(CredentialPermissions(Subject::Credential(Arc::clone(&self.row))))
    }
}

impl From<credential::Model> for Credential {
    fn from(row: credential::Model) -> Self {
        Self { row: Arc::new(row), account: None }
    }
}

impl Credential {
    async fn effective(
        &self,
        ctx: &Context<'_>,
    ) -> Result<roles::EffectivePermissions, Arc<Error>> {
        let bindings = loaders(ctx).roles_of(&self.row.service_account_id).await?;
        Ok(roles::effective_of_credential(op(ctx), &self.row, &bindings)?)
    }

    async fn days_of_usage(
        &self,
        ctx: &Context<'_>,
        range: Result<DayRange>,
    ) -> Result<Vec<CredentialUsageDay>, Arc<Error>> {
        let key = (self.row.id.clone(), range?);
        let usage = loaders(ctx).usage_of(key.clone()).await?;
        let days = usage.iter().flat_map(|usage| usage.days.clone());
        Ok(days.map(|day| CredentialUsageDay { key: key.clone(), day }).collect())
    }

    async fn owner(&self, ctx: &Context<'_>) -> Result<ServiceAccount, Arc<Error>> {
        let account = match &self.account {
            Some(account) if op(ctx).may(Permission::ServiceAccountsRead, account.as_ref()) => {
                Some(Arc::clone(account))
            }
            Some(_) => None,
            None => loaders(ctx).account(self.row.service_account_id.clone()).await?,
        };
        account.map(ServiceAccount).ok_or_else(|| Arc::new(Error::NotFound("service account")))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn detail_of(text: &str, name: &str) -> Detail {
        let document = parse_query(text).expect("a document");
        let mut operations = document.operations.iter();
        let operation = operations.find(|(its, _)| its.is_some_and(|its| its == name));
        let (_, operation) = operation.expect("an operation");
        detail(&SchemaTypes::shared(), &document, &operation.node)
    }

    #[test]
    fn comments_aliases_strings_and_other_operations_select_no_column() {
        let text = "query A($rotation: ID!) { # tokenCount
              tokenCount: node(id: $rotation) { ...F }
              node(id: \"restrictions\") { ... on ServiceAccount { disabledAt } }
            }
            query B { node(id: \"\") { ...F ... on Credential { tokenCount } } }
            fragment F on Credential { __typename publicKey: name }";
        assert_eq!(detail_of(text, "A"), Detail::Brief);
        assert_eq!(detail_of(text, "B"), Detail::All);
    }

    #[test]
    fn a_list_of_restricted_credentials_reads_all_columns() {
        let list = "node(id: \"\") { ... on ServiceAccount { effectivePermissions {
            restrictedCredentials { id } permissions } } }";
        assert_eq!(detail_of(&format!("query A {{ {list} }}"), "A"), Detail::All);
        let without = list.replace("restrictedCredentials { id }", "apiGrants { scopes }");
        assert_eq!(detail_of(&format!("query A {{ {without} }}"), "A"), Detail::Brief);
    }

    #[test]
    fn fields_of_credentials_are_found_at_any_depth_and_through_fragments() {
        for selection in [
            "viewer { organization { serviceAccounts { nodes { credentials { nodes { ...F } } } } } }",
            "node(id: \"\") { ... on ServiceAccount { credentials { edges { node { x: rotation { state } } } } } }",
            "node(id: \"\") { ...G }",
        ] {
            let text = format!(
                "query A {{ {selection} }} fragment F on Credential {{ id expiresAt }}
                fragment G on ServiceAccount {{ credential(id: \"\") {{ serviceAccount {{ credentials {{ nodes {{ ...F }} }} }} }} }}"
            );
            assert_eq!(detail_of(&text, "A"), Detail::All, "{selection}");
        }
    }
}
