//! OAuth endpoints, one file or folder each: contract, section 3.

mod discovery;
mod introspect;
mod revoke;
mod service_account_token;
mod token;
