//! The last word on every error: its code, its text, and nothing from inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextRequest,
};
use async_graphql::{ErrorExtensionValues, Response, ServerError};

use crate::error::Error;

/// The longest text of an error: those of the engine hold what the caller wrote.
const MAX_MESSAGE: usize = 300;
/// The most errors in an answer.
const MAX_ERRORS: usize = 100;

/// Tells whether the operation was begun: what went wrong before is an error of the request.
#[derive(Clone, Default)]
pub struct Begun(Arc<AtomicBool>);

impl Begun {
    /// Whether it was.
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Labels every error of an answer.
pub struct Label;

impl ExtensionFactory for Label {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Label {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        response.errors.truncate(MAX_ERRORS);
        response.errors.iter_mut().for_each(label);
        response
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(begun) = ctx.data_opt::<Begun>() {
            begun.0.store(true, Ordering::Relaxed);
        }
        next.run(ctx, operation_name).await
    }
}

/// Gives an error its code, and its text for a stranger.
pub fn label(error: &mut ServerError) {
    let ours = error.source::<Arc<Error>>().map(Arc::as_ref).or_else(|| error.source::<Error>());
    let mut extensions = error.extensions.clone().unwrap_or_default();
    let message = match ours {
        Some(ours) => {
            ours.log();
            if let Error::Invalid { field, .. } = ours {
                extensions.set("field", *field);
            }
            extensions.set("code", ours.code());
            ours.to_string()
        }
        None if error.source.is_some() => {
            tracing::error!(error.cause = error.message, "internal error");
            extensions = ErrorExtensionValues::default();
            extensions.set("code", "INTERNAL");
            "something went wrong on our side".to_owned()
        }
        None => {
            if extensions.get("code").is_none() {
                extensions.set("code", "BAD_USER_INPUT");
            }
            std::mem::take(&mut error.message)
        }
    };
    error.message = shorten(message);
    error.extensions = Some(extensions);
}

fn shorten(message: String) -> String {
    match message.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}
