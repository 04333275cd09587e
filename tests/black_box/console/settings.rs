//! What the configuration changes about the pages.

use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::Server;

#[rstest]
#[case::both(true, true, Some("/docs/"))]
#[case::pages_alone(false, true, Some("/console/"))]
#[case::docs_alone(true, false, Some("/docs/"))]
#[case::neither(false, false, None)]
#[tokio::test]
async fn the_root_leads_to_what_is_served(#[case] docs: bool, #[case] console: bool, #[case] home: Option<&str>) {
    let (docs, console) = (docs.to_string(), console.to_string());
    let variables = [("APP_DOCS__ENABLED", &*docs), ("APP_CONSOLE__ENABLED", &*console)];
    let server = Server::start_with(DatabaseKind::Sqlite, &variables);
    let answer = server.anonymous().get("/").await;
    match home {
        Some(home) => {
            assert_eq!(answer.status, 307, "{answer:?}");
            assert_eq!(answer.header("location"), Some(home));
        }
        None => {
            answer.problem(404, "route_not_found");
        }
    }
}

#[tokio::test]
async fn pages_can_be_switched_off() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_CONSOLE__ENABLED", "false")]);
    let anonymous = server.anonymous();
    for path in [
        "/console",
        "/console/",
        "/console/login",
        "/console/users",
        "/console/style.css",
    ] {
        anonymous.get(path).await.problem(404, "route_not_found");
    }
    assert!(!server.log().contains("people log in at"));
}

#[tokio::test]
async fn the_title_stands_in_the_head_of_every_page() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_CONSOLE__TITLE", "Tea & <Biscuits>")]);
    let anonymous = server.anonymous();
    for path in ["/console/login", "/console/nowhere"] {
        let text = anonymous.get(path).await.text;
        assert!(text.contains("– Tea &#38; &#60;Biscuits&#62;</title>"), "{text}");
        assert!(text.contains(">Tea &#38; &#60;Biscuits&#62;</a>"), "{text}");
        assert!(!text.contains("<Biscuits>"), "{text}");
    }
}

#[tokio::test]
async fn where_sign_up_is_closed_it_is_not_offered() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_SIGN_UP__ENABLED", "false")]);
    let anonymous = server.anonymous();
    assert!(!anonymous.get("/console/login").await.page(200).contains("signup"));
    anonymous.get("/console/signup").await.page(403);
    let fields = [
        ("username", "alice"),
        ("password", "correct horse battery"),
        ("password_again", "correct horse battery"),
    ];
    anonymous.post_form("/console/signup", &fields).await.page(403);
}

#[tokio::test]
async fn browsers_keep_the_style_sheet_until_it_changes() {
    let server = Server::start(DatabaseKind::Sqlite);
    let anonymous = server.anonymous();
    let page = anonymous.get("/console/login").await;
    let (_, rest) = page.page(200).split_once("rel=\"stylesheet\" href=\"").unwrap();
    let (address, _) = rest.split_once('"').unwrap();
    assert!(address.starts_with("/console/style.css?"), "{address}");
    let style = anonymous.get(address).await;
    assert_eq!(style.status, 200);
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(
        style.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    assert!(style.text.contains("prefers-color-scheme: dark"));
}
