//! Proving oneself by a client id and a secret.

use std::net::IpAddr;
use std::sync::Arc;

use entity::credential;
use sea_orm::sea_query::Expr;

use super::{AuthFailure, Live, Proof, Source, look_up, refused};
use crate::app::App;
use crate::error::Result;
use crate::secret::{Class, ClientSecret, Verdict};

/// What `client_id` and `secret` proved before, if they did and that is enough for a token: from
/// memory, to be followed by [`super::mark_used`], which asks the database whether it still holds.
#[must_use]
pub fn recall(app: &App, client_id: &str, secret: &str, address: IpAddr) -> Option<Arc<Proof>> {
    let proof = app.verified.known(client_id, &ClientSecret::parse(secret)?, app.clock.now())?;
    proof.is_enough_at(address).then_some(proof)
}

/// The client that `client_id` and `secret` authenticate, or why they do not. Whatever the reason,
/// it costs one hash and takes the same path: equal requests at the same time share it.
///
/// # Errors
/// `Unavailable` when too many secrets wait; `RateLimited` when they do in a network with too many
/// failures; or what the database answers.
pub async fn authenticate(
    app: &App,
    client_id: &str,
    secret: &str,
    source: &Source,
) -> Result<Result<Live, AuthFailure>> {
    // What cannot be a secret of ours is rejected alike for every client id.
    let Some(secret) = ClientSecret::parse(secret) else {
        return Ok(Err(AuthFailure::MalformedSecret));
    };
    let class = app.auth_failures.class(source.address);
    let (stored, failure) = match look_up(app, client_id).await? {
        Ok(live) if live.proof.stored_hash().is_none() => (None, AuthFailure::WrongMethod),
        Ok(live) if live.proof.restrictions.admit(source.address) => {
            let verify = verify(app, &live.proof, &secret, class.clone());
            let now = app.clock.now();
            let proof = app.verified.check(&live.proof, &secret, &class, now, verify).await?;
            let live = proof.map(|proof| Live { proof, ..Live::clone(&live) });
            return Ok(live.ok_or(AuthFailure::WrongSecret));
        }
        Ok(live) => (Some(live), AuthFailure::AddressNotAllowed),
        Err(failure) => (None, failure),
    };
    // Hashed anew each time, as a wrong secret is: how long it takes tells nothing.
    let hash = stored.as_ref().and_then(|live| live.proof.stored_hash());
    let matches = app.secrets.matches(class.clone(), &secret, hash);
    let right = app.verified.matches(client_id, hash, &secret, &class, matches).await?;
    let Some(live) = stored else { return Ok(Err(failure)) };
    if !right {
        return Ok(Err(AuthFailure::WrongSecret));
    }
    refused::tell(app, &live.proof, source);
    Ok(Err(failure))
}

/// Compares a secret with its stored hash; where there is none, it is wrong, and no sooner. If that
/// was made with other parameters, it is replaced, and it is the new one that is proven.
async fn verify(
    app: &App,
    proof: &Arc<Proof>,
    secret: &ClientSecret,
    class: Class,
) -> Result<Option<Arc<Proof>>> {
    match app.secrets.verify(class, secret, proof.stored_hash()).await? {
        Verdict::Wrong => Ok(None),
        Verdict::Right { rehashed: None } => Ok(Some(Arc::clone(proof))),
        Verdict::Right { rehashed: Some(hash) } => {
            let replaced = credential::Entity::update_while(&proof.credential, proof.revision)
                .col_expr(credential::Column::SecretHash, Expr::value(hash.clone()))
                .exec(app.db.writer())
                .await?;
            if replaced.rows_affected == 0 {
                // It was changed in the meantime: the trace will tell that this proof does not hold.
                return Ok(Some(Arc::clone(proof)));
            }
            let revision = proof.revision + 1;
            Ok(Some(Arc::new(Proof { secret_hash: hash, revision, ..Proof::clone(proof) })))
        }
    }
}
