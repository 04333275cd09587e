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

/// The client of a request with these headers.
async fn logged_client(server: &Server, headers: &[(&str, &str)]) -> String {
    let client = server.anonymous();
    let mut request = client.request(Method::GET, "/health/live");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = client.send(request).await;
    let request_id = answer.header("x-request-id").unwrap();
    let log = server.log();
    let line = log.lines().find(|line| line.contains(request_id)).unwrap();
    let (_, address) = line.split_once(" address=").unwrap();
    address.split(' ').next().unwrap().to_owned()
}
