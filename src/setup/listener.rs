//! The server below the app. It does what Actix' `HttpServer` does, which gives no access to its connections.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_http::{HttpService, KeepAlive, Request, Response, error::DispatchError};
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{AppConfig, Service},
    rt::net::TcpStream,
};
use tokio::net::{TcpSocket, ToSocketAddrs, lookup_host};

use super::{adapters::cores, configuration::ServerConfig, expectation::ask_for_bodies_late};
use crate::presentation::http::{Connection, Connections, StreamLimits};

/// Maximum number of workers in Actix.
const MAX_WORKERS: usize = 512;

/// Connections that the kernel keeps until the server accepts them.
const BACKLOG: u32 = 1024;

/// Connections accepted beyond the limit. They wait until another one can be closed for them.
const WAITING: usize = 32;

/// Time beyond the timeout of a request's head, so that Actix can answer with 408 before the connection is closed.
const GRACE: Duration = Duration::from_secs(1);

/// Binds every address of a host. Clients are rejected until [`listen_on`].
///
/// # Errors
/// If none of them can be bound.
pub async fn bind(host: impl ToSocketAddrs) -> io::Result<Vec<TcpSocket>> {
    let (mut sockets, mut refusal) = (Vec::new(), None);
    for address in lookup_host(host).await? {
        match socket(address) {
            Ok(socket) => sockets.push(socket),
            Err(error) => refusal = Some(error),
        }
    }
    match refusal {
        Some(error) if sockets.is_empty() => Err(error),
        _ => Ok(sockets),
    }
}

fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Listens on every socket.
///
/// # Errors
/// If one of them cannot listen, such as when another process was faster.
pub fn listen_on(sockets: Vec<TcpSocket>) -> io::Result<Vec<TcpListener>> {
    let listeners = sockets.into_iter().map(|socket| socket.listen(BACKLOG)?.into_std());
    listeners.collect()
}

/// Prepares a server that passes the connections that `connections` admits to an app in each worker.
///
/// # Errors
/// If the operating system rejects a listener.
pub fn listen<F, A, S, B>(
    config: &ServerConfig,
    connections: Connections,
    listeners: Vec<TcpListener>,
    app: F,
) -> io::Result<ServerBuilder>
where
    F: Fn() -> A + Clone + Send + 'static,
    A: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Error = Error> + 'static,
    S::InitError: std::fmt::Debug,
    S::Response: Into<Response<B>>,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let workers = match config.workers {
        0 => cores().min(MAX_WORKERS),
        number => number,
    };
    let mut server = Server::build()
        .workers(workers)
        .max_concurrent_connections((config.max_connections + WAITING).div_ceil(workers))
        .shutdown_timeout(config.shutdown_timeout.as_secs())
        // Actix would abort requests in flight on SIGINT.
        .disable_signals();
    let (keep_alive, request_timeout) = (keep_alive(config.keep_alive), config.request_timeout);
    let limits = StreamLimits {
        timeout: request_timeout + GRACE,
        body: config.body_limit_bytes,
    };
    let connections = Arc::new(connections);
    for listener in listeners {
        let (app, stop) = (app.clone(), server.graceful_shutdown_signal());
        let connections = Arc::clone(&connections);
        server = server.listen("http", listener, move || {
            let (stop, connections) = (stop.clone(), Arc::clone(&connections));
            let (expect, app) = ask_for_bodies_late(map_config(app(), |()| AppConfig::default()));
            let http = HttpService::build()
                .keep_alive(keep_alive)
                .client_request_timeout(request_timeout)
                .client_disconnect_timeout(Duration::from_secs(1))
                // A client that closes its end has given up, and must not hold its place in the queue for hashes.
                .h1_allow_half_closed(false)
                .graceful_shutdown_signal(move || {
                    let stop = stop.clone();
                    async move { stop.notified().await }
                })
                .on_connect_ext(|connection: &Connection<TcpStream>, data| {
                    data.insert(Arc::clone(connection.activity()));
                })
                .expect(expect)
                .h1(app);
            fn_service(move |stream: TcpStream| {
                let connections = Arc::clone(&connections);
                async move {
                    let client = stream.peer_addr().map_err(DispatchError::Io)?;
                    let slot = connections.admit(client.ip(), limits.timeout).await;
                    let slot = slot.ok_or_else(|| DispatchError::Io(io::ErrorKind::ConnectionAborted.into()))?;
                    Ok((Connection::new(stream, slot, limits), Some(client)))
                }
            })
            .and_then(http)
        })?;
    }
    Ok(server)
}

fn keep_alive(duration: Duration) -> KeepAlive {
    if duration.is_zero() {
        KeepAlive::Disabled
    } else {
        KeepAlive::Timeout(duration)
    }
}
