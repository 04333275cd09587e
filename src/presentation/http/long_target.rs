use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest target that Actix can read, in bytes; a request line has more around it.
const LONGEST_TARGET: usize = u16::MAX as usize - 1;

const URI_TOO_LONG: &[u8] = b"HTTP/1.1 414 URI Too Long";

/// How Actix answers a head that it cannot read: without content, as the app never does.
const UNREADABLE: [&str; 2] = [
    "HTTP/1.1 400 Bad Request",
    "HTTP/1.1 431 Request Header Fields Too Large",
];
const WITHOUT_CONTENT: &[u8] = b"\r\ncontent-length: 0\r\n";

/// A connection that answers 414 to a request whose target is too long for Actix.
///
/// The app answers 414 to any target that comes so far. Actix cannot hold one over 64 KiB, and answers 400, or 431 if
/// the whole head is over 128 KiB. This replaces the status of that answer if a request line was too long. Nothing else
/// is changed, and no request is rejected here.
pub struct LongTargets<S> {
    inner: S,
    line: Line,
    /// Whether a request line was too long since something was last answered.
    is_too_long: bool,
    /// What is left to be written of the new status line.
    unwritten: &'static [u8],
}

/// The line that is being read.
#[derive(Default)]
struct Line {
    length: usize,
    /// Whether it has a space before any colon, as request lines have, and header fields have not.
    is_request_line: Option<bool>,
}

impl<S> LongTargets<S> {
    /// Watches what is read from and written to `inner`.
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            line: Line::default(),
            is_too_long: false,
            unwritten: b"",
        }
    }

    fn watch(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let line = &mut self.line;
            line.length += part.len();
            line.is_request_line = line.is_request_line.or_else(|| {
                let sign = part.iter().find(|byte| b" :".contains(byte))?;
                Some(*sign == b' ')
            });
            self.is_too_long |= line.length > LONGEST_TARGET && line.is_request_line == Some(true);
            if part.ends_with(b"\n") {
                *line = Line::default();
            }
        }
    }
}

/// The length of the status line, if `answer` is one of Actix to a head that it cannot read.
fn unreadable(answer: &[u8]) -> Option<usize> {
    let status_line = UNREADABLE.iter().find(|status_line| {
        let rest = answer.strip_prefix(status_line.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(WITHOUT_CONTENT))
    })?;
    Some(status_line.len())
}

impl<S: AsyncRead + Unpin> AsyncRead for LongTargets<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        self.watch(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LongTargets<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Some(replaced) = unreadable(bytes).filter(|_| self.is_too_long) else {
            self.is_too_long = false;
            return Pin::new(&mut self.inner).poll_write(context, bytes);
        };
        if self.unwritten.is_empty() {
            self.unwritten = URI_TOO_LONG;
        }
        while !self.unwritten.is_empty() {
            let unwritten = self.unwritten;
            let written = ready!(Pin::new(&mut self.inner).poll_write(context, unwritten))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unwritten = &unwritten[written..];
        }
        self.is_too_long = false;
        Poll::Ready(Ok(replaced))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_too_long(parts: &[String]) -> bool {
        let mut connection = LongTargets::new(tokio::io::empty());
        for part in parts {
            connection.watch(part.as_bytes());
        }
        connection.is_too_long
    }

    #[test]
    fn only_a_request_line_is_too_long_for_a_target() {
        let long = "x".repeat(LONGEST_TARGET);
        for (parts, expected) in [
            (vec![format!("GET /{long} HTTP/1.1\r\n")], true),
            (vec!["GE".to_owned(), "T /".to_owned(), long.clone()], true),
            (vec![format!("GET / HTTP/1.1\r\nhost: x\r\n\r\nGET /{long}")], true),
            (vec!["GET /".to_owned(), "\n".to_owned(), long.clone()], false),
            (vec![format!("GET / HTTP/1.1\r\nx: {long}")], false),
            (vec![long], false),
        ] {
            assert_eq!(is_too_long(&parts), expected, "{} parts", parts.len());
        }
    }
}
