//! Forms: what is kept, what is told, and what happens.

use test_database::DatabaseKind;

use crate::support::{PASSWORD, Server};

const NEW_PASSWORD: &str = "another horse battery";

#[tokio::test]
async fn a_sign_up_leads_to_the_log_in() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.anonymous();
    let fields = [
        ("username", "Alice"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    assert_eq!(
        alice.post_form("/console/signup", &fields).await.leads_to(),
        "/console/login"
    );
    let page = alice.get("/console/login").await;
    assert!(page.page(200).contains("Your account was created."), "{page:?}");
    alice.log_in("Alice", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_rejected_form_keeps_what_was_typed_but_passwords_and_blames_the_field() {
    let server = Server::start(DatabaseKind::Sqlite);
    let anonymous = server.anonymous();
    anonymous.sign_up("alice", PASSWORD).await.expect(201);
    for (status, username, password, again, field, message) in [
        (
            400,
            "al",
            PASSWORD,
            PASSWORD,
            "username",
            "A username must have 5 to 20 characters.",
        ),
        (409, "ALICE", PASSWORD, PASSWORD, "username", "taken"),
        (
            400,
            "brian",
            "short",
            "short",
            "password",
            "A password must have 8 to 256 characters.",
        ),
        (400, "brian", "password1", "password1", "password", "most common"),
        (
            422,
            "brian",
            PASSWORD,
            NEW_PASSWORD,
            "password_again",
            "The two passwords are different.",
        ),
    ] {
        let fields = [
            ("username", username),
            ("password", password),
            ("password_again", again),
        ];
        let answer = anonymous.post_form("/console/signup", &fields).await;
        let text = answer.page(status);
        assert!(text.contains(&format!("value=\"{username}\"")), "{text}");
        assert!(!text.contains(password) && !text.contains(again), "{text}");
        let (_, error) = text
            .split_once(&format!("id=\"{field}-error\" role=\"alert\">"))
            .unwrap();
        assert!(error.split_once('<').unwrap().0.contains(message), "{text}");
        assert!(text.contains("<title>Error: Sign up"), "{text}");
        assert_eq!(text.matches("aria-invalid").count(), 1, "{text}");
        assert!(
            text.contains(&format!("autofocus aria-describedby=\"{field}-error")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_own_password_is_changed_with_the_current_one() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    let other = server.logged_in("alice").await;
    let change = |current: &'static str, password: &'static str, again: &'static str| {
        let fields = [
            ("username", "alice"),
            ("current_password", current),
            ("password", password),
            ("password_again", again),
        ];
        let alice = alice.clone();
        async move { alice.post_form("/console/password", &fields).await }
    };
    let wrong = change("wrong horse", NEW_PASSWORD, NEW_PASSWORD).await;
    assert!(
        wrong
            .page(403)
            .contains("id=\"current_password-error\" role=\"alert\">The current password is wrong."),
        "{wrong:?}"
    );
    change(PASSWORD, NEW_PASSWORD, PASSWORD).await.page(422);
    other.me().await.expect(200);

    let before = alice.cookie();
    assert_eq!(
        change(PASSWORD, NEW_PASSWORD, NEW_PASSWORD).await.leads_to(),
        "/console/"
    );
    assert_ne!(alice.cookie(), before, "the session gets another token");
    assert!(
        alice
            .get("/console/")
            .await
            .page(200)
            .contains("Your password was changed.")
    );
    other.me().await.problem(401, "not_authenticated");
    server.anonymous().log_in("alice", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn own_sessions_are_shown_and_ended() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    let others = [server.logged_in("alice").await, server.logged_in("alice").await];
    let page = alice.get("/console/").await;
    let text = page.page(200);
    assert_eq!(text.matches("from 127.0.0.1").count(), 3, "{text}");
    assert_eq!(text.matches("This session").count(), 1, "{text}");
    let (_, rest) = text.split_once("action=\"/console/sessions/").unwrap();
    let (id, _) = rest.split_once("/end\"").unwrap();
    let end = format!("/console/sessions/{id}/end");
    assert_eq!(alice.post_form(&end, &[]).await.leads_to(), "/console/");
    alice.post_form(&end, &[]).await.page(404);
    let stranger = server.user("brian").await;
    let (_, rest) = alice
        .get("/console/")
        .await
        .text
        .split_once("/console/sessions/")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let (of_alice, _) = rest.split_once("/end\"").unwrap();
    stranger
        .post_form(&format!("/console/sessions/{of_alice}/end"), &[])
        .await
        .page(404);

    assert_eq!(
        alice.post_form("/console/sessions/end-others", &[]).await.leads_to(),
        "/console/"
    );
    for other in &others {
        other.me().await.problem(401, "not_authenticated");
    }
    let again = server.logged_in("alice").await;
    assert_eq!(
        alice.post_form("/console/sessions/end-all", &[]).await.leads_to(),
        "/console/login"
    );
    assert_eq!(alice.cookie(), None);
    again.me().await.problem(401, "not_authenticated");
}

#[tokio::test]
async fn an_action_is_asked_for_first_then_done_and_confirmed() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    let id = root.find("alice").await[0]["id"].as_str().unwrap().to_owned();
    let page = format!("/console/users/{id}");
    for (action, fields, notice) in [
        ("end-sessions", &[][..], "All sessions of the user were ended."),
        ("grant", &[], "The user is an admin now."),
        ("revoke", &[], "The user is no longer an admin."),
        ("inactivate", &[], "The user was inactivated"),
        ("reactivate", &[], "The user was reactivated"),
        (
            "password",
            &[
                ("username", "alice"),
                ("password", NEW_PASSWORD),
                ("password_again", NEW_PASSWORD),
            ],
            "The password was set.",
        ),
    ] {
        let address = format!("{page}/{action}");
        let question = root.get(&address).await;
        assert!(question.page(200).contains("<form method=\"post\">"), "{question:?}");
        assert!(question.text.contains("alice"), "{question:?}");
        assert_eq!(root.post_form(&address, fields).await.leads_to(), page, "{action}");
        let confirmed = root.get(&page).await;
        assert!(confirmed.page(200).contains(notice), "{action}: {confirmed:?}");
    }
    alice.me().await.problem(401, "not_authenticated");
    server.anonymous().log_in("alice", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn what_pages_do_is_in_the_audit_trail() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    let fields = [
        ("username", "alice"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
        ("role", "user"),
    ];
    root.post_form("/console/users/new", &fields).await.leads_to();
    let page = root.get("/console/audit?action=create_user&outcome=success").await;
    let text = page.page(200);
    assert!(text.contains(">Create user</th>"), "{text}");
    assert!(text.contains(">super</a>") && text.contains(">alice</a>"), "{text}");
}
