//! What the program says about itself.

use test_database::DatabaseKind;

use crate::support::Program;

#[test]
fn what_every_command_explains_changes_only_in_review() {
    let explained = explain(&Program::new(DatabaseKind::Sqlite), &["gatehouse"]);
    assert_eq!(explained, 23, "the program itself, and every command on its way");
}

/// Compares what a command and those under it explain with what was reviewed. Returns how many they are.
fn explain(program: &Program, command: &[&str]) -> usize {
    let help = program.run(&[&command[1..], &["--help"]].concat()).succeeded();
    insta::assert_snapshot!(command.join("-"), help);
    let commands = help.split_once("Commands:\n").map_or("", |(_, commands)| commands);
    let names = commands.lines().map_while(|line| line.split_whitespace().next());
    let below = names.filter(|name| *name != "help");
    below.fold(1, |explained, name| {
        explained + explain(program, &[command, &[name]].concat())
    })
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = Program::new(DatabaseKind::Sqlite).run(&["--version"]).succeeded();
    assert_eq!(version, format!("gatehouse {}\n", env!("CARGO_PKG_VERSION")));
}
