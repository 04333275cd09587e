//! What Prometheus reads, and who else can.

use std::{
    collections::BTreeSet,
    io::Write,
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use regex_lite::Regex;
use reqwest::Method;
use sea_orm::ConnectionTrait;
use test_database::{DatabaseKind, apply, on_every_database};
use uuid::Uuid;

use crate::support::{Exposition, PASSWORD, PATIENCE, Page, Program, Server, forger};

const METRICS: (&str, &str) = ("APP_SERVER__METRICS_ADDR", "127.0.0.1:0");

/// Scrapes until the sum of these samples is what it is to be.
async fn wait_for(server: &Server, name: &str, labels: &[(&str, &str)], sum: f64) {
    let start = Instant::now();
    while server.scrape().await.sum(name, labels) != sum {
        assert!(start.elapsed() < PATIENCE, "{:#?}", server.scrape().await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn by_default_there_are_none() {
    let server = Server::start(DatabaseKind::Sqlite);
    assert!(!server.log().contains("metrics"), "{}", server.log());
    server.anonymous().get("/metrics").await.problem(404, "route_not_found");
}

#[tokio::test]
async fn they_are_on_their_own_listener_which_has_nothing_else_but_health() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[METRICS]);
    let scraper = server.scraper();

    let answer = scraper.get("/metrics?name=any").await;

    assert_eq!(answer.status, 200);
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.header("content-type"), Some(media_type));
    assert_eq!(answer.cookies(), [""; 0]);
    for path in ["/", "/metrics/", "/health/", "/api/v1/", "/docs/"] {
        assert_eq!(scraper.get(path).await.status, 404, "{path}");
    }
    for method in [Method::HEAD, Method::POST, Method::DELETE, Method::TRACE] {
        let answer = scraper.send(scraper.request(method.clone(), "/metrics")).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), Some("GET"), "{method}");
    }
    server.anonymous().get("/metrics").await.problem(404, "route_not_found");
    let counted = server.scrape().await;
    assert_eq!(
        counted.values("http_route"),
        BTreeSet::from(["_OTHER"]),
        "the scrapes are not counted"
    );
    assert!(!server.log().contains("path=/metrics?"), "{}", server.log());
}

#[apply(on_every_database)]
#[tokio::test]
async fn requests_are_counted_by_method_route_and_status(database: DatabaseKind) {
    let server = Server::start_with(database, &[METRICS]);
    let root = server.super_admin("root.admin").await;
    let id = Uuid::from_u128(0x0192_f3a0);
    for path in ["/api/v1/users", "/api/v1/users/"] {
        root.get(path).await.expect(200);
    }
    root.get(&format!("/api/v1/users/{id}"))
        .await
        .problem(404, "user_not_found");
    root.get(&format!("/api/v1/users/{id}/sessions"))
        .await
        .problem(404, "user_not_found");
    for path in [
        format!("/api/v1/users/{id}/nowhere"),
        format!("/{id}"),
        "/api/v2/users".to_owned(),
    ] {
        root.get(&path).await.problem(404, "route_not_found");
    }
    let long = format!("/api/v1/users/{}", "x".repeat(9000));
    root.get(&long).await.problem(414, "uri_too_long");
    for method in [Method::HEAD, Method::PUT, Method::from_bytes(b"BREW").unwrap()] {
        root.send(root.request(method, "/health/live")).await;
    }
    root.log_in("root.admin", PASSWORD)
        .await
        .problem(403, "already_authenticated");
    server
        .anonymous()
        .log_in("nobody", "wrong password")
        .await
        .problem(401, "invalid_credentials");

    let counted = server.scrape().await;

    for (method, route, status, times) in [
        ("GET", "/api/v1/users", "200", 2.0),
        ("GET", "/api/v1/users/{user_id}", "404", 1.0),
        ("GET", "/api/v1/users/{user_id}", "414", 1.0),
        ("GET", "/api/v1/users/{user_id}/sessions", "404", 1.0),
        ("GET", "_OTHER", "404", 3.0),
        ("HEAD", "/health/live", "200", 1.0),
        ("PUT", "/health/live", "405", 1.0),
        ("_OTHER", "/health/live", "405", 1.0),
        ("POST", "/api/v1/account/login", "200", 1.0),
        ("POST", "/api/v1/account/login", "403", 1.0),
        ("POST", "/api/v1/account/login", "401", 1.0),
    ] {
        let labels = [
            ("http_request_method", method),
            ("http_route", route),
            ("http_response_status_code", status),
        ];
        let counted = counted.sum("http_server_request_duration_seconds_count", &labels);
        assert_eq!(counted, times, "{method} {route} {status}");
    }
    assert_eq!(counted.sum("http_server_request_duration_seconds_count", &[]), 14.0);
    assert_eq!(counted.sum("http_server_active_requests", &[]), 0.0);
    let id = id.to_string();
    assert!(!counted.values("http_route").iter().any(|route| route.contains(&id)));
}

#[tokio::test]
async fn a_request_whose_client_gives_up_is_counted_as_such() {
    let slow = ("APP_SECURITY__PASSWORD__BCRYPT_COST", "15");
    let server = Server::start_with(DatabaseKind::Sqlite, &[METRICS, slow]);
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    let mut client = TcpStream::connect(server.base_url().trim_start_matches("http://")).unwrap();
    // Whoever leaves an answer unread resets the connection.
    let requests = format!(
        "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\nPOST /api/v1/account/login/ HTTP/1.1\r\nhost: x\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    client.write_all(requests.as_bytes()).unwrap();
    wait_for(&server, "gatehouse_password_hashes_running", &[], 1.0).await;
    assert_eq!(server.scrape().await.sum("http_server_active_requests", &[]), 1.0);
    assert!(client.peek(&mut [0]).unwrap() > 0);

    drop(client);

    let given_up = [
        ("http_route", "/api/v1/account/login"),
        ("http_response_status_code", "499"),
    ];
    wait_for(&server, "http_server_request_duration_seconds_count", &given_up, 1.0).await;
    assert_eq!(server.scrape().await.sum("http_server_active_requests", &[]), 0.0);
}

#[tokio::test]
async fn a_log_in_is_one_more_hash() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[METRICS]);
    server.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    let before = server.scrape().await;

    server.logged_in("alice").await;

    let after = server.scrape().await;
    for (suffix, labels) in [("count", &[][..]), ("bucket", &[("le", "+Inf")])] {
        let name = format!("gatehouse_password_hash_duration_seconds_{suffix}");
        assert_eq!((before.sum(&name, labels), after.sum(&name, labels)), (1.0, 2.0));
    }
    let took = |exposition: &Exposition| exposition.sum("gatehouse_password_hash_duration_seconds_sum", &[]);
    assert!(took(&after) > took(&before));
    for idle in ["running", "waiting", "refused_total"] {
        assert_eq!(
            after.sum(&format!("gatehouse_password_hashes_{idle}"), &[]),
            0.0,
            "{idle}"
        );
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_pools_tell_how_much_they_are_used(database: DatabaseKind) {
    let server = Server::start_with(database, &[METRICS, ("APP_DATABASE__MAX_CONNECTIONS", "5")]);
    server.user("alice").await.me().await.expect(200);

    let told = server.scrape().await;

    let pools: &[_] = match database {
        DatabaseKind::Sqlite => &[("writer", 1.0), ("reader", 5.0)],
        DatabaseKind::Postgres => &[("writer", 5.0), ("reader", 5.0)],
    };
    assert_eq!(told.values("pool"), pools.iter().map(|(pool, _)| *pool).collect());
    for (pool, max) in pools {
        assert_eq!(told.sum("gatehouse_database_connections_max", &[("pool", pool)]), *max);
        let open = told.sum("gatehouse_database_connections", &[("pool", pool)]);
        assert!((1.0..=*max).contains(&open), "{told:#?}");
    }
}

#[tokio::test]
async fn what_is_purged_is_counted() {
    let mut server = Server::start_with(DatabaseKind::Sqlite, &[METRICS]);
    server.user("alice").await;
    server.logged_in("alice").await;
    let kinds = ["audit_events", "links", "sessions", "throttle_buckets"];
    assert_eq!(server.scrape().await.values("kind"), kinds.into());
    // It would purge some in its first seconds, too.
    server.stop();
    let expire = "UPDATE auth_sessions SET expires_at = '2026-01-01T00:00:00+00:00'";
    server.open_database().await.execute_unprepared(expire).await.unwrap();
    server.restart();

    wait_for(&server, "gatehouse_purged_rows_total", &[("kind", "sessions")], 2.0).await;

    let sessions = [("kind", "sessions")];
    assert_eq!(server.scrape().await.sum("gatehouse_purged_rows_total", &sessions), 2.0);
}

#[tokio::test]
async fn the_guide_tells_of_each_of_them_its_name_type_and_labels() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[METRICS]);
    server.user("alice").await;
    let told = server.scrape().await;
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(told.sum("gatehouse_build_info", &version), 1.0);
    let exposed: BTreeSet<_> = told
        .families
        .iter()
        .map(|(family, kind)| {
            let suffix = match kind.as_str() {
                "counter" => "_total",
                "info" => "_info",
                _ => "",
            };
            let samples = told.samples.iter().filter(|sample| sample.family == *family);
            let labels = samples.flat_map(|sample| sample.labels.keys());
            let labels: BTreeSet<_> = labels.filter(|label| *label != "le").cloned().collect();
            (format!("{family}{suffix}"), kind.clone(), labels)
        })
        .collect();

    let guide = Page::read("docs/metrics.md");
    let described: BTreeSet<_> = guide
        .table("What there is")
        .into_iter()
        .map(|row| {
            let labels = row[2].split(", ").filter(|label| !label.is_empty());
            (row[0].clone(), row[1].clone(), labels.map(str::to_owned).collect())
        })
        .collect();

    assert_eq!(exposed, described);

    let names: BTreeSet<_> = told.samples.iter().map(|sample| &*sample.name).collect();
    let named = Regex::new("(?:gatehouse|http_server)_[a-z_]*[a-z]").unwrap();
    let queries = guide
        .table("What to look at")
        .into_iter()
        .map(|row| &*row[1])
        .collect::<String>();
    for name in named.find_iter(&queries) {
        assert!(names.contains(name.as_str()), "{}", name.as_str());
    }
}

#[test]
fn an_address_that_is_taken_is_said_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let variables = [
        ("APP_SERVER__METRICS_ADDR", address.as_str()),
        ("APP_LOGS__LEVEL", "error"),
    ];
    let program = Program::with(DatabaseKind::Sqlite, &[&forger::SECRETS[..], &variables].concat());

    let complaint = program.run(&["serve"]).refused();

    let advice = format!("cannot listen on {address}: choose another server.metrics_addr (APP_SERVER__METRICS_ADDR)");
    assert!(complaint.starts_with(&advice), "{complaint}");
}

#[tokio::test]
async fn scrapers_do_not_delay_the_stop() {
    let mut server = Server::start_with(DatabaseKind::Sqlite, &[METRICS]);
    let scraper = server.scraper();
    scraper.get("/metrics").await;
    let address = server.metrics_address();
    let silent = TcpStream::connect(&address).unwrap();
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.write_all(b"GET /metrics HTTP/1.1\r\nhost:").unwrap();

    let start = Instant::now();
    assert_eq!(server.stop().code(), Some(0));

    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!(TcpStream::connect(address).is_err());
    drop((scraper, silent, slow));
}
