//! Client authentication by client id and secret (RFC 6749, section 2.3.1).

use std::sync::Arc;

use entity::credential::{self, Authenticator};
use sea_orm::sea_query::Expr;

use super::{ActiveClient, ActiveCredential, Auth, AuthFailure, ClientInfo};
use crate::error::Result;
use crate::secret::{ClientSecret, QueueClass, SecretVerification};

impl Auth {
    /// The credential that `client_id` and `secret` authenticated with before, from memory. To be
    /// followed by [`super::UsageRecorder::record`], which checks that its revision is current.
    #[must_use]
    pub fn cached_secret(
        &self,
        client_id: &str,
        secret: &str,
        client: &ClientInfo,
    ) -> Option<Arc<ActiveCredential>> {
        let secret = ClientSecret::parse(secret)?;
        let credential = self.secrets.get(client_id, &secret, self.clock.now())?;
        credential.permit_client(client).is_ok().then_some(credential)
    }

    /// The client that `client_id` and `secret` authenticate. Every failure costs one hash and takes
    /// the same path; concurrent requests with equal secrets share the hash.
    ///
    /// # Errors
    /// The outer one: `Unavailable` when the hash queue is full, `RateLimited` when it is full for a
    /// network with too many failures, or the database does not respond. The inner one: the client is
    /// not authenticated.
    pub async fn authenticate_secret(
        &self,
        client_id: &str,
        secret: &str,
        client: &ClientInfo,
    ) -> Result<Result<ActiveClient, AuthFailure>> {
        // A malformed secret is rejected the same way for every client id.
        let Some(secret) = ClientSecret::parse(secret) else {
            return Ok(Err(AuthFailure::MalformedSecret));
        };
        let class = self.rate_limit.class(client.address);
        let (stored, failure) = match self.lookup.by_client_id(client_id).await? {
            Ok(found) if found.credential.authenticator.secret_hash().is_none() => {
                (None, AuthFailure::WrongMethod)
            }
            Ok(found) => match found.credential.permit_client(client) {
                Ok(()) => {
                    let verified = self.verify_secret(&found.credential, &secret, &class).await?;
                    let found =
                        |credential| ActiveClient { credential, ..ActiveClient::clone(&found) };
                    return Ok(verified.map(found).ok_or(AuthFailure::WrongSecret));
                }
                Err(failure) => {
                    (found.credential.authenticator.secret_hash().map(str::to_owned), failure)
                }
            },
            Err(failure) => (None, failure),
        };
        // Hashed anew each time, as a wrong secret is, so that the time reveals nothing.
        let stored = stored.as_deref();
        let matches = self.hasher.matches(class.clone(), &secret, stored);
        let right = self.secrets.matches(client_id, stored, &secret, &class, matches).await?;
        let failure = if stored.is_some() && !right { AuthFailure::WrongSecret } else { failure };
        Ok(Err(failure))
    }

    async fn verify_secret(
        &self,
        credential: &Arc<ActiveCredential>,
        secret: &ClientSecret,
        class: &QueueClass,
    ) -> Result<Option<Arc<ActiveCredential>>> {
        let verify = self.compare(credential, secret, class.clone());
        self.secrets.get_or_verify(credential, secret, class, self.clock.now(), verify).await
    }

    /// Compares a secret with the stored hash. If that was created with other parameters, it is
    /// replaced, and the credential with the new hash is returned.
    async fn compare(
        &self,
        credential: &Arc<ActiveCredential>,
        secret: &ClientSecret,
        class: QueueClass,
    ) -> Result<Option<Arc<ActiveCredential>>> {
        match self.hasher.verify(class, secret, credential.authenticator.secret_hash()).await? {
            SecretVerification::Mismatch => Ok(None),
            SecretVerification::Match { rehashed: None } => Ok(Some(Arc::clone(credential))),
            SecretVerification::Match { rehashed: Some(hash) } => {
                let replaced = credential::Entity::update_at_revision(
                    &credential.organization,
                    &credential.id,
                    credential.revision,
                )
                .col_expr(credential::Column::SecretHash, Expr::value(hash.clone()))
                .exec(self.db.writer())
                .await?;
                if replaced.rows_affected == 0 {
                    // Changed meanwhile: recording the usage will find the revision outdated.
                    return Ok(Some(Arc::clone(credential)));
                }
                let revision = credential.revision + 1;
                let current = ActiveCredential::clone(credential);
                let authenticator = Authenticator::ClientSecret(hash);
                Ok(Some(Arc::new(ActiveCredential { authenticator, revision, ..current })))
            }
        }
    }
}
