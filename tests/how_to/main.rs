//! The guides in `docs/how-to/`, followed to the letter in a copy of this tree.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod guide;
mod tree;

use std::{collections::BTreeSet, fs, path::Path};

use guide::{Step, steps};
use rstest::rstest;
use tree::{Tree, walk};

const GUIDES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/how-to");

#[rstest]
#[case::use_case("add-a-use-case.md")]
#[case::field("add-a-field-to-the-user.md")]
#[case::role("add-a-role-or-a-permission.md")]
#[case::page("add-a-page.md")]
#[case::command("add-a-command.md")]
#[case::aggregate("add-another-aggregate.md")]
#[case::adapter("replace-the-database-adapter.md")]
#[case::grpc("add-a-grpc-service.md")]
#[case::project("start-your-own-project.md")]
#[ignore = "builds the project anew"]
fn a_guide_leads_where_it_says(#[case] guide: &str) {
    follow(guide, |_| true);
}

/// Builds and tests nothing, so that it is known within seconds when a guide builds on what has changed.
#[test]
#[ignore = "needs Git"]
fn every_guide_can_be_applied() {
    for guide in guides() {
        follow(&guide, |script| !script.contains("cargo"));
    }
}

fn follow(guide: &str, runs: impl Fn(&str) -> bool) {
    let guide = fs::read_to_string(Path::new(GUIDES).join(guide)).unwrap();
    let tree = Tree::pristine();
    for step in steps(&guide) {
        match step {
            Step::Patch(patch) => tree.apply(&patch),
            Step::Write { path, content } => tree.write(&path, &content),
            Step::Run(script) if runs(&script) => tree.run(&script),
            Step::Run(_) => {}
        }
    }
}

/// The file names of all guides.
fn guides() -> BTreeSet<String> {
    let names = fs::read_dir(GUIDES)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "README.md").collect()
}

#[test]
#[ignore = "needs crates.io"]
fn a_new_project_has_the_old_name_in_its_credits_and_in_old_figures_only() {
    let tree = Tree::pristine();
    tree.run("tools/new-project porter ../porter");
    let project = tree.path.join("../porter");
    let mut named = walk(&project);
    named.retain(|file| {
        let content = fs::read(project.join(file)).unwrap();
        let text = format!("{} {}", file.display(), String::from_utf8_lossy(&content));
        text.to_lowercase().contains("gatehouse") && !file.starts_with("bench/results")
    });
    named.sort();
    assert_eq!(named, ["LICENSE", "README.md"].map(Path::new));
}

#[test]
#[ignore = "needs crates.io"]
fn a_new_project_needs_no_repository_and_takes_nothing_that_git_ignores() {
    let tree = Tree::pristine();
    tree.run("tools/new-project porter ../porter && rm -rf .git");
    tree.write("data/gatehouse.db", "accounts");
    tree.write(".secrets.toml", "secrets");
    tree.run("tools/new-project porter ../another && diff -r ../porter ../another");
}

#[rstest]
#[case::keyword("type")]
#[case::reserved("gen")]
#[case::own_test("test")]
#[case::standard_library("core")]
#[case::dependency("chrono")]
#[case::member_of_the_workspace("migration")]
#[ignore = "needs Git, bash"]
fn a_new_project_cannot_have_the_name_of_something_else(#[case] name: &str) {
    let tree = Tree::pristine();
    tree.run(&format!(
        "! tools/new-project {name} ../{name} 2>said && test ! -e ../{name} && grep 'choose another name' said"
    ));
}

/// The cases above are all there are.
#[test]
fn every_guide_is_followed() {
    let cases = include_str!("main.rs")
        .lines()
        .filter(|line| line.starts_with("#[case::"));
    let followed = cases.filter_map(|case| case.split('"').nth(1).map(str::to_owned));
    let followed = followed.filter(|name| name.ends_with(".md"));
    assert_eq!(guides(), followed.collect());
}
