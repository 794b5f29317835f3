//! `postern organizations`.

use clap::{Args, Subcommand};

use super::{Failure, open, print};
use crate::config::Config;
use crate::context::OpContext;
use crate::domain::apis;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Allows an organization to register API identifiers under a prefix.
    AllowIdentifier(Prefix),
    /// Lists the prefixes under which an organization may register API identifiers, one per line.
    AllowedIdentifiers {
        /// The label of the organization.
        label: String,
    },
    /// Disallows new API identifiers under a prefix. Registered APIs stay, and identifiers that
    /// were registered stay reserved for the organization.
    DisallowIdentifier(Prefix),
}

#[derive(Debug, Args)]
pub struct Prefix {
    /// The label of the organization.
    label: String,
    /// An absolute URI, such as https://orders.example.com or urn:example:acme: (with the colon). It
    /// covers itself and longer identifiers that go on with / or ?, or after its own last / or
    /// colon.
    prefix: String,
}

pub async fn run(command: Command, config: Config) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let op = OpContext::operator(&app);
    let result = match command {
        Command::AllowIdentifier(Prefix { label, prefix }) => {
            apis::allow(&op, &label, &prefix).await?;
            format!("{label} may register identifiers under {prefix}\n")
        }
        Command::AllowedIdentifiers { label } => {
            let prefixes = apis::allowed(&op, &label).await?;
            prefixes.iter().map(|it| format!("{}\n", it.prefix)).collect()
        }
        Command::DisallowIdentifier(Prefix { label, prefix }) => {
            apis::disallow(&op, &label, &prefix).await?;
            format!(
                "{label} may not register more identifiers under {prefix}; registered ones stay\n"
            )
        }
    };
    print::result(&result)?;
    app.db.clone().close().await.map_err(|error| crate::error::Error::from(error).into())
}
