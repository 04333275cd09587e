//! Erasing users, and exporting what is stored of them.

use std::{collections::BTreeSet, fs};

use futures_util::{
    StreamExt,
    future::{join, join3},
    stream,
};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::{
    audit::{events, short},
    support::{
        Answer, Client, PASSWORD, Server,
        forger::{SECRET, start_with_known_secrets},
        shell_lines, type_in,
    },
};

/// Lets a test choose the addresses of its clients.
const PROXY: (&str, &str) = ("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]");

fn id(user: &Value) -> &str {
    user["id"].as_str().unwrap()
}

async fn erase(client: &Client, id: &str) -> Answer {
    client.delete(&format!("/api/v1/users/{id}")).await
}

/// Sends a request from `address`.
async fn send_from(client: &Client, address: &str, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let request = client.request(method, path).header("x-forwarded-for", address);
    client
        .send(body.into_iter().fold(request, |request, body| request.json(body)))
        .await
}

#[apply(on_every_database)]
#[tokio::test]
async fn an_erased_user_is_gone_and_the_trail_keeps_ids_alone(database: DatabaseKind) {
    let server = Server::start_with(database, &[PROXY]);
    let (root, alice) = (server.super_admin("super").await, server.anonymous());
    let credentials = json!({"username": "alice", "password": PASSWORD});
    let user = root.post("/api/v1/users/", &credentials).await.expect(201);
    let log_in = "/api/v1/account/login";
    send_from(&alice, "192.0.2.7", Method::POST, log_in, Some(&credentials)).await;
    let wrong = json!({"username": "alice", "password": "wrong horse battery"});
    send_from(&server.anonymous(), "192.0.2.8", Method::POST, log_in, Some(&wrong)).await;

    erase(&root, id(&user)).await.problem(409, "user_is_active");
    alice.me().await.expect(200);
    root.change("inactivate", "alice").await.expect(200);
    assert_eq!(erase(&root, id(&user)).await.status, 204);

    root.get(&format!("/api/v1/users/{}", id(&user)))
        .await
        .problem(404, "user_not_found");
    erase(&root, id(&user)).await.problem(404, "user_not_found");
    alice.me().await.problem(401, "not_authenticated");
    let page = root.get("/console/audit").await;
    let erased = format!("Erased user <code>{}</code>", id(&user));
    assert!(
        page.page(200).contains(&erased) && !page.text.contains("alice"),
        "{page:?}"
    );
    server.run(&["audit"]).succeeded();

    let log_ins = events(&root, &format!("action=log_in&actor_id={}", id(&user))).await;
    assert_eq!(log_ins[0]["address"], Value::Null);
    assert_eq!(log_ins[0]["actor_username"], Value::Null);
    let erased = &events(&root, "action=erase_user").await[0];
    assert_eq!(short(erased), "super erase_user - success");
    assert_eq!(
        (&erased["target_id"], &erased["address"]),
        (&user["id"], &json!("127.0.0.1"))
    );
    let guess = async {
        loop {
            let guesses = events(&root, &format!("outcome=refused&target_id={}", id(&user))).await;
            if let Some(guess) = guesses.into_iter().next() {
                return guess;
            }
        }
    };
    let guess = tokio::time::timeout(crate::support::PATIENCE, guess).await.unwrap();
    assert_eq!(guess["address"], "192.0.2.8", "that of a stranger");
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_name_of_an_erased_user_stays_taken_whatever_the_pepper(database: DatabaseKind) {
    let mut server = start_with_known_secrets(database, &[]);
    let root = server.super_admin("super").await;
    let assert_taken = async |server: &Server, name: &str| {
        let root = root.at(server);
        let sign_up = server.anonymous().sign_up(name, PASSWORD).await;
        sign_up.problem(409, "username_already_exists");
        let body = json!({"username": name.to_uppercase(), "password": PASSWORD});
        let create = root.post("/api/v1/users/", &body).await;
        create.problem(409, "username_already_exists");
        let refusal = server.run_with_password(&["create-super-admin", name], PASSWORD);
        assert_eq!(refusal.refused(), "This username is taken. Choose another one.\n");
    };
    let alice = root.create("Alice", "user").await;
    root.change("inactivate", "alice").await.expect(200);
    assert_eq!(erase(&root, id(&alice)).await.status, 204);
    assert_taken(&server, "alice").await;

    server.stop();
    let new = "the pepper that takes the place of the old one";
    let peppers = json!([new, SECRET]).to_string();
    server.restart_with(&[("APP_SECURITY__PASSWORD__PEPPER", &peppers)]);
    assert_taken(&server, "alice").await;
    server
        .run_with_password(&["create-super-admin", "brian"], PASSWORD)
        .succeeded();
    server.run(&["inactivate", "brian"]).succeeded();
    server.run(&["erase", "brian", "--yes"]).succeeded();
    assert_taken(&server, "brian").await;
    server.anonymous().sign_up("carol", PASSWORD).await.expect(201);
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_operator_erases_any_inactive_account_and_is_asked_first(database: DatabaseKind) {
    let server = Server::start(database);
    let (root, alice) = (server.super_admin("super").await, server.super_admin("alice").await);
    let user = alice.me().await.expect(200);
    for arguments in [&["erase", "alice", "--yes"][..], &["erase", "alice"]] {
        let active = server.run(arguments).refused();
        assert_eq!(active, "The account is active. Inactivate it first.\n");
    }
    server.run(&["inactivate", "alice"]).succeeded();

    let unasked = server.run(&["erase", "alice"]).refused();
    assert!(
        unasked.ends_with("Nothing was done: pass --yes to do it without being asked\n"),
        "{unasked}"
    );
    assert_eq!(root.find("alice").await.len(), 1);
    let said = server.run(&["erase", "ALICE", "--yes"]).succeeded();
    assert!(
        said.starts_with(&format!("alice ({}), super_admin, created ", id(&user))),
        "{said}"
    );
    assert!(
        said.ends_with(&format!("\nthe account {} was erased\n", id(&user))),
        "{said}"
    );
    assert_eq!(root.find("alice").await.len(), 0);
    assert_eq!(
        server.run(&["erase", "alice", "--yes"]).refused(),
        "There is no such user.\n"
    );
    let erased = &events(&root, "action=erase_user").await[0];
    assert_eq!(short(erased), "operator erase_user - success");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_refusal_that_waits_in_memory_is_written_without_the_address_of_an_erased_user(database: DatabaseKind) {
    let mut server = Server::start(database);
    let (root, alice) = (server.super_admin("super").await, server.user("alice").await);
    let user = alice.me().await.expect(200);
    for _ in 0..3 {
        alice.get("/api/v1/users/").await.problem(403, "not_authorized");
    }
    server.run(&["inactivate", "alice"]).succeeded();
    server.run(&["erase", "alice", "--yes"]).succeeded();
    server.stop();
    server.restart();

    let refused = events(&root.at(&server), &format!("action=list_users&actor_id={}", id(&user))).await;
    assert_eq!(
        refused
            .iter()
            .map(|event| event["count"].as_u64().unwrap())
            .sum::<u64>(),
        3
    );
    assert!(
        refused.iter().all(|event| event["address"] == Value::Null),
        "{refused:?}"
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn an_export_has_everything_that_is_stored_of_a_person_and_no_hash(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    let user = alice.me().await.expect(200);
    let stranger = server.anonymous();
    stranger
        .log_in("alice", "wrong horse battery")
        .await
        .problem(401, "invalid_credentials");
    root.change("grant", "alice").await.expect(200);

    let text = server.run(&["export-user", "ALICE"]).succeeded();
    let export: Value = serde_json::from_str(&text).unwrap();
    let members = |value: &Value| BTreeSet::from_iter(value.as_object().unwrap().keys().cloned());
    let names = |text: &str| BTreeSet::from_iter(text.split(' ').map(str::to_owned));
    let all = "exported_at user sessions one_time_link audit_events failed_log_ins failed_log_ins_on_known_devices";
    assert_eq!(members(&export), names(all));
    assert_eq!(export["user"]["id"], user["id"]);
    assert_eq!(export["user"]["role"], "admin");
    assert_eq!(
        members(&export["user"]),
        names("id username role is_active is_invited created_at updated_at last_seen_at")
    );
    let session = "id created_at last_seen_at expires_at address user_agent";
    assert_eq!(members(&export["sessions"][0]), names(session));
    let event = "id occurred_at actor actor_id action target_id refusal count address request_id session_id";
    let events = export["audit_events"].as_array().unwrap();
    assert!(events.iter().all(|one| members(one) == names(event)));
    let granted = events.iter().find(|event| event["action"] == "grant_admin").unwrap();
    assert_eq!(granted["address"], Value::Null, "that of somebody else");
    let logged_in = events
        .iter()
        .find(|event| event["action"] == "log_in" && event["refusal"] == Value::Null);
    assert_eq!(logged_in.unwrap()["address"], "127.0.0.1");
    assert_eq!(export["failed_log_ins"]["failures"], 1);
    assert_eq!(export["failed_log_ins_on_known_devices"], Value::Null);
    assert!(!text.contains("$2b$"));
    assert_eq!(
        server.run(&["export-user", "nobody"]).refused(),
        "There is no such user.\n"
    );
}

#[tokio::test]
#[ignore = "needs bash and sqlite3"]
async fn what_the_guide_to_privacy_has_for_a_shell_works() {
    let mut server = Server::start(DatabaseKind::Sqlite);
    server.user("alice").await;
    let directory = server.directory().to_owned();
    let type_in = |lines: &str| {
        let program = env!("CARGO_BIN_EXE_gatehouse");
        let machine = format!(
            "gatehouse-operator() {{ '{program}' \"$@\"; }}\n\
             runuser() {{ shift 3; \"$@\"; }}"
        );
        type_in(
            &format!("{machine}\n{}", lines.replace("/var/lib/gatehouse", "data")),
            &directory,
        )
    };
    type_in("sqlite3 data/gatehouse.db \"VACUUM INTO 'backup.db'\"");

    type_in(&shell_lines("docs/operate/privacy.md", "Access (article 15)"));
    let export: Value = serde_json::from_slice(&fs::read(directory.join("alice.json")).unwrap()).unwrap();
    assert_eq!(export["user"]["username"], "alice");

    server.run(&["inactivate", "alice"]).succeeded();
    server.run(&["erase", "alice", "--yes"]).succeeded();
    let said = type_in(&shell_lines("docs/operate/privacy.md", "What is left in files"));
    assert!(said.lines().last().is_some_and(|line| line.starts_with("0|")), "{said}");
    let file = fs::read(directory.join("data/gatehouse.db")).unwrap();
    assert!(!String::from_utf8_lossy(&file).contains("alice"));

    server.stop();
    type_in("mkdir data/before; mv data/gatehouse.db data/before; mv backup.db data/gatehouse.db");
    let restored = type_in(&shell_lines("docs/operate/privacy.md", "After a restore"));
    assert_eq!(restored, "alice\n");
}

/// The throttle is off, because one admin makes hundreds of changes, and all log in from one machine.
#[apply(on_every_database)]
#[tokio::test]
async fn erasing_under_load_leaves_no_orphan_and_nothing_readable(database: DatabaseKind) {
    const USERS: usize = 120;
    let variables = [PROXY, ("APP_SECURITY__THROTTLE__ENABLED", "false")];
    let mut server = Server::start_with(database, &variables);
    let root = server.super_admin("super").await;
    let names = Vec::from_iter((0..USERS).map(|number| format!("zebra.{number:03}")));
    let (mut ids, mut addresses) = (Vec::new(), Vec::new());
    for (number, name) in names.iter().enumerate() {
        ids.push(id(&root.create(name, "user").await).to_owned());
        addresses.push(format!("2001:db8:5eb::{:x}", 0x1000 + number));
        // Neighbours in the index, who stay.
        if number % 3 == 0 {
            root.create(&format!("zebra.{number:03}.s"), "user").await;
        }
    }

    let erasures = names
        .iter()
        .zip(&ids)
        .zip(&addresses)
        .map(|((name, user_id), address)| {
            let (root, server) = (&root, &server);
            async move {
                let client = server.anonymous();
                let credentials = json!({"username": name, "password": PASSWORD});
                let log_in = async |client: &Client, address: &str| {
                    let path = "/api/v1/account/login";
                    send_from(client, address, Method::POST, path, Some(&credentials)).await
                };
                // As a stranger, from an address that the trail keeps if it is refused.
                let log_in_again = async || log_in(&server.anonymous(), "192.0.2.1").await;
                let sign_up = async || {
                    let path = "/api/v1/account/signup";
                    let stranger = server.anonymous();
                    send_from(&stranger, "192.0.2.1", Method::POST, path, Some(&credentials)).await
                };
                log_in(&client, address).await.expect(200);
                send_from(&client, address, Method::GET, "/api/v1/users/", None)
                    .await
                    .expect(403);
                let (_, _, inactivation) = join3(log_in_again(), sign_up(), root.change("inactivate", name)).await;
                inactivation.expect(200);
                let (changes, others) = (root.change("inactivate", name), join(log_in_again(), sign_up()));
                let (erasure, _, (_, taken)) = join3(erase(root, user_id), changes, others).await;
                assert_eq!(erasure.status, 204, "{erasure:?}");
                taken.problem(409, "username_already_exists");
                sign_up().await.problem(409, "username_already_exists");
            }
        });
    stream::iter(erasures).buffer_unordered(8).collect::<Vec<_>>().await;
    assert!(!server.log().contains("ERROR"), "{}", server.log());
    // Until the refusals that wait in memory are written.
    server.stop();
    server.restart();
    let connection = server.open_database().await;
    for (table, column) in [("users", "id"), ("auth_sessions", "user_id")] {
        let left = texts(&connection, &format!("SELECT {column} FROM {table}")).await;
        let orphans = "SELECT id FROM auth_sessions WHERE user_id NOT IN (SELECT id FROM users)";
        assert!(ids.iter().all(|id| !left.contains(id)), "{table}");
        assert_eq!(texts(&connection, orphans).await, Vec::<String>::new());
    }
    let kept = "SELECT key FROM erased_usernames";
    let kept = Statement::from_string(connection.get_database_backend(), kept);
    assert_eq!(connection.query_all_raw(kept).await.unwrap().len(), USERS);

    let mut contents = Vec::new();
    match database {
        DatabaseKind::Sqlite => {
            for statement in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
                connection.execute_unprepared(statement).await.unwrap();
            }
            for entry in fs::read_dir(server.directory().join("data")).unwrap() {
                contents.extend(fs::read(entry.unwrap().path()).unwrap());
            }
        }
        DatabaseKind::Postgres => {
            for table in [
                "users",
                "auth_sessions",
                "audit_events",
                "throttle_buckets",
                "erased_usernames",
            ] {
                let rows = texts(&connection, &format!("SELECT r::text FROM {table} AS r")).await;
                contents.extend(rows.concat().into_bytes());
            }
        }
    }
    contents.make_ascii_lowercase();
    let found = |text: &str| contents.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(found("zebra.000.s"), "the search finds what is there");
    let text = String::from_utf8_lossy(&contents);
    let readable = names.iter().filter(|name| {
        let staying = format!("{name}.s");
        text.matches(name.as_str()).count() > text.matches(&staying).count()
    });
    assert_eq!(Vec::from_iter(readable), Vec::<&String>::new());
    assert_eq!(
        Vec::from_iter(addresses.iter().filter(|address| found(address))),
        Vec::<&String>::new()
    );
}

/// The first column of the rows, as text.
async fn texts(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| {
            row.try_get_by_index::<uuid::Uuid>(0)
                .map_or_else(|_| row.try_get_by_index(0).unwrap(), |id| id.to_string())
        })
        .collect()
}
