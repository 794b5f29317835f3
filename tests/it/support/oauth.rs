//! Requests to the OAuth endpoints that many tests send.

use serde_json::Value;

use super::{Account, Caller, Reply};

impl Caller {
    /// A token request of an account with further parameters.
    pub async fn ask_token_with(&self, account: &Account, more: &[(&str, &str)]) -> Reply {
        let mut form = account.form();
        form.extend(more);
        self.ask_token(&form).await
    }

    /// A request about `token` to the introspection or revocation endpoint, as `by` with HTTP Basic.
    pub async fn ask_about(&self, path: &str, by: &Account, token: &str) -> Reply {
        let request = self.http.post(format!("{}{path}", self.base));
        let request = request.basic_auth(&by.client_id, Some(&by.secret));
        Reply::of(request.form(&[("token", token), ("token_type_hint", "access_token")])).await
    }

    /// The introspection response for `token`, requested by `by`.
    pub async fn introspect(&self, by: &Account, token: &str) -> Value {
        self.ask_about("/oauth/introspect", by, token).await.body(200)
    }
}
