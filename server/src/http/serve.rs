//! Connections: taken until the server stops, each with a time limit for the head of a request, all finished at the end.
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::origin::Peer;
use super::tls::Tls;

/// A client that keeps silent, before a request or within its head, is let go of. Longer than the ninety seconds for
/// which phones keep a connection.
const SILENCE: Duration = Duration::from_secs(120);
/// Heads of ours have some hundred bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// More phones than the largest project listens with.
const CONNECTIONS: usize = 4_096;
/// When the system has no descriptor left, asking again at once would only burn time.
const BREATH: Duration = Duration::from_millis(200);

/// Serves until `stop` is done, then finishes what is under way; false when that took longer than `within`.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    router: Router,
    stop: impl Future<Output = ()>,
    within: Duration,
) -> bool {
    let connections = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let (socket, address, permit) = tokio::select! {
            next = next(&listener, &room) => next,
            () = &mut stop => break,
        };
        tokio::spawn(answer(
            (socket, address),
            tls.clone(),
            router.clone(),
            connections.watcher(),
            permit,
        ));
    }
    // From here on nobody new gets in.
    drop(listener);
    tokio::time::timeout(within, connections.shutdown()).await.is_ok()
}

async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, IpAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there always is a permit.
    let permit = Arc::clone(room).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((socket, from)) => return (socket, from.ip(), permit),
            Err(error) => {
                tracing::warn!(%error, "A connection could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

async fn answer(
    (socket, address): (TcpStream, IpAddr),
    tls: Option<Arc<Tls>>,
    router: Router,
    watcher: Watcher,
    permit: Option<OwnedSemaphorePermit>,
) {
    // Small answers should leave at once; a socket that cannot promise it serves all the same.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "No TCP_NODELAY");
    }
    match tls {
        None => talk(socket, Peer { address, secure: false }, router, watcher).await,
        Some(tls) => {
            if let Some(stream) = tls.accept(socket).await {
                talk(stream, Peer { address, secure: true }, router, watcher).await;
            }
        }
    }
    drop(permit);
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: Peer,
    router: Router,
    watcher: Watcher,
) {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(SILENCE)
        .max_buf_size(LONGEST_HEAD);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "A connection broke");
    }
}
