//! The first tour of the README can be pasted as it stands.

use test_database::DatabaseKind;

use crate::support::{Server, shell_lines, type_in};

#[test]
#[ignore = "needs bash and curl"]
fn the_first_tour_works_line_by_line() {
    let server = Server::start(DatabaseKind::Sqlite);
    let script = shell_lines("README.md", "A first tour")
        .replace("http://127.0.0.1:8000", server.base_url())
        .replace("cargo run -q --", env!("CARGO_BIN_EXE_gatehouse"));

    let said = type_in(&script, server.directory());

    let lines: Vec<_> = said.lines().collect();
    let [done @ .., status, last] = &lines[..] else {
        panic!("{said}");
    };
    assert_eq!(
        done.len(),
        script.matches("curl").count() - 2 + script.matches("create-super-admin").count()
    );
    for line in done {
        assert!(!line.contains("urn:gatehouse:problem"), "{line}");
    }
    assert_eq!(*status, "204");
    assert!(last.contains("not_authenticated"), "{last}");
}
