use crate::domain::id::define_id;

define_id! {
    /// Identifies a session to its user and in logs. It grants no access: only the [secret](crate::domain::secret) does.
    AuthSessionId
}
