//! What admins do with users, and changing passwords.

use serde_json::json;
use test_database::{DatabaseKind, apply, on_every_database};
use uuid::Uuid;

use crate::support::{PASSWORD, Server, assert_user_view, blamed, time, user_of};

const NEW_PASSWORD: &str = "staple battery horse";

#[apply(on_every_database)]
#[tokio::test]
async fn an_admin_creates_a_user_who_is_found_at_the_location(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    let body = json!({"username": "Alice", "password": PASSWORD});
    let created = admin.post("/api/v1/users/", &body).await;
    let alice = created.expect(201);
    assert_user_view(&alice);
    assert_eq!(alice["username"], "Alice");
    assert_eq!(alice["role"], "user", "the default");
    assert_eq!(alice["is_active"], true);
    assert!(created.cookies().is_empty());

    let location = created.header("location").unwrap();
    assert_eq!(user_of(&admin.get(location).await.expect(200)), alice);
    server.logged_in("alice").await;
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_super_admin_creates_admins_but_nobody_creates_super_admins(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    assert_eq!(root.create("admin", "admin").await["role"], "admin");
    assert_eq!(root.create("alice", "user").await["role"], "user");
    for role in ["super_admin", "Admin", "king", ""] {
        let body = json!({"username": "other", "password": PASSWORD, "role": role});
        assert_eq!(blamed(&root.post("/api/v1/users/", &body).await), ["role"], "{role:?}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_user_is_created_by_the_rules_of_sign_up(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    for (username, password, status, code) in [
        ("no", PASSWORD, 400, "invalid_username"),
        ("alice", "7 chars", 400, "invalid_password"),
        ("alice", "password", 400, "invalid_password"),
        ("alice", "it's her, Alice", 400, "invalid_password"),
        ("ADMIN", PASSWORD, 409, "username_already_exists"),
    ] {
        let body = json!({"username": username, "password": password});
        admin.post("/api/v1/users/", &body).await.problem(status, code);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_user_is_found_by_id_only(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    let alice = admin.create("alice", "user").await;
    let id = alice["id"].as_str().unwrap();
    let found = admin.get(&format!("/api/v1/users/{id}")).await.expect(200);
    assert_eq!(user_of(&found), alice);

    for unknown in [Uuid::nil(), Uuid::max()] {
        admin
            .get(&format!("/api/v1/users/{unknown}"))
            .await
            .problem(404, "user_not_found");
    }
    for impossible in ["alice", "1", &id[1..], &format!("{id}0")] {
        let answer = admin.get(&format!("/api/v1/users/{impossible}")).await;
        assert_eq!(blamed(&answer), ["user_id"], "{impossible}");
    }
    for encoded in ["%00", "%FF", "%2F", "%F0%9F%A6%80"] {
        let answer = admin.get(&format!("/api/v1/users/{encoded}")).await;
        answer.problem(404, "route_not_found");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn changing_a_user_shows_the_user_as_changed(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let mut before = root.create("Alice", "user").await;
    for (operation, field, value) in [
        ("grant", "role", json!("admin")),
        ("inactivate", "is_active", json!(false)),
        ("revoke", "role", json!("user")),
        ("reactivate", "is_active", json!(true)),
    ] {
        let after = root.change(operation, "ALICE").await.expect(200);
        assert_user_view(&after);
        assert!(
            time(&after["updated_at"]) > time(&before["updated_at"]),
            "{operation}: {after}"
        );
        before[field] = value;
        before["updated_at"] = after["updated_at"].clone();
        assert_eq!(after, before, "{operation} changes {field} alone");
        assert_eq!(user_of(&root.find("alice").await[0]), after);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn repeating_a_change_of_a_user_changes_nothing(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    root.create("alice", "user").await;
    for operation in [
        "reactivate",
        "grant",
        "inactivate",
        "grant",
        "revoke",
        "inactivate",
        "reactivate",
        "revoke",
    ] {
        let once = root.change(operation, "alice").await.expect(200);
        let twice = root.change(operation, "alice").await.expect(200);
        assert_eq!(once, twice, "{operation}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn changing_nothing_ends_no_session(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    for operation in ["reactivate", "revoke", "grant", "grant", "revoke"] {
        root.change(operation, "alice").await.expect(200);
        alice.me().await.expect(200);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn ones_own_password_is_changed_in_the_session_at_hand_which_alone_goes_on(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("Alice").await;
    let laptop = server.logged_in("alice").await;
    let before = server.carrying(&alice.cookie().unwrap());

    // It is told by the id whose account it is, so the case of the name does not matter.
    let changed = alice.change_password("aLICE", NEW_PASSWORD, Some(PASSWORD)).await;
    assert_eq!(changed.status, 204, "{changed:?}");
    assert_eq!(changed.text, "");
    assert!(changed.cookie().1.contains(&"Max-Age=3600"));

    alice.me().await.expect(200);
    before.me().await.problem(401, "not_authenticated");
    laptop.me().await.problem(401, "not_authenticated");
    assert_has_the_new_password(&server).await;
}

#[apply(on_every_database)]
#[tokio::test]
async fn ones_own_password_is_not_changed_without_the_current_one(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let laptop = server.logged_in("super").await;
    for current in [None, Some(""), Some("not the password"), Some(NEW_PASSWORD)] {
        let refusal = root.change_password("Super", NEW_PASSWORD, current).await;
        refusal.problem(403, "wrong_current_password");
        assert!(refusal.cookies().is_empty(), "{refusal:?}");
    }
    laptop.me().await.expect(200);
    server.logged_in("super").await;
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_subordinates_password_is_changed_without_the_current_one_and_ends_all_sessions_of_that_user(
    database: DatabaseKind,
) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    let phone = server.user("alice").await;
    let laptop = server.logged_in("alice").await;
    let other = server.user("other").await;

    let changed = admin.change_password("ALICE", NEW_PASSWORD, None).await;
    assert_eq!(changed.status, 204, "{changed:?}");
    assert!(changed.cookies().is_empty());
    for device in [phone, laptop] {
        device.me().await.problem(401, "not_authenticated");
    }
    for untouched in [admin, other] {
        untouched.me().await.expect(200);
    }
    assert_has_the_new_password(&server).await;
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_password_of_an_inactive_user_can_be_changed_and_does_not_let_the_user_in(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    admin.create("alice", "user").await;
    admin.change("inactivate", "alice").await.expect(200);
    assert_eq!(admin.change_password("alice", NEW_PASSWORD, None).await.status, 204);
    server
        .anonymous()
        .log_in("alice", NEW_PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    admin.change("reactivate", "alice").await.expect(200);
    server.anonymous().log_in("alice", NEW_PASSWORD).await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_password_is_changed_under_either_spelling_of_the_path(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let [mut old, mut new] = [PASSWORD, NEW_PASSWORD];
    for path in [
        "change_password",
        "change_password/",
        "change-password",
        "change-password/",
    ] {
        let body = json!({"username": "alice", "password": new, "current_password": old});
        let changed = alice.patch(&format!("/api/v1/users/{path}"), &body).await;
        assert_eq!(changed.status, 204, "{path}: {changed:?}");
        std::mem::swap(&mut old, &mut new);
    }
}

/// Asserts that `alice` logs in with the new password, and with the old one no more.
async fn assert_has_the_new_password(server: &Server) {
    server
        .anonymous()
        .log_in("alice", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    server.anonymous().log_in("alice", NEW_PASSWORD).await.expect(200);
}
