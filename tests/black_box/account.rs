//! Signing up, logging out, and who am I.

use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Client, PASSWORD, Server, assert_current_user, assert_user_view, time, user_of};

#[apply(on_every_database)]
#[tokio::test]
async fn a_user_signs_up_logs_in_asks_who_it_is_and_logs_out(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.anonymous();

    let signed_up = alice.sign_up("Alice", PASSWORD).await;
    let user = signed_up.expect(201);
    assert_user_view(&user);
    assert_eq!(user["username"], "Alice");
    assert_eq!(user["role"], "user");
    assert_eq!(user["is_active"], true);
    assert_eq!(user["created_at"], user["updated_at"]);
    assert!(signed_up.cookies().is_empty(), "signing up is not logging in");
    alice.me().await.problem(401, "not_authenticated");

    let logged_in = alice.log_in("ALICE", PASSWORD).await.expect(200);
    assert_current_user(&logged_in);
    assert_eq!(logged_in["id"], user["id"]);
    assert_eq!(logged_in["username"], "Alice", "the name is shown as it was typed");
    assert_eq!(alice.me().await.expect(200), logged_in);

    let logged_out = alice.log_out().await;
    assert_eq!(logged_out.status, 204);
    assert_eq!(logged_out.text, "");
    logged_out.assert_clears_the_cookie();
    alice.me().await.problem(401, "not_authenticated");
}

#[apply(on_every_database)]
#[tokio::test]
async fn sign_up_can_be_closed_and_admins_still_create_users(database: DatabaseKind) {
    let server = Server::start_with(database, &[("APP_SIGN_UP__ENABLED", "false")]);
    let refusal = server.anonymous().sign_up("alice", PASSWORD).await;
    refusal.problem(403, "sign_up_closed");

    server.admin("admin").await.create("alice", "user").await;
    server.logged_in("alice").await.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_username_is_taken_in_whatever_case(database: DatabaseKind) {
    let server = Server::start(database);
    let client = server.anonymous();
    client.sign_up("Alice.B", PASSWORD).await.expect(201);
    for taken in ["Alice.B", "alice.b", "ALICE.B"] {
        let refusal = client.sign_up(taken, PASSWORD).await;
        refusal.problem(409, "username_already_exists");
    }
    client.sign_up("alice_b", PASSWORD).await.expect(201);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_username_that_breaks_a_rule_is_told_the_rule(database: DatabaseKind) {
    let server = Server::start(database);
    let client = server.anonymous();
    for (username, rule) in [
        ("", "5 to 20 characters"),
        ("abcd", "5 to 20 characters"),
        (&*"a".repeat(21), "5 to 20 characters"),
        ("alice b", "only letters A-Z and a-z, digits"),
        ("alicé", "only letters A-Z and a-z, digits"),
        ("alice\0", "only letters A-Z and a-z, digits"),
        ("🦀🦀🦀🦀🦀", "only letters A-Z and a-z, digits"),
        ("أليسأليس", "only letters A-Z and a-z, digits"),
        (".alice", "start and end with a letter or a digit"),
        ("alice-", "start and end with a letter or a digit"),
        ("ali..ce", "two of '.', '_' and '-' in a row"),
        ("ali._ce", "two of '.', '_' and '-' in a row"),
    ] {
        let problem = client
            .sign_up(username, PASSWORD)
            .await
            .problem(400, "invalid_username");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(rule), "{username:?}: {detail}");
    }
    for username in ["abcde", &"a".repeat(20), "1.2_3-4", "12345"] {
        client.sign_up(username, PASSWORD).await.expect(201);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_password_is_any_8_to_256_characters(database: DatabaseKind) {
    let server = Server::start(database);
    let client = server.anonymous();
    for (number, password) in [
        "8 charac",
        "        ",
        "\0\0\0\0\0\0\0\0",
        "🔑🔑🔑🔑🔑🔑🔑🔑",
        "كلمة المرور",
        &"é".repeat(256),
    ]
    .into_iter()
    .enumerate()
    {
        let username = format!("alice{number}");
        client.sign_up(&username, password).await.expect(201);
        server.anonymous().log_in(&username, password).await.expect(200);
    }
    for password in ["", "7 chars", "éééé", &"x".repeat(257)] {
        let problem = client.sign_up("alice", password).await.problem(400, "invalid_password");
        assert_eq!(problem["detail"], "A password must have 8 to 256 characters.");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_password_that_is_tried_first_is_refused_but_may_be_an_attempt(database: DatabaseKind) {
    let server = Server::start(database);
    let client = server.anonymous();
    let common = "A password must not be one of the most common ones.";
    let with_username = "A password must not contain the username.";
    for (password, detail) in [
        ("password", common),
        ("PassWord123", common),
        ("йцукенгшщз", common),
        ("И\u{306}ЦУКЕНГШЩЗ", common),
        ("alice-2026", with_username),
        ("Wonderland of ALICE", with_username),
    ] {
        let problem = client.sign_up("Alice", password).await.problem(400, "invalid_password");
        assert_eq!(problem["detail"], detail, "{password}");
        client
            .log_in("Alice", password)
            .await
            .problem(401, "invalid_credentials");
    }
    client.sign_up("Alice", "password of mine").await.expect(201);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_password_matches_however_a_keyboard_composed_its_characters(database: DatabaseKind) {
    let server = Server::start(database);
    server
        .anonymous()
        .sign_up("alice", "caf\u{e9} au lait")
        .await
        .expect(201);
    server
        .anonymous()
        .log_in("alice", "cafe\u{301} au lait")
        .await
        .expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn long_passwords_are_told_apart_by_their_last_character(database: DatabaseKind) {
    let server = Server::start(database);
    let password = "x".repeat(256);
    server.anonymous().sign_up("alice", &password).await.expect(201);
    let other = format!("{}y", &password[1..]);
    let refusal = server.anonymous().log_in("alice", &other).await;
    refusal.problem(401, "invalid_credentials");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_stricter_password_policy_holds_for_new_passwords_only(database: DatabaseKind) {
    let mut server = Server::start(database);
    server.anonymous().sign_up("alice", "8 charac").await.expect(201);
    server.stop();
    server.restart_with(&[("APP_SECURITY__PASSWORD__MIN_LENGTH", "15")]);

    let problem = server
        .anonymous()
        .sign_up("bobby", "14 characters.")
        .await
        .problem(400, "invalid_password");
    assert_eq!(problem["detail"], "A password must have 15 to 256 characters.");
    server.anonymous().sign_up("bobby", "15 characters..").await.expect(201);
    server.anonymous().log_in("alice", "8 charac").await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn logging_out_ends_the_session_itself_and_no_other(database: DatabaseKind) {
    let server = Server::start(database);
    let phone = server.user("alice").await;
    let laptop = server.logged_in("alice").await;
    let stolen: Client = server.carrying(&phone.cookie().unwrap());
    stolen.me().await.expect(200);

    assert_eq!(phone.log_out().await.status, 204);
    stolen.me().await.problem(401, "not_authenticated");
    phone.log_out().await.problem(401, "not_authenticated");
    laptop.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn who_am_i_shows_the_account_and_the_end_of_the_session(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("Admin").await;
    let me = admin.me().await.expect(200);
    assert_current_user(&me);
    assert_eq!(me["username"], "Admin");
    assert_eq!(me["role"], "admin");

    let left = time(&me["session_expires_at"]) - time(&me["created_at"]);
    assert_eq!(left.num_minutes(), 60, "{me}");
    let view = admin
        .get(&format!("/api/v1/users/{}", me["id"].as_str().unwrap()))
        .await
        .expect(200);
    for (field, value) in user_of(&view).as_object().unwrap() {
        assert_eq!(&me[field], value, "{field}");
    }
    assert_eq!(
        admin.me().await.cookies(),
        Vec::<&str>::new(),
        "far from its end a session is left alone"
    );
}
