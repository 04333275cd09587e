//! What accepts connections. It is Actix' `HttpServer` in what it does, but that hands out no connection to be watched.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_http::{HttpService, KeepAlive, Request, Response};
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{AppConfig, Service},
    rt::net::TcpStream,
};
use tokio::net::{TcpSocket, lookup_host};

use super::{adapters::cores, configuration::ServerConfig, expectation::ask_for_bodies_late};
use crate::presentation::http::{Connection, LongTargets};

/// The most workers that Actix can hold.
const MAX_WORKERS: usize = 512;

/// How many connections the kernel keeps until there is room for them.
const BACKLOG: u32 = 1024;

/// How much longer a connection is kept than the head of its first request may take, which Actix answers with 408.
const GRACE: Duration = Duration::from_secs(1);

/// Listens on every address that the configuration names.
///
/// # Errors
/// If it can listen on none of them.
pub async fn listeners(config: &ServerConfig) -> io::Result<Vec<TcpListener>> {
    let (mut listeners, mut refusal) = (Vec::new(), None);
    for address in lookup_host((config.host.as_str(), config.port)).await? {
        match listener(address) {
            Ok(listener) => listeners.push(listener),
            Err(error) => refusal = Some(error),
        }
    }
    match refusal {
        Some(error) if listeners.is_empty() => Err(error),
        _ => Ok(listeners),
    }
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Prepares a server that hands what comes to `listeners` to an app of each worker.
///
/// # Errors
/// If the operating system lets it have no listener.
pub fn listen<F, A, S, B>(config: &ServerConfig, listeners: Vec<TcpListener>, app: F) -> io::Result<ServerBuilder>
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
    // No more than there can be connections, so that each has room for one.
    let workers = workers.min(config.max_connections);
    let mut server = Server::build()
        .workers(workers)
        .max_concurrent_connections(config.max_connections / workers)
        .shutdown_timeout(config.shutdown_timeout.as_secs())
        // Actix would cut running requests on SIGINT.
        .disable_signals();
    let (keep_alive, request_timeout) = (keep_alive(config.keep_alive), config.request_timeout);
    for listener in listeners {
        let (app, stop) = (app.clone(), server.graceful_shutdown_signal());
        server = server.listen("http", listener, move || {
            let stop = stop.clone();
            let (expect, app) = ask_for_bodies_late(map_config(app(), |()| AppConfig::default()));
            let http = HttpService::build()
                .keep_alive(keep_alive)
                .client_request_timeout(request_timeout)
                .client_disconnect_timeout(Duration::from_secs(1))
                .graceful_shutdown_signal(move || {
                    let stop = stop.clone();
                    async move { stop.notified().await }
                })
                .on_connect_ext(|connection: &Connection<LongTargets<TcpStream>>, data| {
                    data.insert(connection.at_work().clone());
                })
                .expect(expect)
                .h1(app);
            fn_service(move |stream: TcpStream| async move {
                let client = stream.peer_addr().ok();
                let connection = Connection::new(LongTargets::new(stream), request_timeout + GRACE);
                Ok((connection, client))
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
