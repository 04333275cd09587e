//! The queue for turns to hash.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot::{self, error::RecvError};

use crate::application::ports::HashClient;

/// Shares a fixed number of turns fairly among clients.
///
/// - Each client has a line of its own, and turns go round the lines, one request each.
/// - A client that has half of the turns is skipped while another client waits. A client alone may have all turns, and
///   the next client gets the first one that ends.
/// - Dropping a waiting request removes it from its line. Dropping a [`Turn`] ends it.
#[derive(Clone)]
pub(super) struct FairQueue(Arc<Mutex<State>>);

/// The right to hash until it is dropped.
pub(super) struct Turn {
    client: HashClient,
    queue: FairQueue,
}

struct State {
    turns: usize,
    /// The number of turns of each client that has any.
    running: HashMap<HashClient, usize>,
    /// The lines of waiting clients, the next one first. None is empty.
    lines: VecDeque<Line>,
}

struct Line {
    client: HashClient,
    requests: VecDeque<oneshot::Sender<Turn>>,
}

/// A request in a line, or with a turn that it has not received yet.
struct Waiting<'a> {
    client: HashClient,
    queue: &'a FairQueue,
    turn: oneshot::Receiver<Turn>,
}

impl FairQueue {
    /// Makes a queue with this number of turns, at least 1.
    pub fn new(turns: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            turns,
            running: HashMap::new(),
            lines: VecDeque::new(),
        })))
    }

    /// Waits for a turn of `client`. Never fails in practice, because a request stays in its line while it waits.
    pub async fn turn(&self, client: HashClient) -> Result<Turn, RecvError> {
        let mut waiting = self.join(client);
        (&mut waiting.turn).await
    }

    /// Returns how many turns others would get before a new request of `client`, or `None` if it could run at once.
    ///
    /// It assumes that another client always waits, so that requests of this one are not late if another client comes.
    pub fn turns_ahead(&self, client: HashClient) -> Option<usize> {
        let state = self.state();
        if state.has_free_turn() {
            return None;
        }
        let own = state.lines.iter().position(|line| line.client == client);
        let own_requests = own.map_or(0, |own| state.lines[own].requests.len());
        let turns = state.lines.iter().enumerate().map(|(index, line)| {
            // The round of the new request counts for lines ahead of its own.
            let rounds = own_requests + usize::from(own.is_none_or(|own| index < own));
            line.requests.len().min(rounds)
        });
        Some(turns.sum::<usize>().max(2 * own_requests))
    }

    /// Returns the number of current turns.
    pub fn running(&self) -> usize {
        self.state().running()
    }

    /// Returns the number of waiting requests.
    pub fn waiting(&self) -> usize {
        self.state().lines.iter().map(|line| line.requests.len()).sum()
    }

    fn join(&self, client: HashClient) -> Waiting<'_> {
        let (request, turn) = oneshot::channel();
        let mut state = self.state();
        match state.lines.iter_mut().find(|line| line.client == client) {
            Some(line) => line.requests.push_back(request),
            None => state.lines.push_back(Line {
                client,
                requests: [request].into(),
            }),
        }
        self.grant_turns(&mut state);
        Waiting {
            client,
            queue: self,
            turn,
        }
    }

    /// Gives the free turns to the next requests.
    fn grant_turns(&self, state: &mut State) {
        while let Some((client, request)) = state.next() {
            let queue = self.clone();
            // It succeeds: a receiver leaves its line, under the same lock, before it is dropped.
            let _ = request.send(Turn { client, queue });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No holder of the lock panics halfway through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes the next request out of its line and counts its turn, if one is free.
    fn next(&mut self) -> Option<(HashClient, oneshot::Sender<Turn>)> {
        if !self.has_free_turn() {
            return None;
        }
        let below_half = self.lines.iter().position(|line| {
            let running = self.running.get(&line.client).copied().unwrap_or_default();
            running < (self.turns / 2).max(1)
        });
        let mut line = self.lines.remove(below_half.unwrap_or(0))?;
        let (client, request) = (line.client, line.requests.pop_front()?);
        if !line.requests.is_empty() {
            self.lines.push_back(line);
        }
        *self.running.entry(client).or_default() += 1;
        Some((client, request))
    }

    fn has_free_turn(&self) -> bool {
        self.running() < self.turns
    }

    fn running(&self) -> usize {
        self.running.values().sum()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        if let Some(running) = state.running.get_mut(&self.client) {
            *running -= 1;
        }
        state.running.retain(|_, running| *running > 0);
        self.queue.grant_turns(&mut state);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        self.turn.close();
        if let Some(line) = state.lines.iter_mut().find(|line| line.client == self.client) {
            line.requests.retain(|request| !request.is_closed());
        }
        state.lines.retain(|line| !line.requests.is_empty());
    }
}

#[cfg(test)]
mod tests;
