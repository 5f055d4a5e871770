//! An answer that ends before it is whole, together with its connection.
//!
//! **Invariant**: all that came before the break was sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio_util::io::ReaderStream;

/// A body that gives all of `part`, and then an end that is none.
pub(crate) fn broken_off(part: impl AsyncRead + Send + 'static) -> Body {
    Body::from_stream(ReaderStream::new(part.chain(Break { flushed: false })))
}

/// Breaks off, but only after what came before it was sent.
struct Break {
    flushed: bool,
}

impl AsyncRead for Break {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.flushed {
            return Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()));
        }
        self.flushed = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
