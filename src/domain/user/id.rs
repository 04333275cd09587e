use crate::domain::id::define_id;

define_id! {
    /// Identifies a user permanently.
    UserId
}
