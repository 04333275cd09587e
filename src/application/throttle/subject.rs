use std::{fmt, net::IpAddr};

use zeroize::Zeroizing;

use crate::{
    application::ports::KnownDevice,
    domain::{throttle::ClientNetwork, user::UserId},
};

/// What an attempt counts against. Accounts are called by the names that were tried, whether there are such users or not:
/// nobody can tell by the delays. `Debug` does not show them, for people type passwords there.
#[derive(Clone, PartialEq, Eq)]
pub enum ThrottleSubject {
    /// Log-ins to an account, from anywhere but the devices that are known to it.
    Account(String),
    /// Log-ins to an account from one place.
    AccountFrom(String, ClientNetwork),
    /// Log-ins from one place.
    LogInsFrom(ClientNetwork),
    /// Log-ins to an account on a device that its user has logged in on before. Counted by themselves: no stranger can make
    /// the user wait there.
    Device(KnownDevice),
    /// Changes of one's own password, with a current one that may be wrong.
    CurrentPassword(UserId),
    /// Sign-ups from one place.
    SignUpsFrom(ClientNetwork),
}

impl ThrottleSubject {
    /// What a log-in as `username` counts against: the device that is known, or else the account and where it comes from.
    pub fn of_log_in(username: &str, address: Option<IpAddr>, device: Option<KnownDevice>) -> Vec<Self> {
        if let Some(device) = device {
            return vec![Self::Device(device)];
        }
        let name = username.to_ascii_lowercase();
        let network = address.map(ClientNetwork::of);
        let from = network.map(|network| [Self::AccountFrom(name.clone(), network), Self::LogInsFrom(network)]);
        from.into_iter().flatten().chain([Self::Account(name)]).collect()
    }

    /// What a sign-up counts against.
    pub fn of_sign_up(address: Option<IpAddr>) -> Vec<Self> {
        let network = address.map(ClientNetwork::of);
        network.map(Self::SignUpsFrom).into_iter().collect()
    }

    /// Whether success forgets all that failed before. It does not for a whole place: whoever has an account of their own
    /// could use it to guess at others from there for ever.
    pub(super) fn is_forgotten_by_success(&self) -> bool {
        match self {
            Self::Account(_) | Self::AccountFrom(..) | Self::Device(_) | Self::CurrentPassword(_) => true,
            Self::LogInsFrom(_) | Self::SignUpsFrom(_) => false,
        }
    }

    /// A text that no other subject has; what was typed comes last.
    pub(super) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Account(name) => format!("account {name}"),
            Self::AccountFrom(name, network) => format!("account-from {network} {name}"),
            Self::LogInsFrom(network) => format!("log-ins-from {network}"),
            Self::Device(device) => format!("device {} {}", device.user_id, device.id),
            Self::CurrentPassword(user) => format!("current-password {user}"),
            Self::SignUpsFrom(network) => format!("sign-ups-from {network}"),
        })
    }
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
    use crate::{
        application::{ports::DeviceId, testing::user},
        domain::user::Role,
    };

    fn texts(username: &str, address: &str) -> Vec<String> {
        let subjects = ThrottleSubject::of_log_in(username, address.parse().ok(), None);
        subjects.iter().map(|subject| subject.text().to_string()).collect()
    }

    #[test]
    fn a_log_in_counts_against_account_and_place_together_and_by_themselves() {
        assert_eq!(
            texts("Alice", "2001:db8::1"),
            [
                "account-from 2001:db8:: alice",
                "log-ins-from 2001:db8::",
                "account alice"
            ]
        );
        assert_eq!(texts("alice", "nowhere"), ["account alice"]);
    }

    #[test]
    fn a_known_device_counts_by_itself() {
        let device = KnownDevice {
            id: DeviceId::new([1; 16]),
            user_id: user("alice", Role::User).id(),
        };
        let subjects = ThrottleSubject::of_log_in("alice", "192.0.2.1".parse().ok(), Some(device));
        assert_eq!(subjects, [ThrottleSubject::Device(device)]);
    }

    #[test]
    fn no_name_makes_one_subject_look_like_another() {
        let names = ["alice", "", " ", "192.0.2.1 alice", "from 192.0.2.1 alice"];
        let texts = names.map(|name| texts(name, "192.0.2.1")).concat();
        // All of them are of one place.
        let distinct: HashSet<_> = texts.iter().filter(|text| !text.starts_with("log-ins")).collect();
        assert_eq!(distinct.len(), 2 * names.len());
    }

    #[test]
    fn debug_shows_nothing_of_what_was_typed() {
        let subject = ThrottleSubject::Account("correct horse".into());
        assert_eq!(format!("{subject:?}"), "ThrottleSubject([redacted])");
    }
}
