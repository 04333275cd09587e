//! README and the other papers of the project name what there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use regex_lite::Regex;
use test_database::DatabaseKind;

use crate::support::{Page, Server, type_in};

const README: &str = include_str!("../../README.md");
const CONTRIBUTING: &str = include_str!("../../CONTRIBUTING.md");
const MANIFEST: &str = include_str!("../../Cargo.toml");
const MAKEFILE: &str = include_str!("../../Makefile");
const WORKFLOW: &str = include_str!("../../.github/workflows/ci.yaml");
const DECISIONS: &str = include_str!("../../docs/decisions/README.md");
const COMMANDS: &str = include_str!("../../docs/recording/commands.sh");
const RECORDING: &str = include_str!("../../docs/recording/recording.svg");

#[test]
fn the_oldest_rust_is_that_of_the_manifest() {
    let version = MANIFEST.split("rust-version = \"").nth(1).unwrap();
    let version = version.split('"').next().unwrap();

    assert!(README.contains(&format!("[Rust](https://rustup.rs) {version} or later")));
    assert!(CONTRIBUTING.contains(&format!("Rust {version} or later")));
    assert!(WORKFLOW.contains(&format!("image: rust:{version}-")));
}

#[test]
fn every_decision_is_listed_by_its_title() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/decisions");
    let mut listed = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name != "README.md" {
            let text = fs::read_to_string(&path).unwrap();
            let title = text.lines().next().unwrap().trim_start_matches("# ");
            assert!(DECISIONS.contains(&format!("- [{title}]({name})\n")), "{name}");
            listed += 1;
        }
    }
    assert_eq!(DECISIONS.matches("\n- [").count(), listed);
}

#[test]
fn every_target_of_make_that_is_named_exists_and_is_phony() {
    let targets: BTreeSet<_> = MAKEFILE
        .lines()
        .filter(|line| line.contains(": ") && line.contains("## "))
        .filter_map(|line| line.split(':').next())
        .collect();
    let phony = MAKEFILE.lines().find_map(|line| line.strip_prefix(".PHONY: ")).unwrap();
    assert_eq!(phony.split(' ').collect::<BTreeSet<_>>(), targets);

    let named = Regex::new("`make ([a-z][a-z.-]*)").unwrap();
    let typed = Regex::new("(?m)^make ([a-z][a-z.-]*)").unwrap();
    let mut found = 0;
    for page in Page::all() {
        // What the original has is told there as well.
        let text = page.text.split("\n## make\n").next().unwrap();
        let blocks = page.blocks_in("sh") + &page.blocks_in("sh no_run");
        for target in named.captures_iter(text).chain(typed.captures_iter(&blocks)) {
            assert!(targets.contains(&target[1]), "{}: {}", page.path, &target[0]);
            found += 1;
        }
    }
    assert!(found > 30, "{found}");
}

#[test]
fn what_a_target_of_make_needs_is_told() {
    let page = Page::read("CONTRIBUTING.md");
    let told: BTreeMap<_, _> = page
        .table("Checks")
        .into_iter()
        .map(|row| (&*row[0], &*row[2]))
        .collect();
    let needs = Regex::new("(?m)^([a-z.-]+):.* ## .*; needs (.*)").unwrap();
    let mut found = 0;
    for target in needs.captures_iter(MAKEFILE) {
        let told = told.get(&*format!("make {}", &target[1]));
        assert!(
            told.is_some_and(|told| told.starts_with(&target[2])),
            "{}: {told:?}",
            &target[0]
        );
        found += 1;
    }
    assert!(found > 10, "{found}");
}

#[test]
fn the_requirements_that_are_met_are_counted() {
    let page = Page::read("docs/security.md");
    let judged = |as_that: &str| {
        let rows = page.rows.iter().filter(|row| row.cells.len() == 5);
        rows.filter(|row| row.cells[2] == as_that).count()
    };
    let (met, unmet) = (judged("yes"), judged("no"));

    assert!(page.text.contains(&format!(" {met} are met, {unmet} are not, ")));
    assert!(README.contains(&format!("[{met} of ")) && README.contains(&format!(" are met, {unmet} are not, ")));
}

#[test]
fn the_recording_shows_what_is_typed() {
    let text = Regex::new("<text[^>]*>([^<]*)</text>").unwrap();
    let words: Vec<_> = text
        .captures_iter(RECORDING)
        .map(|text| text[1].replace("&apos;", "'").replace("&quot;", "\""))
        .map(|text| text.replace("&gt;", ">").replace("&amp;", "&"))
        .collect();
    let shown = words.join(" ");
    for command in commands() {
        assert!(shown.contains(&format!("$ {command}")), "{command}");
    }
}

#[test]
#[ignore = "needs bash, curl and jq"]
fn the_recording_can_be_typed_in() {
    let server = Server::start(DatabaseKind::Sqlite);
    let program = env!("CARGO_BIN_EXE_gatehouse");
    // The server runs already.
    let typed: Vec<_> = commands().skip(2).collect();
    let script = typed.join("\n").replace("http://127.0.0.1:8000", server.base_url());

    let said = type_in(
        &format!("gatehouse() {{ {program} \"$@\"; }}\n{script}"),
        server.directory(),
    );

    assert!(said.contains(r#""username": "alice""#), "{said}");
    assert!(said.contains(r#"{"status":403,"code":"not_authorized""#), "{said}");
    assert!(said.contains(r#"{"username":"alice","role":"admin"}"#), "{said}");
    assert!(said.ends_with("alice sign_up alice success\n"), "{said}");
}

fn commands() -> impl Iterator<Item = &'static str> {
    COMMANDS.lines().filter(|line| !line.starts_with('#'))
}
