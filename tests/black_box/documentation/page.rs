//! The page, and whether it is there.

use reqwest::Method;
use rstest::rstest;
use test_database::DatabaseKind;

use super::DOCUMENT;
use crate::support::Server;

#[tokio::test]
async fn the_root_leads_to_the_page() {
    let server = Server::start(DatabaseKind::Sqlite);
    for path in ["/", "/docs"] {
        let answer = server.anonymous().get(path).await;
        assert_eq!(answer.status, 307, "{path}");
        assert_eq!(answer.header("location"), Some("/docs/"), "{path}");
    }
}

#[tokio::test]
async fn the_page_and_all_it_needs_come_from_the_server_itself() {
    let server = Server::start(DatabaseKind::Sqlite);
    let client = server.anonymous();
    for (file, media_type) in [
        ("", "text/html; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("index.css", "text/css; charset=utf-8"),
        ("swagger-ui.css", "text/css; charset=utf-8"),
        ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("swagger-ui-standalone-preset.js", "text/javascript; charset=utf-8"),
        ("swagger-initializer.js", "text/javascript; charset=utf-8"),
        ("favicon-32x32.png", "image/png"),
    ] {
        let answer = client.get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
        assert_eq!(answer.header("content-type"), Some(media_type), "{file}");
        assert!(!answer.text.is_empty(), "{file}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{file}: {policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains("http"),
            "{file}: {policy}"
        );
    }
    let page = client.get("/docs/").await.text;
    for (_, rest) in page
        .match_indices("src=\"")
        .chain(page.match_indices("href=\""))
        .map(|(at, what)| page.split_at(at + what.len()))
    {
        let link = rest.split('"').next().unwrap();
        assert!(!link.contains("//"), "{link} is not of this server");
        assert_eq!(
            client
                .get(&format!("/docs/{}", link.trim_start_matches("./")))
                .await
                .status,
            200,
            "{link}"
        );
    }
    let initializer = client.get("/docs/swagger-initializer.js").await.text;
    assert!(initializer.contains(DOCUMENT), "{initializer}");
}

#[rstest]
#[case::asked_for("gzip, deflate, br", true)]
#[case::among_all("*", false)]
#[case::not_asked_for("", false)]
#[case::refused("gzip;q=0", false)]
#[tokio::test]
async fn files_come_compressed_to_those_who_ask_for_it(#[case] accepted: &str, #[case] compressed: bool) {
    let server = Server::start(DatabaseKind::Sqlite);
    let request = server.anonymous().request(Method::GET, "/docs/swagger-ui.css");
    let answer = request.header("accept-encoding", accepted).send().await.unwrap();

    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["vary"], "Accept-Encoding");
    assert_eq!(answer.headers().contains_key("content-encoding"), compressed);
    let body = answer.bytes().await.unwrap();
    assert_eq!(body.starts_with(&[0x1f, 0x8b]), compressed);
    assert_eq!(body.starts_with(b".swagger-ui"), !compressed);
}

#[tokio::test]
async fn the_page_has_no_other_files() {
    let server = Server::start(DatabaseKind::Sqlite);
    for file in ["nothing.js", "swagger-ui", "index.html/", "a/b/c", "%00"] {
        let answer = server.anonymous().get(&format!("/docs/{file}")).await;
        answer.problem(404, "route_not_found");
    }
}

#[tokio::test]
async fn documentation_can_be_switched_off() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_DOCS__ENABLED", "false")]);
    for path in ["/docs", "/docs/", "/docs/index.html", "/docs/swagger-ui.css", DOCUMENT] {
        server.anonymous().get(path).await.problem(404, "route_not_found");
    }
    server.anonymous().get("/api/v1/").await.expect(200);
}
