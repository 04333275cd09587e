use rstest::rstest;

use super::*;

const DEFAULTS: PostgresDefaults<'_> = PostgresDefaults {
    host: "db.example",
    port: 5433,
    user: "gatehouse",
    password: "p@ss:w/rd#%2f",
    is_password_fallback: false,
    db: "users",
};

fn options(url: &DatabaseUrl) -> PgConnectOptions {
    let Kind::Postgres(url) = url.kind() else {
        panic!("{url}")
    };
    PgConnectOptions::from_url(url).unwrap()
}

/// The password that the server gets, encoded once.
fn password(url: &DatabaseUrl) -> Option<String> {
    options(url).to_url_lossy().password().map(ToOwned::to_owned)
}

#[rstest]
#[case::path("sqlite:x.db")]
#[case::absolute("sqlite:/tmp/x.db")]
#[case::with_at_sign("sqlite:data/a@b.db")]
#[case::with_percent_sign("sqlite:data/100%25.db")]
#[case::everything_left_out("postgres://")]
#[case::without_password("postgres://db.example/gatehouse")]
#[case::encrypted("postgresql://db.example/gatehouse?sslmode=verify-full&sslrootcert=/etc/ca.pem")]
#[case::socket("postgres:///gatehouse?host=/var/run/postgresql")]
#[case::comma_in_parameter("postgres://db.example/gatehouse?application_name=a,b")]
fn an_address_is_shown_as_it_is(#[case] address: &str) {
    assert_eq!(DatabaseUrl::parse(address).unwrap().to_string(), address);
}

#[rstest]
#[case::path("sqlite:x.db", "x.db")]
#[case::relative("sqlite://x.db", "x.db")]
#[case::absolute("sqlite:///tmp/x.db", "/tmp/x.db")]
#[case::of_sqlx("sqlite://data/x.db?mode=rwc", "data/x.db")]
#[case::not_decoded("sqlite:a%20b%2fc.db", "a%20b%2fc.db")]
#[case::tilde_inside("sqlite:./~x.db", "./~x.db")]
fn the_path_of_a_file_is_taken_literally(#[case] address: &str, #[case] path: &str) {
    assert_eq!(DatabaseUrl::parse(address).unwrap().file(), Some(Path::new(path)));
}

#[rstest]
#[case::not_remote("postgres://localhost/x", false)]
#[case::not_remote("postgres://127.0.0.2/x", false)]
#[case::not_remote("postgres://[::1]/x", false)]
#[case::socket("postgres:///x?host=/var/run/postgresql", false)]
#[case::file("sqlite:x.db", false)]
#[case::verified("postgres://db.example/x?sslmode=verify-full", false)]
#[case::any_host("postgres://db.example/x?sslmode=verify-ca", true)]
#[case::by_default("postgres://192.0.2.1/x", true)]
fn a_remote_server_is_verified_or_not(#[case] address: &str, #[case] is_unverified: bool) {
    assert_eq!(DatabaseUrl::parse(address).unwrap().is_unverified(), is_unverified);
}

#[test]
fn a_password_is_never_shown() {
    let url = DatabaseUrl::parse("postgres://gatehouse:hunter2@db.example/gatehouse").unwrap();
    assert_eq!(url.to_string(), "postgres://gatehouse:***@db.example/gatehouse");
    assert!(!format!("{url:?}").contains("hunter2"));
}

#[rstest]
#[case::nothing("", "allowed: `sqlite:`")]
#[case::path_alone("x.db", "allowed: `sqlite:`")]
#[case::no_path("sqlite://", "allowed: `sqlite:`")]
#[case::memory("sqlite::memory:", "each connection would see a database of its own")]
#[case::memory("sqlite://:memory:", "each connection would see a database of its own")]
#[case::memory(
    "sqlite://x?mode=memory&cache=shared",
    "each connection would see a database of its own"
)]
#[case::read_only("sqlite:x.db?mode=ro", "mode=ro is not supported: every log-in writes")]
#[case::settings("sqlite:x.db?mode=rw", "the only parameter of a SQLite address is mode=rwc")]
#[case::settings(
    "sqlite:x.db?mode=rwc&cache=shared",
    "the only parameter of a SQLite address is mode=rwc"
)]
#[case::question_mark("sqlite:what?.db", "the only parameter of a SQLite address is mode=rwc")]
#[case::home("sqlite:~/x.db", "`~` is not expanded")]
#[case::uri("sqlite:file:x.db", "allowed: `sqlite:`")]
#[case::carriage_return("sqlite:x.db\r", "the CR of a file with CRLF line ends")]
#[case::line_end("sqlite:x.db\n", "the CR of a file with CRLF line ends")]
#[case::space_at_the_end("sqlite:x.db ", "the CR of a file with CRLF line ends")]
#[case::carriage_return("postgres://u:hunter2@h/x\r", "the CR of a file with CRLF line ends")]
#[case::tab_in_password("postgres://u:hunter2\t@h/x", "the CR of a file with CRLF line ends")]
#[case::other_database("mysql://root:hunter2@h/x", "allowed: `sqlite:`")]
#[case::no_slashes("postgres:gatehouse", "allowed: `sqlite:`")]
#[case::slash_in_password("postgres://u:hunter2/x@h/x", "percent-encoded")]
#[case::slash_after_digits("postgres://u:1/hunter2@h/x", "percent-encoded")]
#[case::hash_in_password("postgres://u:1#hunter2@h/x", "percent-encoded")]
#[case::question_mark_in_password("postgres://u:?hunter2@h/x", "percent-encoded")]
#[case::question_mark_after_digits("postgres://u:1?hunter2@h/x", "percent-encoded")]
#[case::host_as_parameter("postgres://u:hunter2@h/x?host=h2", "directory of a socket")]
#[case::several_servers(
    "postgres://u:hunter2@h1:5432,h2:5432/x",
    "one address is needed, not a list of servers"
)]
#[case::several_servers("postgres://h1,h2/x", "one address is needed, not a list of servers")]
#[case::comma_in_password("postgres://u:hunter2,3/x@h/x", "percent-encoded")]
#[case::misspelt_parameter("postgres://u:hunter2@h/x?sslmod=require", "unknown parameter \"sslmod\"")]
#[case::unknown_mode("postgres://u:hunter2@h/x?sslmode=always", "unknown sslmode, allowed: disable")]
fn what_is_no_address_is_refused_without_being_repeated(#[case] address: &str, #[case] reason: &str) {
    let refusal = DatabaseUrl::parse(address).unwrap_err().to_string();
    assert!(refusal.contains(reason) && !refusal.contains("hunter2"), "{refusal}");
}

#[rstest]
fn a_default_reaches_the_server_as_it_is(#[values("Zx9%2fQ!", "a/b?c#d", "ä ö%", "100%")] value: &str) {
    let defaults = PostgresDefaults {
        user: value,
        password: value,
        db: value,
        ..DEFAULTS
    };
    let url = DatabaseUrl::parse("postgres://")
        .unwrap()
        .or_defaults(defaults)
        .unwrap();
    assert_eq!(options(&url).get_username(), value);
    assert_eq!(options(&url).get_database(), Some(value));
    let plain = options(&url).username("user").to_url_lossy();
    assert_eq!(plain.password(), Some(encoded(value).as_str()));
}

#[test]
fn what_an_address_leaves_out_is_taken_from_the_defaults() {
    let completed = |address: &str| DatabaseUrl::parse(address).unwrap().or_defaults(DEFAULTS).unwrap();
    for (address, expected) in [
        ("postgres://", "postgres://gatehouse:***@db.example:5433/users"),
        (
            "postgres:///?sslmode=require",
            "postgres://gatehouse:***@db.example:5433/users?sslmode=require",
        ),
        ("postgres://alice:secret@h:1/x", "postgres://alice:***@h:1/x"),
        ("postgres://replica", "postgres://gatehouse:***@replica:5433/users"),
        ("sqlite:x.db", "sqlite:x.db"),
    ] {
        assert_eq!(completed(address).to_string(), expected);
    }
    assert_eq!(
        password(&completed("postgres://")).as_deref(),
        Some("p%40ss%3Aw%2Frd%23%252f")
    );
    assert_eq!(password(&completed("postgres://u:own@h")).as_deref(), Some("own"));

    let ip_v6 = PostgresDefaults {
        host: "::1",
        password: "",
        ..DEFAULTS
    };
    let url = DatabaseUrl::parse("postgres://").unwrap().or_defaults(ip_v6).unwrap();
    assert_eq!(url.to_string(), "postgres://gatehouse@[::1]:5433/users");
}
