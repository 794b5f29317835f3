//! Inputs and payloads of mutations that take a thing by its id and return it as it is then.

/// Defines an input with `id` and a payload with the thing.
macro_rules! by_id {
    (
        $(#[$input_doc:meta])* $input:ident,
        $(#[$payload_doc:meta])* $payload:ident {
            $(#[$id_doc:meta])* id,
            $(#[$thing_doc:meta])* $thing:ident: $type:ty,
        }
    ) => {
        $(#[$input_doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $input {
            $(#[$id_doc])*
            id: async_graphql::ID,
            /// An opaque string that the payload returns unchanged.
            client_mutation_id: Option<String>,
        }

        $(#[$payload_doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            $(#[$thing_doc])*
            $thing: Option<$type>,
            /// The value that the input had.
            client_mutation_id: Option<String>,
        }
    };
}
pub(super) use by_id;
