use crate::domain::id::define_id;

define_id! {
    /// Identifies a session to its user and in logs. Only its [secret](crate::domain::secret) grants access.
    AuthSessionId
}
