use std::{fmt, net::IpAddr};

use zeroize::Zeroizing;

use crate::domain::{session::AuthSessionId, throttle::ClientNetwork, user::UserId};

/// What an attempt counts against.
///
/// An account has the name that the client sent, whether it exists or not, so that delays do not reveal which exist.
/// `Debug` hides the names, because people type passwords there.
#[derive(Clone, PartialEq, Eq)]
pub enum ThrottleSubject {
    /// Failed log-ins to an account, from everywhere but its known devices.
    Account(String),
    /// Failed log-ins to an account from one network.
    AccountFrom(String, ClientNetwork),
    /// Failed log-ins from one network.
    LogInsFrom(ClientNetwork),
    /// Failed log-ins on all known devices of a user, where strangers cannot delay the user.
    KnownDevices(UserId),
    /// All log-ins to an account from one network, successful ones included.
    LogInsTo(String, ClientNetwork),
    /// Wrong current passwords in one session.
    CurrentPassword(AuthSessionId),
    /// Sign-ups from one network.
    SignUpsFrom(ClientNetwork),
    /// Unknown one-time links from one network.
    LinksFrom(ClientNetwork),
}

/// When an attempt counts against a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    /// Before its outcome is known, so that parallel attempts do not evade the limit. Success clears the count.
    UntilSuccess,
    /// Before its outcome is known, whatever it is.
    Always,
    /// After it has failed, so that many users who log in at once do not delay each other.
    OnceFailed,
}

impl ThrottleSubject {
    /// Returns the subjects of a log-in. `known_device_of` is the user to whom the device is known.
    pub fn of_log_in(username: &str, address: Option<IpAddr>, known_device_of: Option<UserId>) -> Vec<Self> {
        let name = username.to_ascii_lowercase();
        let mut subjects = Vec::new();
        match known_device_of {
            Some(user_id) => subjects.push(Self::KnownDevices(user_id)),
            None => subjects.push(Self::Account(name.clone())),
        }
        let Some(address) = address else { return subjects };
        for network in ClientNetwork::all_of(address) {
            subjects.push(Self::LogInsFrom(network));
            if known_device_of.is_none() {
                subjects.push(Self::AccountFrom(name.clone(), network));
            }
        }
        subjects.push(Self::LogInsTo(name, ClientNetwork::widest_of(address)));
        subjects
    }

    /// Returns the subjects of failed log-ins to an account from the networks of `address`.
    pub fn of_account_from(username: &str, address: Option<IpAddr>) -> Vec<Self> {
        let name = username.to_ascii_lowercase();
        networks_of(address)
            .map(|network| Self::AccountFrom(name.clone(), network))
            .collect()
    }

    /// Returns the subjects of a sign-up.
    pub fn of_sign_up(address: Option<IpAddr>) -> Vec<Self> {
        networks_of(address).map(Self::SignUpsFrom).collect()
    }

    /// Returns the subjects of an attempt to use a one-time link.
    pub fn of_link(address: Option<IpAddr>) -> Vec<Self> {
        networks_of(address).map(Self::LinksFrom).collect()
    }

    /// Returns when an attempt counts.
    ///
    /// Success does not clear the failures of a network, or an attacker with an account could keep guessing there.
    pub(super) fn counting(&self) -> Counting {
        match self {
            Self::Account(_) | Self::AccountFrom(..) | Self::KnownDevices(_) | Self::CurrentPassword(_) => {
                Counting::UntilSuccess
            }
            Self::LogInsTo(..) | Self::SignUpsFrom(_) => Counting::Always,
            Self::LogInsFrom(_) | Self::LinksFrom(_) => Counting::OnceFailed,
        }
    }

    /// Returns a unique text, with the client's input at the end.
    pub(super) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Account(name) => format!("account {name}"),
            Self::AccountFrom(name, network) => format!("account-from {network} {name}"),
            Self::LogInsFrom(network) => format!("log-ins-from {network}"),
            Self::KnownDevices(user) => format!("known-devices {user}"),
            Self::LogInsTo(name, network) => format!("log-ins-to {network} {name}"),
            Self::CurrentPassword(session) => format!("current-password {session}"),
            Self::SignUpsFrom(network) => format!("sign-ups-from {network}"),
            Self::LinksFrom(network) => format!("links-from {network}"),
        })
    }
}

fn networks_of(address: Option<IpAddr>) -> impl Iterator<Item = ClientNetwork> {
    address.map(ClientNetwork::all_of).unwrap_or_default().into_iter()
}

impl fmt::Debug for ThrottleSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThrottleSubject([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{application::testing::user, domain::user::Role};

    fn texts(subjects: &[ThrottleSubject]) -> Vec<String> {
        subjects.iter().map(|subject| subject.text().to_string()).collect()
    }

    fn of_log_in(username: &str, address: &str) -> Vec<String> {
        texts(&ThrottleSubject::of_log_in(username, address.parse().ok(), None))
    }

    #[test]
    fn a_log_in_counts_against_account_and_network_together_and_by_themselves() {
        assert_eq!(
            of_log_in("Alice", "192.0.2.1"),
            [
                "account alice",
                "log-ins-from 192.0.2.1/32",
                "account-from 192.0.2.1/32 alice",
                "log-ins-to 192.0.2.1/32 alice",
            ]
        );
        assert_eq!(of_log_in("alice", "nowhere"), ["account alice"]);
    }

    #[test]
    fn over_ipv6_log_ins_sign_ups_and_links_count_against_every_network_that_the_client_may_have() {
        let address = "2001:db8::1";
        let log_in = of_log_in("alice", address);
        let sign_up = texts(&ThrottleSubject::of_sign_up(address.parse().ok()));
        let link = texts(&ThrottleSubject::of_link(address.parse().ok()));
        for network in ["2001:db8::/64", "2001:db8::/56", "2001:db8::/48"] {
            assert!(log_in.contains(&format!("log-ins-from {network}")));
            assert!(log_in.contains(&format!("account-from {network} alice")));
            assert!(sign_up.contains(&format!("sign-ups-from {network}")));
            assert!(link.contains(&format!("links-from {network}")));
        }
    }

    #[test]
    fn on_a_known_device_the_network_counts_and_the_account_does_not() {
        let alice = user("alice", Role::User).id();
        let subjects = ThrottleSubject::of_log_in("alice", "192.0.2.1".parse().ok(), Some(alice));
        assert_eq!(
            texts(&subjects),
            [
                format!("known-devices {alice}"),
                "log-ins-from 192.0.2.1/32".into(),
                "log-ins-to 192.0.2.1/32 alice".into(),
            ]
        );
    }

    #[test]
    fn no_name_makes_two_subjects_equal() {
        let names = ["alice", "", " ", "192.0.2.1/32 alice", "from 192.0.2.1/32 alice"];
        let texts = names.map(|name| of_log_in(name, "192.0.2.1")).concat();
        // The network by itself is the same for all of them.
        let distinct: HashSet<_> = texts.iter().filter(|text| !text.starts_with("log-ins-from")).collect();
        assert_eq!(distinct.len(), 3 * names.len());
    }

    #[test]
    fn debug_hides_the_name() {
        let subject = ThrottleSubject::Account("correct horse".into());
        assert_eq!(format!("{subject:?}"), "ThrottleSubject([redacted])");
    }
}
