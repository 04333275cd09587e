use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// A connection that is cut when the server has waited for its client long enough.
///
/// Actix limits the time of the first head on a connection, and that of a connection on which nothing comes. But it would
/// wait for ever for a later head that comes byte by byte, for the end of a body that nobody reads any more, and for a client
/// that does not read its answers; and would go on reading from the latter, and answering into memory.
///
/// So as soon as bytes have come, a request must begin or an answer be written before time is up, and an answer that does not
/// fit into the network must find room. While a request is at work, nothing is asked of the client here: that limits
/// its body itself.
pub struct Connection<S> {
    inner: S,
    patience: Duration,
    at_work: AtWork,
    deadline: Option<Pin<Box<Sleep>>>,
    /// Whether an answer waits for room.
    is_blocked: bool,
    /// Whether something was read since the others on this thread had their turn.
    has_read: bool,
}

/// Whether a request of a connection is at work.
#[derive(Clone, Default)]
pub struct AtWork(Rc<Cell<bool>>);

impl AtWork {
    /// Notes that a request is at work until what this returns is dropped.
    pub fn begin(&self) -> impl Drop + use<> {
        struct Work(AtWork);
        impl Drop for Work {
            fn drop(&mut self) {
                self.0.0.set(false);
            }
        }
        self.0.set(true);
        Work(self.clone())
    }
}

impl<S> Connection<S> {
    /// Cuts `inner` when its client has kept it waiting for longer than `patience`.
    pub fn new(inner: S, patience: Duration) -> Self {
        Self {
            inner,
            patience,
            at_work: AtWork::default(),
            deadline: None,
            is_blocked: false,
            has_read: false,
        }
    }

    /// To be handed to the requests of this connection.
    pub fn at_work(&self) -> &AtWork {
        &self.at_work
    }

    fn start_waiting(&mut self) {
        let patience = self.patience;
        self.deadline.get_or_insert_with(|| Box::pin(sleep(patience)));
    }

    fn check_deadline(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.at_work.0.get() && !self.is_blocked {
            self.deadline = None;
        }
        let deadline = self.deadline.as_mut();
        if deadline.is_some_and(|deadline| deadline.as_mut().poll(context).is_ready()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_deadline(context)?;
        if self.is_blocked {
            // Whoever does not read is not read from. `poll_write` wakes.
            return Poll::Pending;
        }
        if self.has_read {
            // The requests that have come together are begun before more are read.
            self.has_read = false;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.has_read = true;
            self.start_waiting();
        }
        self.check_deadline(context)?;
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_deadline(context)?;
        match Pin::new(&mut self.inner).poll_write(context, bytes) {
            Poll::Pending => {
                self.is_blocked = true;
                self.start_waiting();
                self.check_deadline(context)?;
                Poll::Pending
            }
            Poll::Ready(written) => {
                self.deadline = None;
                if std::mem::take(&mut self.is_blocked) {
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
