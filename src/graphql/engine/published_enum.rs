//! Enums of the schema whose values and descriptions the domain has, so that they are written once.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::{Deprecation, MetaEnumValue, MetaType, MetaTypeId, Registry};
use async_graphql::{
    ContextSelectionSet, InputType, InputValueError, InputValueResult, Name, OutputType,
    Positioned, ServerResult, Value,
};

/// A type of the domain that the schema has as an enum.
pub trait Published: Copy + Send + Sync + 'static {
    /// Its name in the schema.
    const NAME: &'static str;
    /// Its description in the schema.
    const DESCRIPTION: &'static str;

    /// Every value.
    fn all() -> &'static [Self];

    /// The name of the value in the schema.
    fn name(self) -> String;

    /// The description of the value in the schema.
    fn description(self) -> &'static str;
}

/// A value of an enum.
pub struct PublishedEnum<T>(pub T);

fn register<T: Published>() -> MetaType {
    let value = |value: &T| {
        let (name, description) = (value.name(), Some(value.description().to_owned()));
        let deprecation = Deprecation::NoDeprecated;
        (name.clone(), MetaEnumValue { description, deprecation, ..MetaEnumValue::new(name) })
    };
    MetaType::Enum {
        name: T::NAME.to_owned(),
        description: Some(T::DESCRIPTION.to_owned()),
        enum_values: T::all().iter().map(value).collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: Some(std::any::type_name::<PublishedEnum<T>>()),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

impl<T: Published> OutputType for PublishedEnum<T> {
    fn type_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Enum, |_| register::<T>())
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(self.to_value())
    }
}

impl<T: Published> InputType for PublishedEnum<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| register::<T>())
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let name = match &value {
            Value::Enum(name) => name.as_str(),
            Value::String(name) => name,
            _ => return Err(InputValueError::expected_type(value)),
        };
        let named = T::all().iter().copied().find(|it| it.name() == name);
        named.map(Self).ok_or_else(|| InputValueError::custom("is not a value of the enum"))
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(self.0.name()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
