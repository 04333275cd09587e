use std::{collections::HashMap, mem, sync::Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    application::audit_trail::{AuditAction, AuditActor, AuditEvent, Provenance, RefusalReason},
    domain::{throttle::ClientNetwork, user::UserId},
};

/// Refusals that are not written yet.
///
/// The first refusal of a kind is due at once. Later ones are counted, and are due together when the
/// [window](Self::WINDOW) ends.
///
/// A window distinguishes a limited number of kinds, so that a flood fills neither the disk nor memory.
/// [Users](Class::User), strangers who [name a user](Class::StrangerAtUser), and [other strangers](Class::Stranger)
/// have separate limits. Each user or network may use only a share of a limit, so that its flood hides no other
/// refusals. Refusals beyond that are counted by action and reason, as those of [`AuditActor::Several`]. They keep the
/// address if one network has used up its share.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    /// When its first refusal was noted.
    begun_at: Option<DateTime<Utc>>,
    /// For each kind, the number of repeats and the last one.
    repeats: HashMap<Kind, AuditEvent>,
    firsts: Vec<AuditEvent>,
}

/// The properties that similar refusals share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    actor: AuditActor,
    action: AuditAction,
    target_id: Option<UserId>,
    reason: Option<RefusalReason>,
    network: Option<ClientNetwork>,
}

/// Refusals that share a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    User,
    StrangerAtUser,
    Stranger,
    Overflow,
}

/// The source of refusals, which has a share of each limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    User(UserId),
    Network(Option<ClientNetwork>),
}

impl Refusals {
    /// How long similar refusals are counted together.
    pub const WINDOW: TimeDelta = TimeDelta::minutes(1);

    /// The largest number of kinds of each class in a window.
    pub const MAX_KINDS: usize = 100;

    /// The largest number of them that one user or network may cause.
    pub const MAX_KINDS_OF_ONE: usize = 20;

    /// Notes a refusal. Returns whether it is the first of its kind in this window.
    pub fn note(&self, refusal: AuditEvent) -> bool {
        self.window().note(refusal)
    }

    /// Removes and returns the refusals that are due at `now`.
    pub fn take_due(&self, now: DateTime<Utc>) -> Vec<AuditEvent> {
        let mut window = self.window();
        let is_over = window.begun_at.is_some_and(|begun_at| {
            // The window must end even if the clock is set back.
            !(begun_at..begun_at + Self::WINDOW).contains(&now)
        });
        if is_over {
            return window.end();
        }
        mem::take(&mut window.firsts)
    }

    /// Removes and returns all refusals, for the end of the process.
    pub fn take_all(&self) -> Vec<AuditEvent> {
        self.window().end()
    }

    fn window(&self) -> std::sync::MutexGuard<'_, Window> {
        // The list stays valid if another thread panics.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Window {
    fn note(&mut self, refusal: AuditEvent) -> bool {
        self.begun_at.get_or_insert(refusal.occurred_at);
        let refusal = self.limited(refusal);
        match self.repeats.get_mut(&Kind::of(&refusal)) {
            Some(repeat) => {
                *repeat = AuditEvent {
                    count: repeat.count.saturating_add(1),
                    provenance: mem::take(&mut repeat.provenance),
                    ..refusal
                };
                false
            }
            None => {
                let no_repeats = AuditEvent {
                    count: 0,
                    ..refusal.clone()
                };
                self.repeats.insert(Kind::of(&refusal), no_repeats);
                self.firsts.push(refusal);
                true
            }
        }
    }

    /// Returns the refusal, without its details if they would exceed a limit.
    fn limited(&self, refusal: AuditEvent) -> AuditEvent {
        let kind = Kind::of(&refusal);
        if self.repeats.contains_key(&kind) {
            return refusal;
        }
        let (class, source) = (kind.class(), kind.source());
        let of_class = self.repeats.keys().filter(|other| other.class() == class);
        let (of_all, of_one) = of_class.fold((0, 0), |(of_all, of_one), other| {
            (of_all + 1, of_one + usize::from(other.source() == source))
        });
        let has_room = of_all < Refusals::MAX_KINDS && of_one < Refusals::MAX_KINDS_OF_ONE;
        if has_room {
            return refusal;
        }
        let is_flooding_network = of_one >= Refusals::MAX_KINDS_OF_ONE && matches!(source, Source::Network(_));
        AuditEvent {
            actor: AuditActor::Several,
            target_id: None,
            provenance: if is_flooding_network {
                refusal.provenance
            } else {
                Provenance::default()
            },
            ..refusal
        }
    }

    /// Ends the window, and returns the refusals that are still to be written.
    fn end(&mut self) -> Vec<AuditEvent> {
        let window = mem::take(self);
        let repeats = window.repeats.into_values().filter(|repeat| repeat.count > 0);
        window.firsts.into_iter().chain(repeats).collect()
    }
}

impl Kind {
    fn of(refusal: &AuditEvent) -> Self {
        let network_of = match refusal.actor {
            AuditActor::Several => ClientNetwork::widest_of,
            _ => ClientNetwork::narrowest_of,
        };
        Self {
            actor: refusal.actor.clone(),
            action: refusal.action,
            target_id: refusal.target_id,
            reason: refusal.refusal,
            network: refusal.provenance.address.map(network_of),
        }
    }

    fn class(&self) -> Class {
        match (&self.actor, self.target_id) {
            (AuditActor::User { .. } | AuditActor::Operator { .. }, _) => Class::User,
            (AuditActor::Anonymous, Some(_)) => Class::StrangerAtUser,
            (AuditActor::Anonymous, None) => Class::Stranger,
            (AuditActor::Several, _) => Class::Overflow,
        }
    }

    fn source(&self) -> Source {
        match self.actor.user_id() {
            Some(id) => Source::User(id),
            None => Source::Network(self.network.map(ClientNetwork::widest)),
        }
    }
}

#[cfg(test)]
mod tests;
