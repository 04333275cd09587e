//! Gatehouse, a service, and the proxy of the guide in front of it.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use reqwest::{Method, RequestBuilder, header::HOST, redirect::Policy};
use tempfile::TempDir;
use test_database::DatabaseKind;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::service::{Seen, Service};
use crate::support::{Answer, PATIENCE, Page, Server};

const GUIDE: &str = "docs/integrate/protect-another-service.md";

/// A proxy that guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    Nginx,
    Caddy,
}

pub struct Place {
    pub server: Server,
    pub http: reqwest::Client,
    /// Where the proxy listens.
    pub port: u16,
    service: Service,
    process: Child,
    _directory: TempDir,
}

impl Place {
    /// The service is guarded as the guide says.
    pub fn new(proxy: Proxy, database: DatabaseKind) -> Self {
        let port = free_port();
        let server = Server::start_with(database, &borrowed(&variables(port)));
        Self::with(
            server,
            port,
            |server, service| configuration(proxy, port, server, service),
            proxy,
        )
    }

    /// The same, on a database that does not go with it.
    pub fn at(proxy: Proxy, url: &str) -> Self {
        let port = free_port();
        let server = Server::start_at(url, &borrowed(&variables(port)));
        Self::with(
            server,
            port,
            |server, service| configuration(proxy, port, server, service),
            proxy,
        )
    }

    /// The trial of the guide.
    pub fn of_trial(proxy: Proxy) -> Self {
        let port = free_port();
        let server = Server::start_with(DatabaseKind::Sqlite, &borrowed(&variables(port)));
        let configuration = |server: &str, _: &str| match proxy {
            Proxy::Nginx => {
                let trial = replace_all(&block("nginx try"), "127.0.0.1:8080", &format!("127.0.0.1:{port}"));
                let trial = replace_all(&trial, "127.0.0.1:3000", &format!("127.0.0.1:{}", free_port()));
                nginx(&replace_all(&trial, "127.0.0.1:8000", server))
            }
            Proxy::Caddy => {
                let trial = block("caddyfile try");
                let trial = replace_all(&trial, ".gate.localhost:8080", &format!(".gate.localhost:{port}"));
                replace_all(&trial, "127.0.0.1:8000", server)
            }
        };
        Self::with(server, port, configuration, proxy)
    }

    fn with(server: Server, port: u16, configuration: impl Fn(&str, &str) -> String, proxy: Proxy) -> Self {
        let service = Service::start();
        let directory = tempfile::tempdir().unwrap();
        let of_server = server.base_url().strip_prefix("http://").unwrap();
        let text = configuration(of_server, &service.address.to_string());
        let process = start(proxy, &text, directory.path(), port);
        Self {
            server,
            http: reqwest::Client::builder().redirect(Policy::none()).build().unwrap(),
            port,
            service,
            process,
            _directory: directory,
        }
    }

    /// The origin of the service.
    pub fn origin(&self) -> String {
        format!("http://app.gate.localhost:{}", self.port)
    }

    /// The origin of Gatehouse, as browsers see it.
    pub fn log_in_origin(&self) -> String {
        format!("http://auth.gate.localhost:{}", self.port)
    }

    /// Where the proxy listens.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where somebody logs in who asked for this path of the service.
    pub fn log_in_for(&self, path: &str) -> String {
        let rd: String = form_urlencoded::byte_serialize(format!("{}{path}", self.origin()).as_bytes()).collect();
        format!("{}/console/login?rd={rd}", self.log_in_origin())
    }

    /// A request to the service, through the proxy.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base_url()));
        request.header(HOST, format!("app.gate.localhost:{}", self.port))
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// What reached the service so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.service.seen()
    }

    /// Opens a WebSocket with these headers besides; what comes back through it, or the status of a refusal.
    pub async fn upgrade(&self, headers: &str) -> Result<String, u16> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let head = format!(
            "GET /socket HTTP/1.1\r\nhost: app.gate.localhost:{}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n",
            self.port
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let head = read_until(&mut stream, "\r\n\r\n").await;
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        if status != 101 {
            return Err(status);
        }
        stream.write_all(b"a frame, echoed").await.unwrap();
        Ok(read_until(&mut stream, "echoed").await)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // nginx would leave its worker behind.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&bytes).contains(end) {
            assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "{bytes:?}");
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The settings of the guide, for a proxy on this port.
fn variables(port: u16) -> [(&'static str, String); 4] {
    [
        (
            "APP_FORWARD_AUTH__ORIGINS",
            format!("[\"http://app.gate.localhost:{port}\"]"),
        ),
        ("APP_FORWARD_AUTH__COOKIE_DOMAIN", "gate.localhost".to_owned()),
        (
            "APP_SERVER__PUBLIC_ORIGINS",
            format!("[\"http://auth.gate.localhost:{port}\"]"),
        ),
        ("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]".to_owned()),
    ]
}

fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    variables.iter().map(|(name, value)| (*name, &**value)).collect()
}

/// The configuration of the guide, with the names and ports of this place.
fn configuration(proxy: Proxy, port: u16, server: &str, service: &str) -> String {
    let here = |text: &str| {
        let text = replace_all(text, "127.0.0.1:8000", server);
        replace_all(&text, "127.0.0.1:3000", service)
    };
    match proxy {
        Proxy::Nginx => {
            let guarded = replace_all(
                &here(&block("nginx server")),
                "listen 443 ssl http2",
                &format!("listen 127.0.0.1:{port}"),
            );
            let guarded = replace_all(
                &guarded,
                "server_name app.example.com",
                "server_name app.gate.localhost",
            );
            let is_of_tls = |line: &&str| line.trim_start().starts_with("ssl_");
            let guarded: Vec<_> = guarded.lines().filter(|line| !is_of_tls(line)).collect();
            // The host of Gatehouse, as in the guide to deployment.
            let log_in = format!(
                "server {{\nlisten 127.0.0.1:{port};\nserver_name auth.gate.localhost;\nlocation / {{\n\
                 proxy_pass http://{server};\nproxy_set_header Host $http_host;\n\
                 proxy_set_header X-Forwarded-For $remote_addr;\n}}\n}}"
            );
            nginx(&format!("{}\n{}\n{log_in}", block("nginx http"), guarded.join("\n")))
        }
        Proxy::Caddy => {
            let address = format!("http://app.gate.localhost:{port} ");
            let guarded = replace_all(&here(&block("caddyfile site")), "app.example.com ", &address);
            let log_in = format!("http://auth.gate.localhost:{port} {{\nreverse_proxy {server}\n}}");
            format!("{{\nadmin off\nauto_https off\n}}\n{guarded}\n{log_in}\n")
        }
    }
}

/// A complete configuration of nginx with this in `http`, for a process in the foreground and a directory of its own.
fn nginx(http: &str) -> String {
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths = paths.map(|name| format!("{name}_temp_path {name};")).join("\n");
    format!(
        "daemon off;\npid nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}\n{http}\n}}\n"
    )
}

/// The block of the guide with this info.
fn block(info: &str) -> String {
    let text = Page::read(GUIDE).blocks_in(info);
    assert!(!text.is_empty(), "{GUIDE} has no block of {info:?}");
    text
}

fn replace_all(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{GUIDE}: {from:?} is not in\n{text}");
    text.replace(from, to)
}

/// Starts the proxy in the foreground, and waits until it listens.
fn start(proxy: Proxy, text: &str, directory: &Path, port: u16) -> Child {
    let (file, log) = (directory.join("configuration"), directory.join("log"));
    fs::write(&file, text).unwrap();
    let mut command = match proxy {
        Proxy::Nginx => {
            let mut command = Command::new("nginx");
            command
                .arg("-p")
                .arg(directory)
                .arg("-e")
                .arg("stderr")
                .arg("-c")
                .arg(&file);
            command
        }
        Proxy::Caddy => {
            let mut command = Command::new("caddy");
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
            command
        }
    };
    // Where Caddy keeps what it would like to keep.
    command
        .env("HOME", directory)
        .env("XDG_DATA_HOME", directory)
        .env("XDG_CONFIG_HOME", directory);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&log).unwrap());
    let path = std::env::var("PATH").unwrap_or_default();
    let mut process = command.env("PATH", format!("{path}:/usr/sbin")).spawn().unwrap();
    let start = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        let ended = process.try_wait().unwrap();
        assert!(
            ended.is_none() && start.elapsed() < PATIENCE,
            "{proxy:?} does not start:\n{}\n{text}",
            fs::read_to_string(&log).unwrap()
        );
        thread::sleep(Duration::from_millis(20));
    }
    process
}
