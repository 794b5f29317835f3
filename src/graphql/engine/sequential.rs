//! Objects whose fields are resolved sequentially, and lists of them.
//!
//! The engine boxes a future for every field and runs those of an object concurrently. Where a page has
//! thousands of fields in memory and none of them waits, that is most of its time. Here, an object takes
//! one future.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection};
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerError, ServerResult,
    Value,
};
use futures_util::future::{BoxFuture, try_join_all};

use super::pacing::paced;

/// An object, resolved sequentially.
pub struct Sequential<T>(pub T);

/// A list of objects, each resolved sequentially and all of them concurrently.
pub struct SequentialList<T>(pub Vec<T>);

impl<T: ContainerType> OutputType for Sequential<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        object(ctx, &self.0).await
    }
}

impl<T: ContainerType> OutputType for SequentialList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        // Concurrently: loaders batch the keys of all items.
        let items = self.0.iter().enumerate().map(async |(index, item)| {
            let ctx = ctx.with_index(index);
            // Errors of fields have their path already.
            let pathless = |error: ServerError| {
                if error.path.is_empty() { ctx.set_error_path(error) } else { error }
            };
            paced(&ctx, object(&ctx, item)).await.map_err(pathless)
        });
        try_join_all(items).await.map(Value::List)
    }
}

/// Resolves the fields of an object. Selections with fragments, directives, `__typename` or equal
/// response keys are left to the engine.
fn object<'a, T: ContainerType>(
    ctx: &'a ContextSelectionSet<'_>,
    of: &'a T,
) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move {
        let selections = &ctx.item.node.items;
        if !selections.iter().all(|selection| is_simple_field(&selection.node)) {
            return resolve_container(ctx, of).await;
        }
        let mut values: IndexMap<Name, Value> = IndexMap::with_capacity(selections.len());
        for selection in selections {
            let Selection::Field(field) = &selection.node else { continue };
            let value = of.resolve_field(&ctx.with_field(field)).await?.unwrap_or_default();
            let key = field.node.response_key().node.clone();
            if values.insert(key, value).is_some() {
                return resolve_container(ctx, of).await;
            }
        }
        Ok(Value::Object(values))
    })
}

fn is_simple_field(selection: &Selection) -> bool {
    match selection {
        Selection::Field(field) => {
            field.node.directives.is_empty() && field.node.name.node != "__typename"
        }
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
    }
}
