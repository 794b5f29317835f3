//! `postern bootstrap`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Failure, open, print};
use crate::authz::Role;
use crate::config::Config;
use crate::context::OpContext;
use crate::domain::bootstrap::{Bootstrapped, Wanted, bootstrap};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The label of the organization.
    #[arg(long, value_name = "LABEL")]
    organization: String,
    /// The name of the service account.
    #[arg(long, default_value = "Administrator")]
    name: String,
    /// Its role: org_admin, org_member or org_viewer.
    #[arg(long, default_value = "org_admin", value_parser = role)]
    role: Role,
    /// Prints one JSON object and nothing else.
    #[arg(long)]
    json: bool,
}

fn role(label: &str) -> Result<Role, String> {
    label.parse().map_err(|()| "must be org_admin, org_member or org_viewer".to_owned())
}

pub async fn run(args: Args, config: Config) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let wanted = Wanted { organization: &args.organization, name: &args.name, role: args.role };
    let made = bootstrap(&OpContext::operator(&app), wanted).await?;
    print::result(&if args.json { as_json(&made) } else { as_text(&made) })?;
    app.db.clone().close().await.map_err(|error| crate::error::Error::from(error).into())
}

fn as_json(made: &Bootstrapped) -> String {
    let object = json!({
        "organization_id": made.organization.id,
        "organization_label": made.organization.label,
        "service_account_id": made.service_account.id,
        "credential_id": made.credential.id,
        "client_id": made.credential.client_id,
        "client_secret": made.secret.reveal(),
    });
    format!("{object}\n")
}

fn as_text(made: &Bootstrapped) -> String {
    format!(
        "organization     {} ({})\nservice account  {} ({})\nclient id        {}\nclient secret    {}\n\
         Keep the secret now: nobody can tell it again.\n",
        made.organization.label,
        made.organization.id,
        made.service_account.name,
        made.service_account.id,
        made.credential.client_id,
        made.secret.reveal(),
    )
}
