//! GraphQL.
use crate::app::App;
pub fn routes(_: App) -> axum::Router {
    axum::Router::new()
}
pub fn sdl() -> String {
    String::new()
}
