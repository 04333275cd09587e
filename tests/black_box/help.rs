//! What the program says about itself.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use test_database::DatabaseKind;

use crate::support::{Page, Program};

#[test]
fn what_every_command_explains_changes_only_in_review() {
    let explained = explained();
    assert_eq!(explained.len(), 27, "the program itself, and every command on its way");
    for (command, help) in explained {
        insta::assert_snapshot!(command.replace(' ', "-"), help);
    }
}

#[test]
fn the_page_on_the_command_line_lists_every_command() {
    let explained = explained();
    let mut listed = BTreeSet::new();
    for row in Page::read("docs/command-line.md").table("The command line") {
        let mut command = Vec::new();
        for name in row[0].split(", ") {
            let words = name.split(' ').take_while(|word| !word.starts_with(['<', '[']));
            // A name without the program is one beside the last.
            command.truncate(if name.starts_with("gatehouse") {
                0
            } else {
                command.len() - 1
            });
            command.extend(words);
            listed.insert(command.join(" "));
        }
    }
    let commands = explained
        .keys()
        .filter(|command| *command == "gatehouse" || !has_commands(&explained, command));
    assert_eq!(listed, commands.cloned().collect());
}

#[test]
fn every_command_that_a_page_names_exists_with_its_options() {
    // A container may have the name of the program.
    let named = Regex::new(r"(?:gatehouse )?gatehouse(?:-operator)? ([a-z][^\n|;&]*)").unwrap();
    let (explained, mut found) = (explained(), 0);
    for page in Page::of_what_is() {
        let blocks = page.blocks.iter().filter(|block| block.info.starts_with("sh"));
        let blocks = blocks.map(|block| block.content.replace("\\\n", " "));
        for text in blocks.chain(page.code.iter().cloned()) {
            for line in named.captures_iter(&text) {
                let mut command = "gatehouse".to_owned();
                let mut words = line[1].split_whitespace();
                while has_commands(&explained, &command)
                    && let Some(word) = words.next()
                {
                    command = format!("{command} {word}");
                    assert!(explained.contains_key(&command), "{}: {command}", page.path);
                }
                for option in words
                    .map(|word| word.trim_matches(['[', ']']))
                    .filter(|word| word.starts_with("--"))
                {
                    assert!(
                        explained[&command].contains(option),
                        "{}: {command} {option}",
                        page.path
                    );
                }
                found += 1;
            }
        }
    }
    assert!(found > 50, "{found}");
}

/// What every command explains about itself, by the words that ask for it.
fn explained() -> BTreeMap<String, String> {
    let program = Program::new(DatabaseKind::Sqlite);
    let (mut explained, mut next) = (BTreeMap::new(), vec!["gatehouse".to_owned()]);
    while let Some(command) = next.pop() {
        let words: Vec<_> = command.split(' ').skip(1).chain(["--help"]).collect();
        let help = program.run(&words).succeeded();
        let commands = help.split_once("Commands:\n").map_or("", |(_, commands)| commands);
        let names = commands.lines().map_while(|line| line.split_whitespace().next());
        next.extend(
            names
                .filter(|name| *name != "help")
                .map(|name| format!("{command} {name}")),
        );
        explained.insert(command, help);
    }
    explained
}

fn has_commands(explained: &BTreeMap<String, String>, command: &str) -> bool {
    explained[command].contains("Commands:\n")
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = Program::new(DatabaseKind::Sqlite).run(&["--version"]).succeeded();
    assert_eq!(version, format!("gatehouse {}\n", env!("CARGO_PKG_VERSION")));
}
