use chrono::{DateTime, Utc};

use super::{LinkKind, LinkLifetimes};
use crate::domain::{
    secret::{Secret, SecretDigest},
    user::{User, UserId},
};

/// A one-time link: whoever has its secret may set the password of its user once, until it expires.
///
/// A user has at most one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeLink {
    state: OneTimeLinkState,
}

/// The stored state of a one-time link, which never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeLinkState {
    /// The user whose password it sets.
    pub user_id: UserId,
    /// The digest by which the link is found.
    pub secret_digest: SecretDigest,
    /// What the link is for.
    pub kind: LinkKind,
    /// When the link was issued.
    pub created_at: DateTime<Utc>,
    /// When the link expires.
    pub expires_at: DateTime<Utc>,
}

impl OneTimeLink {
    /// Issues a link to `user`, opened by `secret`: an invitation if the user has no password yet, else a recovery.
    pub fn issue(user: &User, secret: &Secret, lifetimes: &LinkLifetimes, now: DateTime<Utc>) -> Self {
        let kind = if user.is_invited() {
            LinkKind::Invitation
        } else {
            LinkKind::Recovery
        };
        Self::restore(OneTimeLinkState {
            user_id: user.id(),
            secret_digest: secret.digest(),
            kind,
            created_at: now,
            expires_at: now + lifetimes.of(kind),
        })
    }

    /// Restores a stored link.
    pub fn restore(state: OneTimeLinkState) -> Self {
        Self { state }
    }

    /// Returns the state to store.
    pub fn state(&self) -> &OneTimeLinkState {
        &self.state
    }

    /// Returns whether the secret with this digest may set the password of `user` at `now`.
    ///
    /// A link never serves an inactive user.
    pub fn admits(&self, secret: &SecretDigest, user: &User, now: DateTime<Utc>) -> bool {
        self.state.secret_digest == *secret
            && self.state.user_id == user.id()
            && user.is_active()
            && now < self.state.expires_at
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::user::{PasswordHash, Role, Username};

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const LIFETIMES: LinkLifetimes = LinkLifetimes {
        invitation: TimeDelta::hours(72),
        recovery: TimeDelta::hours(24),
    };

    fn invited(number: u8) -> User {
        let id = UserId::new(START, [number; 10]);
        User::invite(id, Username::new("alice").unwrap(), Role::User, START)
    }

    fn secret() -> Secret {
        Secret::new([1; 32])
    }

    fn issue(user: &User) -> OneTimeLink {
        OneTimeLink::issue(user, &secret(), &LIFETIMES, START)
    }

    #[test]
    fn a_link_invites_until_there_is_a_password_and_recovers_from_then_on() {
        let mut alice = invited(1);
        let link = issue(&alice);
        assert_eq!(link.state().kind, LinkKind::Invitation);
        assert_eq!(link.state().expires_at, START + TimeDelta::hours(72));

        alice.change_password(PasswordHash::new("hash"), START);
        let link = issue(&alice);
        assert_eq!(link.state().kind, LinkKind::Recovery);
        assert_eq!(link.state().expires_at, START + TimeDelta::hours(24));
    }

    #[test]
    fn a_link_serves_its_active_user_and_its_secret_until_it_expires() {
        let mut alice = invited(1);
        let (link, digest) = (issue(&alice), secret().digest());
        let last = START + TimeDelta::hours(72) - TimeDelta::microseconds(1);
        assert!(link.admits(&digest, &alice, last));
        assert!(!link.admits(&digest, &alice, START + TimeDelta::hours(72)));
        assert!(!link.admits(&Secret::new([2; 32]).digest(), &alice, START));
        assert!(!link.admits(&digest, &invited(2), START));
        alice.inactivate(START);
        assert!(!link.admits(&digest, &alice, START));
    }

    #[test]
    fn a_kind_is_found_by_its_name_alone() {
        for kind in LinkKind::ALL {
            assert_eq!(LinkKind::named(kind.as_str()), Some(kind));
        }
        assert_eq!(LinkKind::named("else"), None);
    }
}
