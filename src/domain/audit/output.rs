//! Output of audit events after their commit, where a setting asks for it.

use entity::audit_event;

use crate::app::App;
use crate::store;

/// Outputs events once the transaction under way is committed.
pub fn after_commit(app: &App, events: Vec<audit_event::Model>) {
    if !app.audit_output.is_on() {
        return;
    }
    let app = app.clone();
    store::after_commit(move || {
        events.into_iter().for_each(|event| app.audit_output.event(event));
    });
}
