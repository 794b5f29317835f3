//! throw-away
use postern::{
    app::App,
    clock::Clock,
    config::Config,
    graphql,
    store::{Db, Purpose},
};
#[tokio::main]
async fn main() {
    let d = [("database_url", "sqlite:///tmp/audit/p.db"), ("introspection", "true")];
    let config = Config::load(None, [], &d).unwrap();
    let db = Db::connect(&config.database, Purpose::Migrate).await.unwrap();
    let app = App::new(config, Clock::System, db).unwrap();
    let l = tokio::net::TcpListener::bind("127.0.0.1:18431").await.unwrap();
    axum::serve(l, graphql::routes(app)).await.unwrap();
}
