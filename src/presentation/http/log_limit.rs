use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Limits how often a kind of log line is written, so that a flood of its cause does not fill the log.
#[derive(Debug)]
pub struct LogLimit {
    interval: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    written_at: Option<Instant>,
    suppressed: u64,
}

impl LogLimit {
    /// Allows one line per `interval`.
    pub const fn new(interval: Duration) -> Self {
        let state = State {
            written_at: None,
            suppressed: 0,
        };
        Self {
            interval,
            state: Mutex::new(state),
        }
    }

    /// Returns the number of lines suppressed since the last one if another may be written now.
    pub fn admit(&self) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.written_at.is_some_and(|at| at.elapsed() < self.interval) {
            state.suppressed += 1;
            return None;
        }
        state.written_at = Some(Instant::now());
        Some(std::mem::take(&mut state.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_within_the_interval_are_suppressed() {
        let limit = LogLimit::new(Duration::from_secs(3600));
        assert_eq!([limit.admit(), limit.admit(), limit.admit()], [Some(0), None, None]);
    }

    #[test]
    fn the_next_line_tells_how_many_were_suppressed() {
        let limit = LogLimit::new(Duration::from_millis(20));
        for _ in 0..3 {
            limit.admit();
        }
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(limit.admit(), Some(2));
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(limit.admit(), Some(0));
    }
}
