//! Where the database is, as it is written: no part of it arrives as another one.

use std::{
    fs,
    io::Read,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    thread,
};

use rstest::rstest;
use sea_orm::{ConnectionTrait, Database};
use test_database::{DatabaseKind, PostgresDatabase, apply, needs_postgres};
use url::Url;

use crate::support::Program;

/// Runs this with the address of a database of this name, which is made for it.
async fn with_database<T>(name: &str, options: &str, run: impl FnOnce(&PostgresDatabase) -> T) -> T {
    let place = PostgresDatabase::new();
    let server = Database::connect(place.url()).await.unwrap();
    let drop = format!("DROP DATABASE IF EXISTS \"{name}\"");
    server.execute_unprepared(&drop).await.unwrap();
    let create = format!("CREATE DATABASE \"{name}\" {options}");
    server.execute_unprepared(&create).await.unwrap();
    let outcome = run(&place);
    server.execute_unprepared(&drop).await.unwrap();
    outcome
}

#[apply(needs_postgres)]
#[tokio::test]
async fn a_database_that_is_not_utf_8_is_refused_by_every_command_that_opens_it() {
    let name = "gatehouse_test_latin1";
    let options = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
    let complaints = with_database(name, options, |place| {
        let mut url = Url::parse(&place.url()).unwrap();
        url.set_path(name);
        let mut program = Program::at(url.as_str(), &[]);
        let source = Program::new(DatabaseKind::Sqlite);
        source.run(&["migrate", "up"]).succeeded();
        let source = format!("sqlite:{}", source.directory().join("data/gatehouse.db").display());
        program.set("APP_LOGS__LEVEL", "error");
        let copy = ["db", "copy", "--from", &source, "--to", url.as_str()];
        [
            ["serve"].as_slice(),
            &["migrate", "up"],
            &["migrate", "status"],
            &["promote", "alice"],
            &["create-super-admin", "alice", "--password-stdin"],
            &copy,
        ]
        .map(|arguments| program.run(arguments).refused())
    })
    .await;
    for complaint in complaints {
        assert!(
            complaint.contains("the encoding of the database is LATIN1, and has to be UTF8: make another one"),
            "{complaint}"
        );
    }
}

#[apply(needs_postgres)]
#[tokio::test]
async fn the_name_of_a_database_is_taken_literally() {
    let name = "gatehouse_test/100%2f?#";
    with_database(name, "", |place| {
        let mut url = Url::parse(&place.url()).unwrap();
        url.set_path("");
        let program = Program::at(url.as_str(), &[("APP_POSTGRES__DB", name)]);
        program.run(&["migrate", "up"]).succeeded();
    })
    .await;
}

#[rstest]
#[case::percent_sign("sqlite:100%25.db", "100%25.db")]
#[case::of_sqlx("sqlite://here/users.db?mode=rwc", "here/users.db")]
fn the_path_of_a_file_is_taken_literally(#[case] url: &str, #[case] path: &str) {
    let program = Program::at(url, &[]);
    program.run(&["migrate", "up"]).succeeded();
    assert!(program.directory().join(path).exists());
    assert_eq!(fs::read_dir(program.directory()).unwrap().count(), 1);
}

#[rstest]
#[case::memory("sqlite::memory:", "each connection would see a database of its own")]
#[case::read_only("sqlite://users.db?mode=ro", "mode=ro is not supported: every log-in writes")]
#[case::home("sqlite:~/users.db", "`~` is not expanded")]
#[case::several_servers("postgres://h1:5432,h2:5432/users", "one address is needed, not a list of servers")]
#[case::carriage_return("sqlite:users.db\r", "perhaps the CR of a file with CRLF line ends")]
fn an_address_that_means_something_else_is_refused(#[case] url: &str, #[case] complaint: &str) {
    let program = Program::at(url, &[]);
    let refused = program.run(&["serve"]).refused();
    assert!(refused.contains(complaint), "{refused}");
    assert_eq!(fs::read_dir(program.directory()).unwrap().count(), 0);
}

#[rstest]
#[case::with_tls("prefer")]
#[case::without("disable")]
fn a_proxy_without_a_server_behind_it_is_named(#[case] mode: &str) {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    thread::spawn(move || {
        proxy
            .incoming()
            .for_each(|connection| drop(read_some(connection.unwrap())))
    });
    let program = Program::at(&format!("postgres://gatehouse@{address}/users?sslmode={mode}"), &[]);
    let refused = program.run(&["migrate", "status"]).refused();
    assert!(
        refused.contains("the database server, or a proxy in front of it, closed the connection"),
        "{refused}"
    );
}

/// Reads what the client sends first. If something were left unread, the connection would be reset.
fn read_some(mut connection: TcpStream) -> TcpStream {
    let _ = connection.read(&mut [0; 4096]);
    connection
}

#[test]
fn a_password_that_was_made_up_gives_way_to_those_of_postgresql() {
    let program = Program::at("postgres://", &[]);
    let passwords = program.directory().join("pgpass");
    fs::write(&passwords, "127.0.0.1:5432:*:gatehouse:hunter2\n").unwrap();
    fs::set_permissions(&passwords, fs::Permissions::from_mode(0o600)).unwrap();
    program.run(&["config", "dotenv"]).succeeded();
    let uses_its_own = |name: &str, value: &str, typed: &str| {
        let mut command = program.command(&["config", "show"]);
        command.env(name, value).env("HOME", program.directory());
        if !typed.is_empty() {
            command.env("APP_POSTGRES__PASSWORD", typed);
        }
        let shown = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(shown.contains("gatehouse"), "{shown}");
        shown.contains("url = \"postgres://gatehouse:***@127.0.0.1:5432/gatehouse\"")
    };

    assert!(uses_its_own("PGPASSFILE", "nowhere", ""));
    assert!(!uses_its_own("PGPASSWORD", "hunter2", ""));
    assert!(!uses_its_own("PGPASSFILE", &passwords.display().to_string(), ""));
    assert!(uses_its_own("PGPASSWORD", "hunter2", "typed by an operator"));
}
