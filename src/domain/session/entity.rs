use chrono::{DateTime, TimeDelta, Utc};

use super::{AuthSessionId, ClientDetails, SessionLifetime, SessionSecret, SessionSecretDigest};
use crate::domain::{CLOCK_TOLERANCE, user::UserId};

/// A session: one log-in of one user, from then until it expires, is ended, or its user is shut out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSession {
    state: AuthSessionState,
}

/// All that is stored of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSessionState {
    /// Never changes.
    pub id: AuthSessionId,
    /// Whose session it is; never changes.
    pub user_id: UserId,
    /// By which the session is found.
    pub secret_digest: SessionSecretDigest,
    /// When the user logged in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, or less than [`LAST_SEEN_STEP`](AuthSession::LAST_SEEN_STEP) before.
    pub last_seen_at: DateTime<Utc>,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// What was known of the client who logged in; never changes.
    pub client: ClientDetails,
}

impl AuthSession {
    /// How long ago a session must have been seen for its use to be recorded: not every request is to write.
    pub const LAST_SEEN_STEP: TimeDelta = TimeDelta::minutes(5);

    /// Begins a session of `user_id`, on that client, that `secret` opens.
    pub fn begin(
        id: AuthSessionId,
        user_id: UserId,
        client: ClientDetails,
        secret: &SessionSecret,
        lifetime: &SessionLifetime,
        now: DateTime<Utc>,
    ) -> Self {
        Self::restore(AuthSessionState {
            id,
            user_id,
            secret_digest: secret.digest(),
            created_at: now,
            last_seen_at: now,
            expires_at: lifetime.expiry(now, now),
            client,
        })
    }

    /// Brings a stored session back.
    pub fn restore(state: AuthSessionState) -> Self {
        Self { state }
    }

    /// All that is to be stored of it.
    pub fn state(&self) -> &AuthSessionState {
        &self.state
    }

    /// Its public name.
    pub fn id(&self) -> AuthSessionId {
        self.state.id
    }

    /// When it expires.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.state.expires_at
    }

    /// Whether it lives at `now`: it has begun, within [`CLOCK_TOLERANCE`], and not expired. One from further
    /// ahead would live for as long as the clock was ahead that began it.
    pub fn lives_at(&self, now: DateTime<Utc>) -> bool {
        self.state.created_at <= now + CLOCK_TOLERANCE && now < self.state.expires_at
    }

    /// Whether its use at `now` should be recorded.
    pub fn is_due_to_be_seen(&self, now: DateTime<Utc>) -> bool {
        now - self.state.last_seen_at >= Self::LAST_SEEN_STEP
    }

    /// Whether it lives at `now`, but has so little time left that its use should renew it. One that has come to its
    /// absolute end is not: it would gain nothing.
    pub fn is_due_for_renewal(&self, lifetime: &SessionLifetime, now: DateTime<Utc>) -> bool {
        self.lives_at(now)
            && lifetime.is_near_end(self.state.expires_at, now)
            && lifetime.expiry(self.state.created_at, now) > self.state.expires_at
    }

    /// Restarts its lifetime, as far as the absolute one allows. It counts as seen.
    pub fn renew(&mut self, lifetime: &SessionLifetime, now: DateTime<Utc>) {
        self.state.last_seen_at = now;
        self.state.expires_at = lifetime.expiry(self.state.created_at, now);
    }

    /// Lets another secret open it from now on, with its lifetime restarted; the old one opens nothing any more.
    pub fn replace_secret(&mut self, secret: &SessionSecret, lifetime: &SessionLifetime, now: DateTime<Utc>) {
        self.state.secret_digest = secret.digest();
        self.renew(lifetime, now);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn lifetime() -> SessionLifetime {
        SessionLifetime::new(TimeDelta::minutes(60), TimeDelta::minutes(120), 0.25).unwrap()
    }

    fn session() -> AuthSession {
        AuthSession::begin(
            AuthSessionId::new(START, [0; 10]),
            UserId::new(START, [1; 10]),
            ClientDetails::default(),
            &SessionSecret::new([1; 32]),
            &lifetime(),
            START,
        )
    }

    #[rstest]
    #[case::from_too_far_ahead(-6, false, false)]
    #[case::from_a_little_ahead(-5, true, false)]
    #[case::fresh(0, true, false)]
    #[case::just_before_the_window(45, true, false)]
    #[case::in_the_window(46, true, true)]
    #[case::last_minute(59, true, true)]
    #[case::dead(60, false, false)]
    fn it_lives_is_due_for_renewal_and_dies(#[case] minutes: i64, #[case] lives: bool, #[case] due: bool) {
        let now = START + TimeDelta::minutes(minutes);
        assert_eq!(session().lives_at(now), lives);
        assert_eq!(session().is_due_for_renewal(&lifetime(), now), due);
    }

    #[test]
    fn its_use_is_to_be_recorded_now_and_then() {
        let mut session = session();
        assert!(!session.is_due_to_be_seen(START + TimeDelta::seconds(299)));
        assert!(session.is_due_to_be_seen(START + TimeDelta::seconds(300)));
        session.renew(&lifetime(), START + TimeDelta::seconds(300));
        assert!(!session.is_due_to_be_seen(START + TimeDelta::seconds(301)));
    }

    #[test]
    fn renewal_gives_the_full_life_anew() {
        let mut session = session();
        session.renew(&lifetime(), START + TimeDelta::minutes(50));
        assert_eq!(session.expires_at(), START + TimeDelta::minutes(110));
        assert_eq!(session.state().created_at, START);
        assert_eq!(session.state().last_seen_at, START + TimeDelta::minutes(50));
    }

    #[test]
    fn a_session_at_its_absolute_end_is_not_renewed_in_vain() {
        let mut session = session();
        session.renew(&lifetime(), START + TimeDelta::minutes(59));
        assert!(session.is_due_for_renewal(&lifetime(), START + TimeDelta::minutes(110)));
        session.renew(&lifetime(), START + TimeDelta::minutes(110));
        assert_eq!(session.expires_at(), START + TimeDelta::minutes(120));
        assert!(!session.is_due_for_renewal(&lifetime(), START + TimeDelta::minutes(111)));
        assert!(!session.lives_at(START + TimeDelta::minutes(120)));
    }

    #[test]
    fn another_secret_takes_the_place_of_the_first() {
        let mut session = session();
        let other = SessionSecret::new([2; 32]);
        session.replace_secret(&other, &lifetime(), START);
        assert_eq!(session.state().secret_digest, other.digest());
    }
}
