//! The OAuth endpoints: contract, section 3, rule by rule.

mod assertions;
mod audiences;
mod clients;
mod discovery;
mod failures;
mod introspection;
mod older_clients;
mod requests;
mod restrictions;
mod tokens;
mod use_of_credentials;
mod verified_secrets;
