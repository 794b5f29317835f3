//! Declares the inputs and payloads of mutations.

/// Declares the input and the payload of a mutation, with the `clientMutationId` of both.
macro_rules! mutation_types {
    (
        $(#[$input_doc:meta])*
        input $input:ident { $($(#[$input_field_doc:meta])* $input_field:ident: $input_type:ty,)* }
        $(#[$payload_doc:meta])*
        payload $payload:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }
    ) => {
        $(#[$input_doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $input {
            $($(#[$input_field_doc])* $input_field: $input_type,)*
            /// An opaque string that the payload returns unchanged.
            client_mutation_id: Option<String>,
        }

        $(#[$payload_doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            $($(#[$field_doc])* $field: $type,)*
            /// The `clientMutationId` of the input; null if it had none.
            client_mutation_id: Option<String>,
        }
    };
}
pub(super) use mutation_types;
