//! Which page is open to whom.

use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Answer, Client, PASSWORD, Server};

/// The status of each page, by caller and, where it is about another user, by the role of that user; 303 leads to the
/// log-in, from visitors' pages to the account, and from an action that would change nothing to the page of the user.
const PAGES: &str = "
    page                      anonymous  user  admin  super_admin

    /                         303        200   200    200
    /password                 303        200   200    200
    /sessions/end-others      303        200   200    200
    /sessions/end-all         303        200   200    200
    /login                    200        200   200    200
    /signup                   200        303   303    303
    /users                    303        403   200    200
    /users/new                303        403   200    200
    /audit                    303        403   403    200
    /users/USER               303        403   200    200
    /users/USER/password      303        403   200    200
    /users/USER/end-sessions  303        403   200    200
    /users/USER/issue-link    303        403   200    200
    /users/USER/withdraw-link 303        403   303    303
    /users/USER/inactivate    303        403   200    200
    /users/USER/reactivate    303        403   303    303
    /users/USER/erase         303        403   303    303
    /users/USER/grant         303        403   403    200
    /users/USER/revoke        303        403   403    303
    /users/ADMIN              303        403   200    200
    /users/ADMIN/password     303        403   403    200
    /users/ADMIN/end-sessions 303        403   403    200
    /users/ADMIN/issue-link   303        403   403    200
    /users/ADMIN/inactivate   303        403   403    200
    /users/ADMIN/grant        303        403   403    303
    /users/ADMIN/revoke       303        403   403    200
    /users/SUPER              303        403   200    200
    /users/SUPER/password     303        403   403    403
    /users/SUPER/issue-link   303        403   403    403
    /users/SUPER/inactivate   303        403   403    403
    /users/NOBODY             303        403   404    404
    /users/NOBODY/inactivate  303        403   404    404
    /users/NOBODY/erase       303        403   404    404
";

/// The status of each form, likewise; 303 is success for whom it is not the log-in.
const FORMS: &str = "
    form                      user  admin  super_admin

    /users/USER/password      403   303    303
    /users/USER/end-sessions  403   303    303
    /users/USER/issue-link    403   200    200
    /users/USER/withdraw-link 403   303    303
    /users/USER/inactivate    403   303    303
    /users/USER/reactivate    403   303    303
    /users/USER/erase         403   409    409
    /users/USER/grant         403   403    303
    /users/USER/revoke        403   403    303
    /users/ADMIN/password     403   403    303
    /users/ADMIN/end-sessions 403   403    303
    /users/ADMIN/issue-link   403   403    200
    /users/ADMIN/withdraw-link 403  403    303
    /users/ADMIN/inactivate   403   403    303
    /users/ADMIN/reactivate   403   403    303
    /users/ADMIN/erase        403   403    409
    /users/ADMIN/grant        403   403    303
    /users/ADMIN/revoke       403   403    303
    /users/SUPER/password     403   403    403
    /users/SUPER/end-sessions 403   403    403
    /users/SUPER/issue-link   403   403    403
    /users/SUPER/inactivate   403   403    403
    /users/SUPER/erase        403   403    403
    /users/SUPER/grant        403   403    403
    /users/SUPER/revoke       403   403    403
    /users/NOBODY/inactivate  403   404    404
    /users/NOBODY/erase       403   404    404
";

#[tokio::test]
async fn every_page_is_open_to_the_roles_that_the_table_says() {
    let town = Town::new(DatabaseKind::Sqlite).await;
    for (page, cells) in rows(PAGES) {
        for (caller, expected) in ["anonymous", "user", "admin", "super_admin"].iter().zip(cells) {
            let answer = town.caller(caller).get(&town.path(page)).await;
            assert_eq!(answer.status.as_str(), expected, "{caller} asks for {page}: {answer:?}");
            if expected == "303" && *caller == "anonymous" {
                assert!(answer.leads_to().starts_with("/console/login"), "{page}: {answer:?}");
            } else if expected != "303" {
                let text = answer.page(expected.parse().unwrap());
                assert_eq!(
                    text.contains("Log out</button>"),
                    *caller != "anonymous",
                    "{caller}: {text}"
                );
            }
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn every_form_is_open_to_the_roles_that_the_table_says(database: DatabaseKind) {
    let town = Town::new(database).await;
    for (form, cells) in rows(FORMS) {
        let (_, target) = form.split_once("/users/").unwrap();
        let (target, action) = target.split_once('/').unwrap();
        for (caller, expected) in ["user", "admin", "super_admin"].iter().zip(cells) {
            // A former cell may have changed the role or the status.
            town.reset(target).await;
            let fields = match action {
                "password" => &[
                    ("username", "ignored"),
                    ("password", PASSWORD),
                    ("password_again", PASSWORD),
                ][..],
                _ => &[],
            };
            let answer = town.caller(caller).post_form(&town.path(form), fields).await;
            assert_eq!(answer.status.as_str(), expected, "{caller} posts {form}: {answer:?}");
            if expected == "303" {
                assert_eq!(answer.leads_to(), town.path(&format!("/users/{target}")));
            } else {
                answer.page(expected.parse().unwrap());
            }
            let anonymous = town.caller("anonymous").post_form(&town.path(form), fields).await;
            assert_eq!(anonymous.leads_to(), "/console/login");
        }
    }
}

#[tokio::test]
async fn what_a_role_may_not_do_is_not_offered() {
    let town = Town::new(DatabaseKind::Sqlite).await;
    for (caller, page, offered, missing) in [
        (
            "user",
            "/",
            &["/console/password"][..],
            &["/console/users", "/console/audit"][..],
        ),
        ("admin", "/", &["/console/users"], &["/console/audit"]),
        ("super_admin", "/", &["/console/users", "/console/audit"], &[]),
        (
            "admin",
            "/users/USER",
            &["/inactivate\""],
            &["/grant\"", "/revoke\"", "/reactivate\"", "/console/audit?"],
        ),
        (
            "admin",
            "/users/ADMIN",
            &[],
            &["/inactivate\"", "/password\"", "/revoke\""],
        ),
        (
            "super_admin",
            "/users/USER",
            &["/grant\"", "/console/audit?"],
            &["/revoke\""],
        ),
        (
            "super_admin",
            "/users/ADMIN",
            &["/revoke\"", "/inactivate\""],
            &["/grant\""],
        ),
        ("super_admin", "/users/SUPER", &[], &["/inactivate\"", "/password\""]),
        (
            "admin",
            "/users/new",
            &["<option value=\"user\""],
            &["<option value=\"admin\""],
        ),
        ("super_admin", "/users/new", &["<option value=\"admin\""], &[]),
    ] {
        let answer = town.caller(caller).get(&town.path(page)).await;
        let text = answer.page(200);
        for link in offered {
            assert!(text.contains(link), "{caller} on {page} misses {link}: {text}");
        }
        for link in missing {
            assert!(!text.contains(link), "{caller} on {page} is offered {link}: {text}");
        }
    }
}

#[tokio::test]
async fn an_inactive_user_is_erased_after_a_question() {
    let town = Town::new(DatabaseKind::Sqlite).await;
    let (admin, page) = (town.caller("admin"), town.path("/users/USER"));
    assert!(!admin.get(&page).await.page(200).contains("/erase\""));
    town.root.change("inactivate", "target.user").await.expect(200);
    assert!(admin.get(&page).await.page(200).contains("/erase\""));
    let question = admin.get(&format!("{page}/erase")).await;
    for text in [
        "Erase target.user for good?",
        "This cannot be undone.",
        "the name and the addresses",
    ] {
        assert!(question.page(200).contains(text), "{text}: {question:?}");
    }
    let fields = [("username", "target.user")];
    let erased = admin.post_form(&format!("{page}/erase"), &fields).await;
    assert_eq!(erased.leads_to(), "/console/users");
    let next = admin.get("/console/users").await;
    assert!(next.page(200).contains("The user was erased for good."), "{next:?}");
    admin.get(&page).await.page(404);
    assert_eq!(town.root.find("target.user").await.len(), 0);
}

#[tokio::test]
async fn an_admin_creates_users_and_a_super_admin_admins_too() {
    let town = Town::new(DatabaseKind::Sqlite).await;
    let create = async |caller: &str, username: &str, role: &str| -> Answer {
        let fields = [
            ("username", username),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
            ("role", role),
        ];
        town.caller(caller).post_form("/console/users/new", &fields).await
    };
    create("user", "new.one", "user").await.page(403);
    create("admin", "new.two", "admin").await.page(403);
    create("super_admin", "new.three", "super_admin").await.page(422);
    assert!(
        create("admin", "new.four", "user")
            .await
            .leads_to()
            .starts_with("/console/users/")
    );
    assert!(
        create("super_admin", "new.five", "admin")
            .await
            .leads_to()
            .starts_with("/console/users/")
    );
    assert_eq!(town.root.find("new.").await.len(), 2);
}

/// Callers and targets of every role.
struct Town {
    _server: Server,
    anonymous: Client,
    root: Client,
    callers: Vec<(&'static str, Client)>,
    ids: Vec<(&'static str, String)>,
}

impl Town {
    async fn new(database: DatabaseKind) -> Self {
        let server = Server::start(database);
        let root = server.super_admin("super").await;
        server.user("someone").await;
        root.create("other.admin", "admin").await;
        let callers = vec![
            ("anonymous", server.anonymous()),
            ("user", server.logged_in("someone").await),
            ("admin", server.logged_in("other.admin").await),
            ("super_admin", server.super_admin("other.super").await),
        ];
        root.create("target.user", "user").await;
        root.create("target.admin", "admin").await;
        let mut ids = vec![("NOBODY", "01890000-0000-7000-8000-000000000000".to_owned())];
        for (role, username) in [("USER", "target.user"), ("ADMIN", "target.admin"), ("SUPER", "super")] {
            let users = root.find(username).await;
            ids.push((role, users[0]["id"].as_str().unwrap().to_owned()));
        }
        Self {
            anonymous: server.anonymous(),
            _server: server,
            root,
            callers,
            ids,
        }
    }

    fn caller(&self, name: &str) -> &Client {
        if name == "anonymous" {
            return &self.anonymous;
        }
        &self.callers.iter().find(|(caller, _)| *caller == name).unwrap().1
    }

    fn path(&self, page: &str) -> String {
        let ids = self.ids.iter();
        ids.fold(format!("/console{page}"), |path, (name, id)| path.replace(name, id))
    }

    /// Gives the target its role back, and makes it active.
    async fn reset(&self, target: &str) {
        match target {
            "USER" => {
                self.root.change("revoke", "target.user").await.expect(200);
                self.root.change("reactivate", "target.user").await.expect(200);
            }
            "ADMIN" => {
                self.root.change("grant", "target.admin").await.expect(200);
                self.root.change("reactivate", "target.admin").await.expect(200);
            }
            _ => {}
        }
    }
}

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty()).skip(1);
    lines.map(|line| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), words.collect())
    })
}
