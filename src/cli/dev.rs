//! `postern dev`: set up and serve in one step, for development.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Failure, open, print, serve};
use crate::authz::Role;
use crate::config::Config;
use crate::context::OpContext;
use crate::domain::bootstrap::{BootstrapInput, Bootstrapped, bootstrap, is_empty};
use crate::random;
use crate::store::{self, ConnectMode};

pub async fn run(mut config: Config) -> Result<(), Failure> {
    let listener = serve::listen(&config).await?;
    if config.master_keys.is_none() {
        config.master_keys = Some(key_file(&key_path(&config))?.parse()?);
    }
    let db = open::database(&config, ConnectMode::Migrate).await?;
    store::migrate(&db).await?;
    db.close().await.map_err(crate::error::Error::from)?;

    let app = open::app(config).await?;
    app.keys.load().await?;
    let op = OpContext::operator(&app);
    let base = app.config.issuer.clone();
    if is_empty(&op).await? {
        let wanted =
            BootstrapInput { organization: "dev", name: "Administrator", role: Role::Admin };
        print::result(&first_steps(&base, &bootstrap(&op, wanted).await?))?;
    } else {
        print::result(
            "The database is set up. To create another admin: postern bootstrap --organization dev\n",
        )?;
    }
    let graphiql = if app.config.graphql.graphiql {
        format!("GraphiQL: {base}/graphiql\n")
    } else {
        String::new()
    };
    print::result(&format!("{graphiql}REST: {base}/docs\n"))?;
    serve::until_stopped(&app, listener, async { Ok(()) }).await
}

/// `postern.key`, beside an embedded database.
fn key_path(config: &Config) -> PathBuf {
    config.database.sqlite_file().unwrap_or_default().with_file_name("postern.key")
}

/// The master key in `path`. A missing file is created, readable by its owner only.
fn key_file(path: &Path) -> Result<String, Failure> {
    let failed = |error| Failure(format!("{}: {error}", path.display()));
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match new {
        Ok(mut file) => {
            let key = STANDARD.encode(random::bytes(32)) + "\n";
            file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::read_to_string(path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

fn first_steps(base: &str, created: &Bootstrapped) -> String {
    let (id, secret) = (&created.credential.client_id, created.secret.reveal());
    format!(
        r#"Created the organization "dev" with an admin service account.

  client id      {id}
  client secret  {secret}

Save this secret now. It is not shown again.

Request a token, list the service accounts, create one:

TOKEN=$(curl -s {base}/oauth/token -u '{id}:{secret}' -d grant_type=client_credentials | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -s {base}/graphql -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{"query":"{{ organization(id: \"dev\") {{ serviceAccounts {{ nodes {{ id name }} }} }} }}"}}'
curl -s {base}/graphql -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{"query":"mutation {{ createServiceAccount(input: {{ organizationId: \"dev\", name: \"My first\" }}) {{ serviceAccount {{ id name }} }} }}"}}'

"#
    )
}
