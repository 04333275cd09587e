//! Who may do what to whom: every cell of it.

use std::sync::atomic::{AtomicU32, Ordering};

use regex_lite::Regex;
use reqwest::Method;
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, on_every_database};
use uuid::Uuid;

use crate::support::{Answer, Client, GUARDING, OpenTo, PASSWORD, Server, operations, user_of};

/// The status of each operation that is about another user (or oneself), by caller and by the role of the target.
///
/// All targets are active, and only inactive ones are erased: 409 shows that the caller may.
const TARGETED: &str = "
    operation        caller       self  user  admin  super_admin  nobody

    get_user         anonymous    -     401   401    401          401
    get_user         user         403   403   403    403          403
    get_user         admin        200   200   200    200          404
    get_user         super_admin  200   200   200    200          404

    erase            anonymous    -     401   401    401          401
    erase            user         403   403   403    403          403
    erase            admin        403   409   403    403          404
    erase            super_admin  403   409   409    403          404

    list_sessions    anonymous    -     401   401    401          401
    list_sessions    user         403   403   403    403          403
    list_sessions    admin        403   200   403    403          404
    list_sessions    super_admin  403   200   200    403          404

    end_sessions     anonymous    -     401   401    401          401
    end_sessions     user         403   403   403    403          403
    end_sessions     admin        403   204   403    403          404
    end_sessions     super_admin  403   204   204    403          404

    issue_link       anonymous    -     401   401    401          401
    issue_link       user         403   403   403    403          403
    issue_link       admin        403   201   403    403          404
    issue_link       super_admin  403   201   201    403          404

    withdraw_link    anonymous    -     401   401    401          401
    withdraw_link    user         403   403   403    403          403
    withdraw_link    admin        403   204   403    403          404
    withdraw_link    super_admin  403   204   204    403          404

    inactivate       anonymous    -     401   401    401          401
    inactivate       user         403   403   403    403          403
    inactivate       admin        403   200   403    403          404
    inactivate       super_admin  403   200   200    403          404

    reactivate       anonymous    -     401   401    401          401
    reactivate       user         403   403   403    403          403
    reactivate       admin        403   200   403    403          404
    reactivate       super_admin  403   200   200    403          404

    grant            anonymous    -     401   401    401          401
    grant            user         403   403   403    403          403
    grant            admin        403   403   403    403          403
    grant            super_admin  403   200   200    403          404

    revoke           anonymous    -     401   401    401          401
    revoke           user         403   403   403    403          403
    revoke           admin        403   403   403    403          403
    revoke           super_admin  403   200   200    403          404

    change_password  anonymous    -     401   401    401          401
    change_password  user         204   403   403    403          403
    change_password  admin        204   204   403    403          404
    change_password  super_admin  204   204   204    403          404

    change-password  anonymous    -     401   401    401          401
    change-password  user         204   403   403    403          403
    change-password  admin        204   204   403    403          404
    change-password  super_admin  204   204   204    403          404
";

/// The status of each operation that is about nobody in particular, by caller.
const UNTARGETED: &str = "
    operation           anonymous  user  admin  super_admin

    api_alive           200        200   200    200
    live                200        200   200    200
    ready               200        200   200    200
    openapi             200        200   200    200
    docs                200        200   200    200
    sign_up             201        403   403    403
    log_in              200        403   403    403
    read_link           404        404   404    404
    redeem_link         404        404   404    404
    me                  401        200   200    200
    pass                401        200   200    200
    verify              401        200   200    200
    verify_user         401        200   200    200
    verify_admin        401        403   200    200
    verify_super_admin  401        403   403    200
    list_own_sessions   401        200   200    200
    end_own_session     401        204   204    204
    end_own_sessions    401        204   204    204
    list_users          401        403   200    200
    list_audit_events   401        403   403    200
    create_user         401        403   201    201
    invite_user         401        403   201    201
    create_admin        401        403   403    201
    create_super_admin  401        422   422    422
    log_out             401        204   204    204
";

#[apply(on_every_database)]
#[tokio::test]
async fn everyone_may_do_to_others_what_the_matrix_says(database: DatabaseKind) {
    let town = Town::new(database).await;
    for (row, cells) in rows(TARGETED, 2) {
        let [operation, caller] = row[..] else {
            panic!("{row:?}")
        };
        for (target, expected) in cells.into_iter().filter(|(_, expected)| *expected != "-") {
            let cell = format!("{caller} does {operation} to {target}");
            let (name, before) = town.target(caller, target).await;
            let answer = town.act_on(caller, operation, &name, before["id"].as_str()).await;
            assert_status(&cell, &answer, expected);
            if !answer.status.is_success() {
                let after = town.look_at(&name).await;
                assert_eq!(
                    user_of(&after),
                    user_of(&before),
                    "{cell}: refused, and nothing has changed"
                );
            }
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn everyone_may_do_what_the_matrix_says(database: DatabaseKind) {
    let town = Town::new(database).await;
    for (row, cells) in rows(UNTARGETED, 1) {
        for (caller, expected) in cells {
            let answer = town.act(caller, row[0]).await;
            assert_status(&format!("{caller} does {}", row[0]), &answer, expected);
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_plain_user_cannot_probe_which_usernames_exist(database: DatabaseKind) {
    let town = Town::new(database).await;
    for (row, _) in rows(TARGETED, 2).iter().filter(|(row, _)| row[1] == "user") {
        let operation = row[0];
        let mut refusals = Vec::new();
        for target in ["user", "admin", "super_admin", "nobody"] {
            let (name, view) = town.target("user", target).await;
            let answer = town.act_on("user", operation, &name, view["id"].as_str()).await;
            let mut problem = answer.problem(403, "not_authorized");
            problem["request_id"].take();
            refusals.push(problem);
        }
        refusals.dedup();
        assert_eq!(refusals.len(), 1, "{operation}: {refusals:#?}");
    }
}

#[tokio::test]
async fn the_matrix_has_every_operation() {
    let mut town = Town::new(DatabaseKind::Sqlite).await;
    for (row, _) in rows(TARGETED, 2) {
        town.act_on("anonymous", row[0], "nobody", None).await;
    }
    for (row, _) in rows(UNTARGETED, 1) {
        town.act("anonymous", row[0]).await;
    }
    town.server.stop();
    let log = town.server.log();
    for operation in operations().iter().filter(|one| one.open_to != OpenTo::Everyone) {
        let path = operation.path_with("[0-9a-f-]+");
        let line = format!("method={} path={}/? ", operation.method, path.trim_end_matches('/'));
        let is_done = Regex::new(&line).unwrap().is_match(&log);
        assert!(is_done, "{line}: add its rows in {}", file!());
    }
}

/// The words that begin a row, and its cells, each with its column's name.
type Row = (Vec<&'static str>, Vec<(&'static str, &'static str)>);

/// The rows of a table, of which each begins with `labels` words.
fn rows(table: &'static str, labels: usize) -> Vec<Row> {
    let words = |line: &'static str| line.split_whitespace().collect::<Vec<_>>();
    let mut lines = table.lines().map(words).filter(|line| !line.is_empty());
    let header = lines.next().unwrap();
    let rows = lines.map(|row| {
        assert_eq!(row.len(), header.len(), "{row:?}");
        let cells = header.iter().copied().zip(row.iter().copied()).skip(labels);
        (row[..labels].to_vec(), cells.collect())
    });
    rows.collect()
}

fn assert_status(cell: &str, answer: &Answer, expected: &str) {
    let hint = "500 may mean that src/setup/use_cases.rs lacks it";
    assert_eq!(answer.status.as_str(), expected, "{cell}: {answer:?}: {hint}");
    match answer.status.as_u16() {
        401 => drop(answer.problem(401, "not_authenticated")),
        403 if cell.ends_with("sign_up") || cell.ends_with("log_in") => {
            drop(answer.problem(403, "already_authenticated"))
        }
        403 => drop(answer.problem(403, "not_authorized")),
        404 if cell.ends_with("_link") => drop(answer.problem(404, "link_not_found")),
        404 => drop(answer.problem(404, "user_not_found")),
        409 => drop(answer.problem(409, "user_is_active")),
        422 => drop(answer.problem(422, "validation_failed")),
        _ => {}
    }
}

/// A server with someone of every role.
struct Town {
    server: Server,
    /// Sees everyone, and is neither caller nor target.
    witness: Client,
    names: AtomicU32,
}

impl Town {
    async fn new(database: DatabaseKind) -> Self {
        let server = Server::start_with(database, &GUARDING);
        let witness = server.super_admin("witness").await;
        server.super_admin("super_admin").await;
        server.super_admin("other.super_admin").await;
        witness.create("caller.admin", "admin").await;
        witness.create("caller.user", "user").await;
        Self {
            server,
            witness,
            names: AtomicU32::new(0),
        }
    }

    /// A username that nobody has.
    fn new_name(&self) -> String {
        format!("target.{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// A client of this role, freshly logged in.
    async fn caller(&self, role: &str) -> Client {
        match role {
            "anonymous" => self.server.anonymous(),
            "super_admin" => self.server.logged_in("super_admin").await,
            role => self.server.logged_in(&format!("caller.{role}")).await,
        }
    }

    /// Someone for `caller` to act on, and how they look: the caller, somebody new of a role, or nobody.
    async fn target(&self, caller: &str, target: &str) -> (String, Value) {
        let name = match target {
            "self" if caller == "super_admin" => "super_admin".to_owned(),
            "self" => format!("caller.{caller}"),
            "super_admin" => "other.super_admin".to_owned(),
            "nobody" => "nobody".to_owned(),
            role => {
                let name = self.new_name();
                self.witness.create(&name, role).await;
                name
            }
        };
        let view = self.look_at(&name).await;
        (name, view)
    }

    async fn look_at(&self, name: &str) -> Value {
        let found = self.witness.find(name).await;
        found
            .into_iter()
            .find(|user| user["username"] == name)
            .unwrap_or_default()
    }

    async fn act_on(&self, caller: &str, operation: &str, name: &str, id: Option<&str>) -> Answer {
        let client = self.caller(caller).await;
        let path = format!("/api/v1/users/{}", id.unwrap_or(&Uuid::nil().to_string()));
        match operation {
            "get_user" => client.get(&path).await,
            "erase" => client.delete(&path).await,
            "list_sessions" => client.get(&format!("{path}/sessions")).await,
            "issue_link" => client.send(client.request(Method::POST, &format!("{path}/link"))).await,
            "withdraw_link" => client.delete(&format!("{path}/link")).await,
            "end_sessions" => client.delete(&format!("{path}/sessions")).await,
            "change_password" | "change-password" => {
                // The current password is needed for oneself only, and harmless for others.
                let body = json!({"username": name, "password": PASSWORD, "current_password": PASSWORD});
                client.patch(&format!("/api/v1/users/{operation}"), &body).await
            }
            operation => client.change(operation, name).await,
        }
    }

    async fn act(&self, caller: &str, operation: &str) -> Answer {
        let client = self.caller(caller).await;
        let name = self.new_name();
        let create = |role: &str| {
            let body = json!({"username": name, "password": PASSWORD, "role": role});
            client.request(Method::POST, "/api/v1/users/").json(&body)
        };
        match operation {
            "api_alive" => client.get("/api/v1/").await,
            "live" => client.get("/health/live").await,
            "ready" => client.get("/health/ready").await,
            "openapi" => client.get("/api/openapi.json").await,
            "docs" => client.get("/docs/").await,
            "sign_up" => client.sign_up(&name, PASSWORD).await,
            "log_in" => client.log_in("caller.user", PASSWORD).await,
            "read_link" => client.post("/api/v1/account/link", &json!({"token": "?"})).await,
            "redeem_link" => {
                let body = json!({"token": "?", "password": PASSWORD});
                client.post("/api/v1/account/link/redeem", &body).await
            }
            "log_out" => client.log_out().await,
            "me" => client.me().await,
            "pass" => {
                let body = json!({"rd": "https://app.example.com/"});
                client.post("/api/v1/account/pass", &body).await
            }
            "verify" => client.get("/api/v1/account/verify").await,
            "list_own_sessions" => client.get("/api/v1/account/sessions").await,
            "end_own_session" => {
                let list = client.get("/api/v1/account/sessions").await.json();
                let id = list["sessions"][0]["id"].as_str().map(str::to_owned);
                let id = id.unwrap_or(Uuid::nil().to_string());
                client.delete(&format!("/api/v1/account/sessions/{id}")).await
            }
            "end_own_sessions" => client.delete("/api/v1/account/sessions?keep_current=false").await,
            "list_users" => client.get("/api/v1/users/").await,
            "list_audit_events" => client.get("/api/v1/audit/").await,
            "create_user" => client.send(create("user")).await,
            "invite_user" => client.post("/api/v1/users/", &json!({"username": name})).await,
            "create_admin" => client.send(create("admin")).await,
            "create_super_admin" => client.send(create("super_admin")).await,
            other => {
                let role = other.strip_prefix("verify_").unwrap_or_else(|| panic!("{other}"));
                client.get(&format!("/api/v1/account/verify?role={role}")).await
            }
        }
    }
}
