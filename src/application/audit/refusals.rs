use std::{collections::HashMap, mem, net::IpAddr, sync::Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{
    audit::{AuditAction, AuditActor, AuditEvent, Provenance, RefusalReason},
    user::UserId,
};

/// Refusals that are yet to be written.
///
/// The first of a kind is to be written at once; those like it, all together when the [window](Self::WINDOW) ends. Of a window
/// there are [`MOST_KINDS`](Self::MOST_KINDS) kinds, and what comes beyond is told by action and reason alone. So however many
/// there are, little is written and little is kept in memory.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    /// When its first refusal was noted.
    begun_at: Option<DateTime<Utc>>,
    /// Of each kind, how often it came again, and the last time.
    again: HashMap<Kind, AuditEvent>,
    firsts: Vec<AuditEvent>,
}

/// What makes refusals alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Kind {
    actor: AuditActor,
    action: AuditAction,
    target_id: Option<UserId>,
    reason: Option<RefusalReason>,
    address: Option<IpAddr>,
}

impl Refusals {
    /// For how long alike refusals are counted together.
    pub const WINDOW: TimeDelta = TimeDelta::minutes(5);

    /// How many kinds of refusals are told apart within a window.
    pub const MOST_KINDS: usize = 500;

    /// Notes a refusal. Returns at once.
    pub fn note(&self, refusal: AuditEvent) {
        self.window().note(refusal);
    }

    /// What is to be written at `now`; it is forgotten here.
    pub fn take_due(&self, now: DateTime<Utc>) -> Vec<AuditEvent> {
        let mut window = self.window();
        let is_over = window.begun_at.is_some_and(|begun_at| {
            // A clock that was set back must not make it endless.
            !(begun_at..begun_at + Self::WINDOW).contains(&now)
        });
        if is_over {
            return window.end();
        }
        mem::take(&mut window.firsts)
    }

    /// All that is yet to be written, for the end of the process; it is forgotten here.
    pub fn take_all(&self) -> Vec<AuditEvent> {
        self.window().end()
    }

    fn window(&self) -> std::sync::MutexGuard<'_, Window> {
        // A panic elsewhere leaves a list that is still good.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Window {
    fn note(&mut self, refusal: AuditEvent) {
        self.begun_at.get_or_insert(refusal.occurred_at);
        let is_full = self.again.len() >= Refusals::MOST_KINDS;
        let refusal = if is_full && !self.again.contains_key(&Kind::of(&refusal)) {
            without_details(refusal)
        } else {
            refusal
        };
        match self.again.get_mut(&Kind::of(&refusal)) {
            Some(again) => {
                *again = AuditEvent {
                    count: again.count.saturating_add(1),
                    provenance: mem::take(&mut again.provenance),
                    ..refusal
                };
            }
            None => {
                let none_again = AuditEvent {
                    count: 0,
                    ..refusal.clone()
                };
                self.again.insert(Kind::of(&refusal), none_again);
                self.firsts.push(refusal);
            }
        }
    }

    /// Ends the window. Returns all that it has not given away yet.
    fn end(&mut self) -> Vec<AuditEvent> {
        let Self { again, mut firsts, .. } = mem::take(self);
        firsts.extend(again.into_values().filter(|again| again.count > 0));
        firsts
    }
}

impl Kind {
    fn of(refusal: &AuditEvent) -> Self {
        Self {
            actor: refusal.actor,
            action: refusal.action,
            target_id: refusal.target_id,
            reason: refusal.refusal,
            address: refusal.provenance.address,
        }
    }
}

/// One of the many that are not told apart any more.
fn without_details(refusal: AuditEvent) -> AuditEvent {
    AuditEvent {
        actor: AuditActor::Anonymous,
        target_id: None,
        provenance: Provenance::default(),
        ..refusal
    }
}

#[cfg(test)]
mod tests;
