//! Errors under `/console/` are pages; those of the API stay problem documents.

use reqwest::Method;
use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::{Server, user_of};

#[tokio::test]
async fn an_error_is_a_page_and_names_its_request() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    let form = "application/x-www-form-urlencoded";
    let post = |content_type: &'static str, body: String| {
        let request = root.request(Method::POST, "/console/password");
        root.send(request.header("content-type", content_type).body(body))
    };
    for (status, answer) in [
        (404, root.get("/console/nowhere").await),
        (404, root.get("/console/users/new/more").await),
        (404, root.get("/console//users").await),
        (404, root.get("/console/%75sers").await),
        (405, root.get("/console/logout").await),
        (405, root.delete("/console/users").await),
        (405, root.delete("/console/style.css").await),
        (413, post(form, "a=".to_owned() + &"x".repeat(100_000)).await),
        (
            414,
            root.get(&format!("/console/users?username={}", "x".repeat(9_000)))
                .await,
        ),
        (415, post("application/json", "{}".to_owned()).await),
        (422, post(form, String::new()).await),
        (422, post(form, "username=super&surprise=1".to_owned()).await),
        (422, root.get("/console/users?surprise=1").await),
        (422, root.get("/console/users?role=king").await),
        (422, root.get("/console/users?after=garbage").await),
        (422, root.get("/console/users/not-an-id").await),
        (422, root.get("/console/audit?since=yesterday").await),
    ] {
        let id = answer.header("x-request-id").unwrap().to_owned();
        let text = answer.page(status);
        assert!(text.contains(&format!("request id {id}")), "{text}");
        assert!(text.contains("<h1>") && text.contains("Log out</button>"), "{text}");
    }
    let anonymous = server.anonymous().get("/console/nowhere").await;
    assert!(!anonymous.page(404).contains("Log out"), "{anonymous:?}");
    root.get("/api/v1/nowhere").await.problem(404, "route_not_found");
    root.get("/consoles").await.problem(404, "route_not_found");
    let allow = root.get("/console/logout").await;
    assert_eq!(allow.header("allow"), Some("POST"));
}

#[tokio::test]
async fn a_page_answers_head_too() {
    let server = Server::start(DatabaseKind::Sqlite);
    let anonymous = server.anonymous();
    let answer = anonymous.send(anonymous.request(Method::HEAD, "/console/login")).await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (200, ""));
    anonymous.get("/console/login/").await.page(200);
}

#[tokio::test]
async fn a_server_that_fails_says_so_without_its_causes() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    server.run(&["migrate", "down", "--steps", "1000", "--yes"]).succeeded();
    for path in ["/console/", "/console/login"] {
        let answer = root.get(path).await;
        let text = answer.page(500);
        assert!(!text.contains("auth_sessions") && !text.contains("SELECT"), "{text}");
    }
}

#[rstest]
#[case::another_site(Some("https://example.net"), Some("cross-site"))]
#[case::same_site(Some("https://app.example.com"), Some("same-site"))]
#[case::same_site_without_origin(None, Some("same-site"))]
#[case::opaque(Some("null"), Some("cross-site"))]
#[case::opaque_of_the_same_origin(Some("null"), Some("same-origin"))]
#[case::in_an_old_browser(Some("https://example.net"), None)]
#[tokio::test]
async fn a_form_of_another_origin_changes_nothing(#[case] origin: Option<&str>, #[case] site: Option<&str>) {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    let user = root.create("alice", "user").await;
    let id = user["id"].as_str().unwrap();
    let post = |path: String, body: &'static str| {
        let mut request = root
            .request(Method::POST, &path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        root.send(request)
    };
    for (path, body) in [
        (format!("/console/users/{id}/inactivate"), "username=alice"),
        (format!("/console/users/{id}/grant"), "username=alice"),
        ("/console/logout".to_owned(), ""),
        ("/console/sessions/end-all".to_owned(), ""),
        (
            "/console/login".to_owned(),
            "username=alice&password=correct+horse+battery",
        ),
    ] {
        let answer = post(path, body).await;
        assert!(
            answer.page(403).contains("This form was not sent from here"),
            "{answer:?}"
        );
        assert_eq!(answer.cookies(), [""; 0]);
    }
    root.me().await.expect(200);
    assert_eq!(user_of(&root.find("alice").await[0]), user);
}

#[tokio::test]
async fn a_form_at_an_address_that_is_not_listed_names_the_right_one() {
    let origins = [("APP_SERVER__PUBLIC_ORIGINS", "[https://users.example.com]")];
    let server = Server::start_with(DatabaseKind::Sqlite, &origins);
    let anonymous = server.anonymous();
    let request = anonymous
        .request(Method::POST, "/console/login")
        .header("origin", server.base_url())
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("username=alice&password=correct+horse+battery");
    let answer = anonymous.send(request).await;
    assert!(
        answer.page(403).contains("href=\"https://users.example.com/console/\""),
        "{answer:?}"
    );
}
