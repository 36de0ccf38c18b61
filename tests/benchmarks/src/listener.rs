//! Connections that are counted, can be slow to open and can speak TLS.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::serve::Listener;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::TlsAcceptor;

/// A connection, with TLS or without.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

/// Hands connections on once they are open. They are opened side by side: none waits for another's handshake.
pub(crate) struct Connections {
    address: SocketAddr,
    open: mpsc::Receiver<Box<dyn Connection>>,
}

impl Connections {
    /// Accepts from now on. `delay` is that of one round trip.
    pub(crate) fn new(
        listener: TcpListener,
        acceptor: Option<TlsAcceptor>,
        accepted: Arc<AtomicUsize>,
        delay: Duration,
    ) -> io::Result<Self> {
        let (opened, open) = mpsc::channel(16);
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Relaxed);
                let (acceptor, opened) = (acceptor.clone(), opened.clone());
                tokio::spawn(async move {
                    if let Some(connection) = connection(stream, acceptor, delay).await {
                        let _ = opened.send(connection).await;
                    }
                });
            }
        });
        Ok(Self { address, open })
    }
}

/// One round trip for TCP, another one for TLS 1.3.
async fn connection(stream: TcpStream, acceptor: Option<TlsAcceptor>, delay: Duration) -> Option<Box<dyn Connection>> {
    stream.set_nodelay(true).ok()?;
    if !delay.is_zero() {
        tokio::time::sleep(if acceptor.is_some() { delay * 2 } else { delay }).await;
    }
    match acceptor {
        Some(acceptor) => Some(Box::new(acceptor.accept(stream).await.ok()?)),
        None => Some(Box::new(stream)),
    }
}

impl Listener for Connections {
    type Addr = SocketAddr;
    type Io = Box<dyn Connection>;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.open.recv().await {
            Some(connection) => (connection, self.address),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
