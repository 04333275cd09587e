use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use super::{Activity, connections::Slot};

/// The largest head of a request, in bytes.
///
/// Actix would buffer 128 KiB. It cannot parse a target of 64 KiB, so no smaller head may hold one.
const MAX_HEAD: usize = 64 * 1024;

const URI_TOO_LONG: &[u8] = b"HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

const HEAD_TOO_LARGE: &[u8] =
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// What a client may ask of the server by one connection.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// Time that the client may keep the server waiting.
    pub timeout: Duration,
    /// The largest body of a request, in bytes.
    pub body: usize,
}

/// A connection that is cut when its client keeps the server waiting for too long, and that holds back what it cannot
/// process yet.
///
/// Actix limits the time of the first head on a connection, and that of a connection on which nothing comes. But it
/// would wait for ever for a later head that comes byte by byte, for the end of a body that nobody reads any more, and
/// for a client that does not read its answers; and would go on reading from the latter, and answering into memory.
///
/// So as soon as bytes have come, a request must begin or an answer be written within [`StreamLimits::timeout`], and an
/// answer that does not fit into the network must find room. While a request is in flight, nothing is asked of the
/// client here: that limits its body itself.
///
/// Actix also buffers 16 requests with their heads behind one in flight, and 128 KiB. So a head may have 64 KiB, and
/// while a request is in flight, no more is read than it can need.
pub struct Connection<S> {
    inner: S,
    slot: Slot,
    limits: StreamLimits,
    deadline: Option<Pin<Box<Sleep>>>,
    /// Whether there may be more to read than what was read since the requests in it could begin.
    has_more: bool,
    /// Bytes that were read since all that came before was answered.
    received: usize,
    /// Whether one of them ends a line.
    has_line: bool,
    /// Whether reading stopped because there are too many of them.
    is_paused: bool,
}

impl<S> Connection<S> {
    /// Holds `inner`, which has a place among the open connections, to `limits`.
    pub fn new(inner: S, slot: Slot, limits: StreamLimits) -> Self {
        Self {
            inner,
            slot,
            limits,
            deadline: None,
            has_more: false,
            received: 0,
            has_line: false,
            is_paused: false,
        }
    }

    /// To be handed to the requests of this connection.
    pub fn activity(&self) -> &Arc<Activity> {
        self.slot.activity()
    }

    fn start_waiting(&mut self) {
        let timeout = self.limits.timeout;
        self.deadline.get_or_insert_with(|| Box::pin(sleep(timeout)));
    }

    fn check_deadline(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.activity().is_in_flight() && !self.activity().is_blocked() {
            self.deadline = None;
        }
        let deadline = self.deadline.as_mut();
        if deadline.is_some_and(|deadline| deadline.as_mut().poll(context).is_ready()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }

    /// How many more bytes may be read before something is answered.
    fn room(&self) -> usize {
        let activity = self.activity();
        let limit = if activity.is_in_flight() {
            // Chunks may take as much again as what they hold.
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
            // After a shorter read the network has nothing more until this task has had another turn.
            self.has_more = bytes.len() == most;
            self.start_waiting();
        }
        read
    }

    /// Answers a head that is too large, which nobody else will do.
    fn reject_head(&mut self, context: &mut Context<'_>) -> io::Error {
        let answer = if self.has_line { HEAD_TOO_LARGE } else { URI_TOO_LONG };
        // All other answers have left, so there is room for it. If not, it is the client who does not read.
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
        self.check_deadline(context)?;
        if self.activity().is_blocked() {
            // If a client does not read, it is not read from. `poll_write` wakes.
            return Poll::Pending;
        }
        if self.activity().must_end(context) {
            // As if the client had closed it.
            return Poll::Ready(Ok(()));
        }
        if self.has_more {
            // The requests that have come together are begun before more are read.
            self.has_more = false;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let room = self.room();
        if room == 0 && self.activity().is_in_flight() {
            // `poll_write` wakes.
            self.is_paused = true;
            return Poll::Pending;
        }
        if room == 0 {
            return Poll::Ready(Err(self.reject_head(context)));
        }
        let read = self.read(context, buffer, room);
        self.check_deadline(context)?;
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_deadline(context)?;
        match Pin::new(&mut self.inner).poll_write(context, bytes) {
            Poll::Pending => {
                self.activity().set_blocked(true);
                self.start_waiting();
                self.check_deadline(context)?;
                Poll::Pending
            }
            Poll::Ready(written) => {
                self.deadline = None;
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
        // Here even when it is neither read from nor written to.
        self.check_deadline(context)?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
