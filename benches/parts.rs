//! The cost of the parts of a request: `cargo bench`.
//!
//! The ratios matter: the rates depend on the machine.

#![expect(clippy::expect_used, reason = "a benchmark ends when its preconditions fail")]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use arc_swap::ArcSwap;
use criterion::{Criterion, criterion_group, criterion_main};
use entity::{OrganizationId, api, organization, service_account};
use postern::app::App;
use postern::auth::ClientInfo;
use postern::auth::rate_limit::AuthFailureLimiter;
use postern::authz::{
    Account, Actor, Binding, Bounds, Client, Held, Permission, Role, Scopes, allows,
};
use postern::clock::Clock;
use postern::config::Config;
use postern::context::OpContext;
use postern::domain::apis;
use postern::domain::bootstrap::{BootstrapInput, Bootstrapped, bootstrap};
use postern::page::{Page, PageRequest};
use postern::random;
use postern::secret::{ClientSecret, QueueClass, SecretHasher};
use postern::store::{self, ConnectMode, Db};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Creates an installation on an embedded database, with one credential.
async fn installation(folder: &TempDir) -> (App, Bootstrapped) {
    let url = format!("sqlite://{}", folder.path().join("bench.db").display());
    let settings = [("DATABASE_URL", url.as_str()), ("MASTER_KEY", &"A".repeat(43))];
    let settings = settings.map(|(name, value)| {
        let value = if name == "MASTER_KEY" { format!("{value}=") } else { value.to_owned() };
        (format!("POSTERN_{name}"), value)
    });
    let config = Config::load(None, settings, &[]).expect("settings");
    let db = Db::connect(&config.database, ConnectMode::Migrate).await.expect("a database");
    store::migrate(&db).await.expect("migrations");
    let app = App::new(config, Clock::System, db).expect("an app");
    app.keys.load().await.expect("keys");
    let wanted = BootstrapInput { organization: "acme", name: "Bench", role: Role::Admin };
    let created = bootstrap(&OpContext::operator(&app), wanted).await.expect("an organization");
    (app, created)
}

fn tokens(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = Runtime::new().expect("a runtime");
    let (app, created) = runtime.block_on(installation(&folder));
    let (client_id, secret) = (&created.credential.client_id, created.secret.reveal());
    let address = Ipv4Addr::LOCALHOST.into();
    let info = ClientInfo { address, user_agent: None, request_id: "bench".into() };
    let client = runtime.block_on(app.auth.authenticate_secret(client_id, secret, &info));
    let client = client.expect("a result").expect("an authenticated client");
    let terms = app.auth.own_terms(None);
    c.bench_function("secret: cached", |b| {
        b.iter(|| app.auth.cached_secret(client_id, black_box(secret), &info).is_some());
    });
    c.bench_function("token: claims and signature, ES256", |b| {
        b.iter(|| app.auth.issue(black_box(&client.credential), &terms).expect("a token"));
    });
    let issued = app.auth.issue(&client.credential, &terms).expect("a token");
    c.bench_function("bearer: a cached token and its row, SQLite", |b| {
        b.to_async(&runtime)
            .iter(|| async { app.auth.authenticate_token(&issued.token).await.expect("a client") });
    });
}

fn secrets(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let hasher = SecretHasher::new(argon2::Params::default(), 16).expect("a hasher");
    let secret = ClientSecret::generate();
    let stored = runtime.block_on(hasher.hash(QueueClass::Operator, &secret)).expect("a hash");
    c.bench_function("secret: Argon2id with the default settings", |b| {
        b.to_async(&runtime).iter(|| async {
            hasher.verify(QueueClass::Operator, &secret, Some(&stored)).await.is_ok()
        });
    });
}

fn accounts(organization: &OrganizationId) -> Vec<Arc<service_account::Model>> {
    let now = Clock::System.now();
    let account = || service_account::Model {
        id: random::id(),
        organization_id: organization.clone(),
        name: "Bench".to_owned(),
        description: None,
        created_at: now,
        updated_at: now,
        disabled_at: None,
        disabled_by: None,
        not_before: None,
        external_id: None,
    };
    (0..100).map(|_| Arc::new(account())).collect()
}

fn lists(c: &mut Criterion) {
    let organization: OrganizationId = random::id();
    let rows = accounts(&organization);
    let now = Clock::System.now();
    let organization_row = organization::Model {
        id: organization.clone(),
        label: "acme".to_owned(),
        name: "Acme".to_owned(),
        created_at: now,
        updated_at: now,
    };
    let actor = Actor::Client(Arc::new(Client {
        current_organization: Arc::new(ArcSwap::from_pointee(organization_row)),
        organization: organization.clone(),
        service_account: random::id(),
        credential: random::id(),
        bindings: vec![Binding::unlimited(Role::Member.label(), Role::Member.permissions())],
        scope: None,
        bounds: Bounds::default(),
        token_expires_at: now,
        token: None,
    }));
    let viewer = Binding::unlimited(Role::Viewer.label(), Role::Viewer.permissions());
    let viewer = Held::Bindings(vec![viewer]);
    c.bench_function("permissions: all permissions of 100 rows", |b| {
        b.iter(|| {
            let allowed = |row: &Arc<service_account::Model>| {
                let (organization, id) = (&row.organization_id, &row.id);
                let account = Account { organization, id, held: &viewer };
                let all = Permission::ALL.iter();
                all.filter(|&&permission| allows(&actor, permission, &account)).count()
            };
            black_box(&rows).iter().map(allowed).sum::<usize>()
        });
    });
    let all = PageRequest::of_limit(Some(100), None, None).expect("a page");
    let page = Page::slice("service_accounts/bench".to_owned(), rows, &all).expect("a page");
    c.bench_function("cursors: 100 rows", |b| {
        b.iter(|| page.items.iter().map(|row| page.cursor(row).len()).sum::<usize>());
    });
}

/// The most expensive token request within the limits.
fn scopes(c: &mut Criterion) {
    let now = Clock::System.now();
    let organization: OrganizationId = random::id();
    let grant = |nth: usize| {
        let scopes = |count| (0..count).map(|scope| format!("{nth}:{scope}")).collect::<Scopes>();
        let api = api::Model {
            id: random::id(),
            organization_id: organization.clone(),
            identifier: format!("urn:example:{nth}"),
            name: "An API".to_owned(),
            scopes: scopes(100).to_string(),
            created_at: now,
            updated_at: now,
        };
        apis::Grant { account: random::id(), api, scopes: scopes(99) }
    };
    let granted: Vec<_> = (0..10).map(grant).collect();
    let audiences: Vec<_> = granted.iter().map(|it| it.api.identifier.clone()).collect();
    c.bench_function("scopes: a token for 10 APIs with 100 scopes each", |b| {
        b.iter(|| {
            let grants = apis::for_audiences(black_box(&granted), &audiences).expect("grants");
            let held = apis::scopes_of(&grants);
            assert_eq!(apis::unambiguous(&grants, held).len(), 990);
        });
    });
}

fn auth_failures(c: &mut Criterion) {
    let limiter = AuthFailureLimiter::new(Some(20));
    let address = |nth: u32| IpAddr::from(Ipv4Addr::from(nth << 8));
    for nth in 0..100_000 {
        assert!(limiter.record(address(nth), "client", true).is_ok());
    }
    let mut nth = 0_u32;
    c.bench_function("rate limit: a failure, among 100,000 clients and networks", |b| {
        b.iter(|| {
            nth = nth.wrapping_add(1);
            limiter.record(address(nth), "client", true).is_ok()
        });
    });
}

criterion_group!(parts, tokens, secrets, lists, scopes, auth_failures);
criterion_main!(parts);
