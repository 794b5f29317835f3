//! `postern bootstrap`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Failure, open, print};
use crate::authz::Role;
use crate::config::Config;
use crate::context::OpContext;
use crate::domain::bootstrap::{BootstrapInput, Bootstrapped, bootstrap};
use crate::domain::text;

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Label of the organization
    #[arg(long, value_name = "LABEL", value_parser = text::label)]
    organization: String,
    /// Name of the service account
    #[arg(long, default_value = "Administrator", value_parser = text::name)]
    name: String,
    /// Role of the service account: org_admin, org_member or org_viewer
    #[arg(long, default_value = "org_admin", value_parser = role)]
    role: Role,
    /// Print ids and secret as one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

fn role(label: &str) -> Result<Role, String> {
    label.parse().map_err(|()| "must be org_admin, org_member or org_viewer".to_owned())
}

pub async fn run(args: Args, config: Config) -> Result<(), Failure> {
    let app = open::app(config).await?;
    let wanted =
        BootstrapInput { organization: &args.organization, name: &args.name, role: args.role };
    let created = bootstrap(&OpContext::operator(&app), wanted).await?;
    print::result(&if args.json { as_json(&created) } else { as_text(&created) })?;
    app.db.clone().close().await.map_err(|error| crate::error::Error::from(error).into())
}

fn as_json(created: &Bootstrapped) -> String {
    let object = json!({
        "organization_id": created.organization.id,
        "organization_label": created.organization.label,
        "service_account_id": created.service_account.id,
        "credential_id": created.credential.id,
        "client_id": created.credential.client_id,
        "client_secret": created.secret.reveal(),
    });
    format!("{object}\n")
}

fn as_text(created: &Bootstrapped) -> String {
    format!(
        "organization     {} ({})\nservice account  {} ({})\nclient id        {}\nclient secret    {}\n\
         Save this secret now. It is not shown again.\n",
        created.organization.label,
        created.organization.id,
        created.service_account.name,
        created.service_account.id,
        created.credential.client_id,
        created.secret.reveal(),
    )
}
