use chrono::{DateTime, TimeDelta, Utc};

use super::{AuthSessionId, ClientDetails, SessionLifetime};
use crate::domain::{
    secret::{Secret, SecretDigest},
    user::UserId,
};

/// A session: one log-in of one user, until it expires or is ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSession {
    state: AuthSessionState,
}

/// The stored state of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSessionState {
    /// Identifies the session; never changes.
    pub id: AuthSessionId,
    /// The user of the session; never changes.
    pub user_id: UserId,
    /// The digest by which the session is found.
    pub secret_digest: SecretDigest,
    /// When the user logged in.
    pub created_at: DateTime<Utc>,
    /// When the session was last used, up to [`LAST_SEEN_STEP`](AuthSession::LAST_SEEN_STEP) late.
    pub last_seen_at: DateTime<Utc>,
    /// When the session expires.
    pub expires_at: DateTime<Utc>,
    /// The client that logged in; never changes.
    pub client: ClientDetails,
}

/// The change that using a session makes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// The session was seen.
    Seen,
    /// The session was seen, and lives until this later time.
    Extended(DateTime<Utc>),
}

impl AuthSession {
    /// The time from one record of when a session was seen to the next, so that few requests write.
    pub const LAST_SEEN_STEP: TimeDelta = TimeDelta::minutes(5);

    /// Begins a session of `user_id` on `client`, opened by `secret`.
    pub fn begin(
        id: AuthSessionId,
        user_id: UserId,
        client: ClientDetails,
        secret: &Secret,
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

    /// Restores a stored session.
    pub fn restore(state: AuthSessionState) -> Self {
        Self { state }
    }

    /// Returns the state to store.
    pub fn state(&self) -> &AuthSessionState {
        &self.state
    }

    /// Returns the id of the session.
    pub fn id(&self) -> AuthSessionId {
        self.state.id
    }

    /// Returns when the session expires.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.state.expires_at
    }

    /// Returns whether the session has not expired at `now`.
    pub fn lives_at(&self, now: DateTime<Utc>) -> bool {
        now < self.state.expires_at
    }

    /// Returns what the use of a living session at `now` changes, if anything is due.
    ///
    /// A session near its end is extended, unless it has reached its absolute end.
    pub fn touch(&self, lifetime: &SessionLifetime, now: DateTime<Utc>) -> Option<Touch> {
        let expiry = lifetime.expiry(self.state.created_at, now);
        if lifetime.is_near_end(self.state.expires_at, now) && expiry > self.state.expires_at {
            return Some(Touch::Extended(expiry));
        }
        (now - self.state.last_seen_at >= Self::LAST_SEEN_STEP).then_some(Touch::Seen)
    }

    /// Replaces the secret that opens the session, and restarts its lifetime.
    pub fn replace_secret(&mut self, secret: &Secret, lifetime: &SessionLifetime, now: DateTime<Utc>) {
        self.state.secret_digest = secret.digest();
        self.state.last_seen_at = now;
        self.state.expires_at = lifetime.expiry(self.state.created_at, now);
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
            &Secret::new([1; 32]),
            &lifetime(),
            START,
        )
    }

    fn at(minutes: i64) -> DateTime<Utc> {
        START + TimeDelta::minutes(minutes)
    }

    #[rstest]
    #[case::on_a_clock_set_back(-525_600, None)]
    #[case::fresh(0, None)]
    #[case::just_before_it_is_to_be_seen(4, None)]
    #[case::when_it_is_to_be_seen(5, Some(Touch::Seen))]
    #[case::just_before_the_window(45, Some(Touch::Seen))]
    #[case::in_the_window(46, Some(Touch::Extended(at(106))))]
    #[case::last_minute(59, Some(Touch::Extended(at(119))))]
    fn it_is_touched_when_something_is_due(#[case] minutes: i64, #[case] touch: Option<Touch>) {
        assert!(session().lives_at(at(minutes)));
        assert_eq!(session().touch(&lifetime(), at(minutes)), touch);
    }

    #[test]
    fn it_lives_until_it_expires() {
        assert!(session().lives_at(at(60) - TimeDelta::microseconds(1)));
        assert!(!session().lives_at(at(60)));
    }

    #[test]
    fn a_session_at_its_absolute_end_is_not_extended_in_vain() {
        let extended = |minutes| {
            AuthSession::restore(AuthSessionState {
                last_seen_at: at(110),
                expires_at: at(minutes),
                ..session().state().clone()
            })
        };
        let touch = extended(119).touch(&lifetime(), at(111));
        assert_eq!(touch, Some(Touch::Extended(at(120))));
        assert_eq!(extended(120).touch(&lifetime(), at(111)), None);
    }

    #[test]
    fn another_secret_takes_the_place_of_the_first_and_restarts_the_lifetime() {
        let mut session = session();
        let other = Secret::new([2; 32]);
        session.replace_secret(&other, &lifetime(), at(50));
        let expected = AuthSessionState {
            secret_digest: other.digest(),
            last_seen_at: at(50),
            expires_at: at(110),
            ..session.state().clone()
        };
        assert_eq!(session.state(), &expected);
    }
}
