//! What a field that may be denied answers: a value, nothing, or nothing with an error at its
//! path. The parent and its other fields stand.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerError, ServerResult, Value,
};

use super::pace::paced;
use crate::error::{Error, Result};

/// A nullable `T`.
pub struct Gate<T>(Result<Option<T>, Arc<Error>>);

impl<T> From<Result<T>> for Gate<T> {
    fn from(result: Result<T>) -> Self {
        Self(result.map(Some).map_err(Arc::new))
    }
}

impl<T> From<Result<Option<T>>> for Gate<T> {
    fn from(result: Result<Option<T>>) -> Self {
        Self(result.map_err(Arc::new))
    }
}

impl<T> From<Result<T, Arc<Error>>> for Gate<T> {
    fn from(result: Result<T, Arc<Error>>) -> Self {
        Self(result.map(Some))
    }
}

impl<T> From<Result<Option<T>, Arc<Error>>> for Gate<T> {
    fn from(result: Result<Option<T>, Arc<Error>>) -> Self {
        Self(result)
    }
}

impl<T: OutputType> OutputType for Gate<T> {
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
                let mut told = ServerError::new(error.to_string(), Some(field.pos));
                told.source = Some(Arc::new(Arc::clone(error)));
                ctx.set_error_path(told)
            }
        };
        ctx.add_error(error);
        Ok(Value::Null)
    }
}
