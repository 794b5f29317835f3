//! Fields that are null when they fail: the error is reported at their path, and the parent and its
//! other fields are not affected.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerError, ServerResult, Value,
};

use super::pacing::paced;
use super::root_errors;
use crate::error::{Error, Result};

/// A nullable `T`: null, with an error at the path of the field, if it cannot be resolved.
pub struct NullOnError<T>(Result<Option<T>, Arc<Error>>);

impl<T> From<Result<T>> for NullOnError<T> {
    fn from(result: Result<T>) -> Self {
        Self(result.map(Some).map_err(Arc::new))
    }
}

impl<T> From<Result<Option<T>>> for NullOnError<T> {
    fn from(result: Result<Option<T>>) -> Self {
        Self(result.map_err(Arc::new))
    }
}

impl<T> From<Result<T, Arc<Error>>> for NullOnError<T> {
    fn from(result: Result<T, Arc<Error>>) -> Self {
        Self(result.map(Some))
    }
}

impl<T> From<Result<Option<T>, Arc<Error>>> for NullOnError<T> {
    fn from(result: Result<Option<T>, Arc<Error>>) -> Self {
        Self(result)
    }
}

impl<T: OutputType> OutputType for NullOnError<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::type_name().to_string()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        T::type_name().to_string()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let error = match &self.0 {
            Ok(None) => return Ok(Value::Null),
            Ok(Some(value)) => match paced(ctx, value.resolve(ctx, field)).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            },
            Err(error) => {
                root_errors::observe(ctx, &field.node, error);
                let mut reported = ServerError::new(error.to_string(), Some(field.pos));
                reported.source = Some(Arc::new(Arc::clone(error)));
                ctx.set_error_path(reported)
            }
        };
        ctx.add_error(error);
        Ok(Value::Null)
    }
}
