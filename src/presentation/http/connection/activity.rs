use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::Context,
    time::{Duration, Instant},
};

use futures_util::task::AtomicWaker;

/// The state of one connection.
///
/// It is shared by the stream, the requests (as connection data) and [`Connections`](super::Connections), which may run
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
    /// `has_body` is whether it has a body.
    pub fn begin_request(self: &Arc<Self>, has_body: bool) -> impl Drop + use<> {
        self.is_in_flight.store(true, Relaxed);
        self.has_unread_body.store(has_body, Relaxed);
        InFlight(Arc::clone(self))
    }

    /// Marks the body of the request in flight as completely read.
    pub fn end_body(&self) {
        self.has_unread_body.store(false, Relaxed);
    }

    pub(super) fn is_in_flight(&self) -> bool {
        self.is_in_flight.load(Relaxed)
    }

    /// Returns whether bytes that arrive after the answer may be the rest of an unread body.
    pub(super) fn has_unread_body(&self) -> bool {
        self.has_unread_body.load(Relaxed)
    }

    /// Returns whether an answer waits until the client reads.
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

    /// Returns the time since the connection was opened or last answered, if it has nothing to answer now.
    ///
    /// Received bytes do not count, so a client cannot appear busy by sending a head byte by byte.
    pub(super) fn idle_time(&self) -> Option<Duration> {
        let is_idle = !self.is_in_flight() && !self.is_blocked();
        let last_write = Duration::from_millis(self.last_write.load(Relaxed));
        is_idle.then(|| self.opened_at.elapsed().saturating_sub(last_write))
    }

    /// Returns whether the stream was asked to end the connection.
    pub(super) fn is_evicted(&self) -> bool {
        self.is_evicted.load(Relaxed)
    }

    /// Asks the stream to end the connection as soon as it is idle.
    pub(super) fn evict(&self) {
        self.is_evicted.store(true, Relaxed);
        self.task.wake();
    }

    /// Returns whether the connection must end now, and registers the task to be woken if that changes.
    pub(super) fn must_end(&self, context: &Context<'_>) -> bool {
        self.task.register(context.waker());
        self.is_evicted() && !self.is_in_flight()
    }
}
