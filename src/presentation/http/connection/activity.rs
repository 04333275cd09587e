use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::Context,
    time::{Duration, Instant},
};

use futures_util::task::AtomicWaker;

/// What one connection is doing.
///
/// Shared by its stream, by its requests (as connection data) and by [`Connections`](super::Connections), which may be
/// on different threads.
pub struct Activity {
    opened_at: Instant,
    /// Milliseconds from `opened_at` to the last write to the network.
    last_write: AtomicU64,
    is_in_flight: AtomicBool,
    is_blocked: AtomicBool,
    has_unread_body: AtomicBool,
    is_evicted: AtomicBool,
    task: AtomicWaker,
}

/// A request in flight, until this is dropped.
struct InFlight(Arc<Activity>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.is_in_flight.store(false, Relaxed);
    }
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            opened_at: Instant::now(),
            last_write: AtomicU64::new(0),
            is_in_flight: AtomicBool::new(false),
            is_blocked: AtomicBool::new(false),
            has_unread_body: AtomicBool::new(false),
            is_evicted: AtomicBool::new(false),
            task: AtomicWaker::new(),
        }
    }

    /// Marks a request as in flight until the returned guard is dropped.
    ///
    /// `has_body` tells whether a body follows its head.
    pub fn begin_request(self: &Arc<Self>, has_body: bool) -> impl Drop + use<> {
        self.is_in_flight.store(true, Relaxed);
        self.has_unread_body.store(has_body, Relaxed);
        InFlight(Arc::clone(self))
    }

    /// Notes that the body of the request in flight was read to its end.
    pub fn end_body(&self) {
        self.has_unread_body.store(false, Relaxed);
    }

    pub(super) fn is_in_flight(&self) -> bool {
        self.is_in_flight.load(Relaxed)
    }

    /// Whether bytes that arrive after the answer may be the rest of a body that nobody reads.
    pub(super) fn has_unread_body(&self) -> bool {
        self.has_unread_body.load(Relaxed)
    }

    /// Whether an answer waits for room in the network.
    pub(super) fn is_blocked(&self) -> bool {
        self.is_blocked.load(Relaxed)
    }

    pub(super) fn set_blocked(&self, is_blocked: bool) {
        self.is_blocked.store(is_blocked, Relaxed);
    }

    pub(super) fn note_write(&self) {
        let milliseconds = self.opened_at.elapsed().as_millis();
        self.last_write
            .store(u64::try_from(milliseconds).unwrap_or(u64::MAX), Relaxed);
    }

    /// Returns how long ago the connection was opened or last answered, if it has nothing to answer now.
    ///
    /// Bytes that arrive do not count, so a client gains nothing by sending a head byte by byte.
    pub(super) fn idle_time(&self) -> Option<Duration> {
        let is_idle = !self.is_in_flight() && !self.is_blocked();
        let last_write = Duration::from_millis(self.last_write.load(Relaxed));
        is_idle.then(|| self.opened_at.elapsed().saturating_sub(last_write))
    }

    /// Whether the stream was asked to end the connection.
    pub(super) fn is_evicted(&self) -> bool {
        self.is_evicted.load(Relaxed)
    }

    /// Asks the stream to end the connection as soon as it is idle.
    pub(super) fn evict(&self) {
        self.is_evicted.store(true, Relaxed);
        self.task.wake();
    }

    /// Whether the connection must end now. Registers the task of `context` to be woken if that changes.
    pub(super) fn must_end(&self, context: &Context<'_>) -> bool {
        self.task.register(context.waker());
        self.is_evicted() && !self.is_in_flight()
    }
}
