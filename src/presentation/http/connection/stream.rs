use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use super::{Activity, connections::Slot};

/// The maximum size of the head of a request, in bytes.
///
/// Actix buffers 128 KiB, but cannot parse a target of 64 KiB.
const MAX_HEAD: usize = 64 * 1024;

const URI_TOO_LONG: &[u8] = b"HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

const HEAD_TOO_LARGE: &[u8] =
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Limits for one connection.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// How long the client may keep the server waiting.
    pub timeout: Duration,
    /// The maximum size of a body, in bytes.
    pub body: usize,
}

/// A stream that closes the connection of a client that is too slow, and applies backpressure.
///
/// Actix limits the time of the first head on a connection, and the time without any bytes. But it waits without limit
/// for a later head that arrives byte by byte, for the rest of a body that is no longer read, and for a client that
/// does not read its answers. From such a client it even reads further requests, and buffers the answers.
///
/// So once bytes have arrived, a request must begin or an answer be written within [`StreamLimits::timeout`]. Within
/// the same time a blocked answer must proceed, and another request begin after the answer to one whose body was not
/// read. The timeout does not run while a request is in flight, which limits the time of its body itself.
///
/// Behind a request in flight, Actix also buffers 16 requests with their heads, and 128 KiB. So a head is limited to 64
/// KiB, and while a request is in flight, no more is read than it may need.
pub struct Connection<S> {
    inner: S,
    slot: Slot,
    limits: StreamLimits,
    /// Until when the client may keep the server waiting.
    deadline: Option<Instant>,
    /// Wakes the task at the deadline. Most requests are answered before one is needed.
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the last read may have left bytes in the network.
    has_more: bool,
    /// Number of bytes read since the last answer.
    received: usize,
    /// Whether one of these bytes ends a line.
    has_line: bool,
    /// Whether reading is paused because these bytes are too many.
    is_paused: bool,
}

impl<S> Connection<S> {
    /// Applies `limits` to `inner`, which occupies `slot`.
    pub fn new(inner: S, slot: Slot, limits: StreamLimits) -> Self {
        Self {
            inner,
            slot,
            limits,
            deadline: None,
            timer: None,
            has_more: false,
            received: 0,
            has_line: false,
            is_paused: false,
        }
    }

    /// Returns the state of this connection, for its requests.
    pub fn activity(&self) -> &Arc<Activity> {
        self.slot.activity()
    }

    fn start_waiting(&mut self) {
        let timeout = self.limits.timeout;
        self.deadline.get_or_insert_with(|| Instant::now() + timeout);
    }

    fn stop_waiting(&mut self) {
        self.deadline = None;
        self.timer = None;
    }

    fn check_deadline(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.activity().is_in_flight() && !self.activity().is_blocked() {
            self.stop_waiting();
        }
        let Some(deadline) = self.deadline else {
            return Ok(());
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.as_mut().poll(context).is_ready() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }

    /// Returns how many more bytes may be read before the next answer.
    fn room(&self) -> usize {
        let activity = self.activity();
        let limit = if activity.is_in_flight() {
            // The overhead of chunks can be as large as their content.
            MAX_HEAD + 2 * self.limits.body
        } else if activity.has_unread_body() {
            // Actix discards it.
            usize::MAX
        } else {
            MAX_HEAD
        };
        limit.saturating_sub(self.received)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Reads at most `room` bytes.
    fn read(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>, room: usize) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let most = buffer.remaining().min(room);
        let read = if buffer.remaining() <= room {
            Pin::new(&mut self.inner).poll_read(context, buffer)
        } else {
            let mut part = ReadBuf::new(buffer.initialize_unfilled_to(room));
            let read = Pin::new(&mut self.inner).poll_read(context, &mut part);
            let length = part.filled().len();
            buffer.advance(length);
            read
        };
        let bytes = &buffer.filled()[before..];
        if !bytes.is_empty() {
            self.received += bytes.len();
            self.has_line = self.has_line || bytes.contains(&b'\n');
            // A shorter read means that nothing more has arrived.
            self.has_more = bytes.len() == most;
            self.start_waiting();
        }
        read
    }

    /// Answers a head that is too large, which Actix does not get to see.
    fn reject_head(&mut self, context: &mut Context<'_>) -> io::Error {
        let answer = if self.has_line { HEAD_TOO_LARGE } else { URI_TOO_LONG };
        // All other answers have been sent, so only a client that does not read can block this one.
        let _ = Pin::new(&mut self.inner).poll_write(context, answer);
        io::ErrorKind::InvalidData.into()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.activity().is_blocked() {
            // If a client stops reading, the server stops reading from it. `poll_write` wakes the task.
            return Poll::Pending;
        }
        if self.activity().must_end(context) {
            // The end of the stream, as if the client had closed it.
            return Poll::Ready(Ok(()));
        }
        if self.has_more {
            // Requests that have arrived together begin before more is read.
            self.has_more = false;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let room = self.room();
        if room == 0 && self.activity().is_in_flight() {
            // `poll_write` wakes the task.
            self.is_paused = true;
            return Poll::Pending;
        }
        if room == 0 {
            return Poll::Ready(Err(self.reject_head(context)));
        }
        self.read(context, buffer, room)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.inner).poll_write(context, bytes) {
            Poll::Pending => {
                self.activity().set_blocked(true);
                self.start_waiting();
                self.check_deadline(context)?;
                Poll::Pending
            }
            Poll::Ready(written) => {
                self.stop_waiting();
                if self.activity().has_unread_body() {
                    // Actix waits for its end without limit.
                    self.start_waiting();
                }
                let activity = self.activity();
                activity.note_write();
                let was_held_up = activity.is_blocked() || activity.is_evicted();
                activity.set_blocked(false);
                if !activity.is_in_flight() {
                    self.received = 0;
                    self.has_line = false;
                }
                if std::mem::take(&mut self.is_paused) || was_held_up {
                    context.waker().wake_by_ref();
                }
                Poll::Ready(written)
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Actix flushes last, even when it has neither read nor written.
        self.check_deadline(context)?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
