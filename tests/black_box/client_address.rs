//! Whom the server takes for the client, as its log tells.

use reqwest::Method;
use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::Server;

const X_FORWARDED_FOR: (&str, &str) = ("x-forwarded-for", "198.51.100.7, 192.0.2.1");
const FORWARDED: (&str, &str) = ("forwarded", "for=198.51.100.7, for=\"[2001:db8::1]:4711\"");

#[tokio::test]
async fn without_a_trusted_proxy_it_is_whoever_has_connected() {
    for variables in [vec![], vec![("APP_SERVER__TRUSTED_PROXIES", "[10.0.0.0/8, \"::1\"]")]] {
        let server = Server::start_with(DatabaseKind::Sqlite, &variables);
        for headers in [vec![], vec![X_FORWARDED_FOR], vec![FORWARDED, X_FORWARDED_FOR]] {
            assert_eq!(logged_client(&server, &headers).await, "127.0.0.1", "{headers:?}");
        }
    }
}

#[rstest]
#[case::by_default(&[], "192.0.2.1")]
#[case::named(&[("APP_SERVER__TRUSTED_PROXY_HEADER", "forwarded")], "2001:db8::1")]
#[tokio::test]
async fn a_trusted_proxy_names_it_in_the_one_header_that_is_configured(
    #[case] variables: &[(&str, &str)],
    #[case] expected: &str,
) {
    let trusted = [("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]")];
    let server = Server::start_with(DatabaseKind::Sqlite, &[&trusted, variables].concat());
    assert_eq!(logged_client(&server, &[X_FORWARDED_FOR, FORWARDED]).await, expected);
    assert_eq!(logged_client(&server, &[]).await, "127.0.0.1");
}

#[tokio::test]
async fn a_request_id_is_taken_from_a_trusted_proxy_alone() {
    for (trusted, is_taken) in [
        ("[]", false),
        ("[10.0.0.0/8]", false),
        ("[10.0.0.0/8, 127.0.0.1]", true),
    ] {
        let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_SERVER__TRUSTED_PROXIES", trusted)]);
        let client = server.anonymous();
        let request = client
            .request(Method::GET, "/api/v1/")
            .header("x-request-id", "trace-1");
        let answer = client.send(request).await;
        assert_eq!(
            answer.header("x-request-id") == Some("trace-1"),
            is_taken,
            "{trusted}: {answer:?}"
        );
        assert_eq!(server.log().contains("request_id=trace-1"), is_taken, "{trusted}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_listed_is_reported_once() {
    let listed = [("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]")];
    for (variables, headers, expected) in [
        (&[][..], [X_FORWARDED_FOR, FORWARDED], 1),
        (&[][..], [("x-other", "192.0.2.1"), FORWARDED], 1),
        (&[][..], [("x-other", "192.0.2.1"), ("via", "1.1 proxy")], 0),
        (&listed[..], [X_FORWARDED_FOR, FORWARDED], 0),
    ] {
        let server = Server::start_with(DatabaseKind::Sqlite, variables);
        logged_client(&server, &[]).await;
        assert!(!server.log().contains(" ERROR "), "{}", server.log());
        for _ in 0..3 {
            logged_client(&server, &headers).await;
        }
        let log = server.log();
        let errors = Vec::from_iter(log.lines().filter(|line| line.contains(" ERROR ")));
        assert_eq!(errors.len(), expected, "{headers:?}: {log}");
        for part in ["server.trusted_proxies", "127.0.0.1", "forwarded"] {
            assert!(errors.iter().all(|line| line.contains(part)), "{part}: {errors:?}");
        }
    }
}

/// The client of a request with these headers.
async fn logged_client(server: &Server, headers: &[(&str, &str)]) -> String {
    let client = server.anonymous();
    let mut request = client.request(Method::GET, "/api/v1/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = client.send(request).await;
    let request_id = answer.header("x-request-id").unwrap();
    let log = server.log();
    let mut lines = log.lines().filter(|line| line.contains(request_id));
    let line = lines.find(|line| line.contains("gatehouse::access")).unwrap();
    let (_, address) = line.split_once(" address=").unwrap();
    address.split(' ').next().unwrap().to_owned()
}
