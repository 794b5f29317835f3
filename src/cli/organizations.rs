//! `postern organizations`.

use clap::{Args, Subcommand};

use super::{Failure, open, print};
use crate::config::Config;
use crate::context::OpContext;
use crate::domain::{apis, text};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Allow an organization to register API identifiers under a prefix
    AllowIdentifier(Prefix),
    /// List the prefixes under which an organization may register API identifiers, one per line
    AllowedIdentifiers {
        /// Label of the organization
        #[arg(value_parser = text::label)]
        label: String,
    },
    /// Disallow new API identifiers under a prefix; registered ones stay reserved for the
    /// organization
    DisallowIdentifier(Prefix),
}

#[derive(Debug, Args)]
pub struct Prefix {
    /// Label of the organization
    #[arg(value_parser = text::label)]
    label: String,
    /// Absolute URI, such as https://orders.example.com or urn:example:acme: (with the colon). It
    /// covers itself and the identifiers that continue it with / or ?, or after a / or colon at its
    /// end
    #[arg(value_parser = apis::identifier_prefix)]
    prefix: String,
}

pub async fn run(command: Command, config: Config) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let op = OpContext::operator(&app);
    let result = match command {
        Command::AllowIdentifier(Prefix { label, prefix }) => {
            apis::allow_prefix(&op, &label, &prefix).await?;
            format!("{label} may register identifiers under {prefix}\n")
        }
        Command::AllowedIdentifiers { label } => {
            let prefixes = apis::list_prefixes(&op, &label).await?;
            prefixes.iter().map(|it| format!("{}\n", it.prefix)).collect()
        }
        Command::DisallowIdentifier(Prefix { label, prefix }) => {
            apis::disallow_prefix(&op, &label, &prefix).await?;
            format!(
                "{label} may not register new identifiers under {prefix}; registered ones stay\n"
            )
        }
    };
    print::result(&result)?;
    app.db.clone().close().await.map_err(|error| crate::error::Error::from(error).into())
}
