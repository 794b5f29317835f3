//! Service accounts that are about to be created.

/// The validated texts of a service account.
pub(in crate::domain) struct NewAccount {
    /// Display name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Its id in the tool that declares it.
    pub external_id: Option<String>,
}
