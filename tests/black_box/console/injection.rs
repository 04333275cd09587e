//! Whatever is stored or sent is shown as text.

use test_database::DatabaseKind;

use crate::support::{PASSWORD, Server};

const MARKUP: &str = "\"'><img src=x onerror=alert(1)>&lt;";

#[tokio::test]
async fn what_is_stored_is_shown_as_text() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    let body = serde_json::json!({"username": "super", "password": PASSWORD});
    let again = server.anonymous();
    let request = again
        .request(reqwest::Method::POST, "/api/v1/account/login")
        .header("user-agent", MARKUP)
        .json(&body);
    again.send(request).await.expect(200);
    let user = root.create("alice", "user").await;
    let id = user["id"].as_str().unwrap();
    for path in [
        "/console/".to_owned(),
        "/console/users".to_owned(),
        "/console/audit".to_owned(),
        format!("/console/users/{id}"),
    ] {
        let answer = root.get(&path).await;
        assert_shown_as_text(answer.page(200));
    }
    assert!(root.get("/console/").await.text.contains("&#34;&#39;&#62;&#60;img"));
}

#[tokio::test]
async fn what_is_sent_is_shown_as_text() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    let anonymous = server.anonymous();
    let encoded = form_urlencoded::byte_serialize(MARKUP.as_bytes()).collect::<String>();
    let credentials = [
        ("username", MARKUP),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    for answer in [
        anonymous.post_form("/console/login", &credentials[..2]).await,
        anonymous.post_form("/console/signup", &credentials).await,
        anonymous.get(&format!("/console/login?rd=/console/{encoded}")).await,
        anonymous.get(&format!("/console/login?{encoded}=1")).await,
        anonymous.get(&format!("/console/users?username={encoded}")).await,
        root.get(&format!("/console/users?username={encoded}")).await,
        root.get(&format!("/console/users?role={encoded}")).await,
        root.get(&format!("/console/audit?action={encoded}")).await,
        root.get(&format!("/console/users/{encoded}")).await,
        root.post_form(
            "/console/users/new",
            &[credentials.as_slice(), &[("role", "user")]].concat(),
        )
        .await,
    ] {
        assert_shown_as_text(&answer.text);
    }
}

fn assert_shown_as_text(page: &str) {
    assert!(!page.contains("<img"), "{page}");
    assert!(!page.contains("\"'>"), "{page}");
}
