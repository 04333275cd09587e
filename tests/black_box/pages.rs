//! Every page leads where it says, and shows what is so.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use regex_lite::Regex;

use crate::support::{MADE, Page, files, type_in};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_in_it() {
    let mut found = 0;
    for page in Page::all() {
        for link in page.links.iter().filter(|link| !link.contains("://")) {
            let (target, anchor) = page.target(link);
            assert!(target.exists(), "{}: {link}", page.path);
            let is_there = || {
                Page::read(target.to_str().unwrap())
                    .anchors
                    .iter()
                    .any(|other| other == anchor)
            };
            assert!(anchor.is_empty() || is_there(), "{}: {link}", page.path);
            found += 1;
        }
    }
    assert!(found > 300, "{found}");
}

#[test]
fn every_path_that_is_named_is_there() {
    let (files, mut found) = (files(), 0);
    for page in Page::all() {
        let made = page.blocks.iter().filter(|_| page.is_how_to());
        let made: Vec<_> = made.filter_map(|block| block.code.as_deref()).collect();
        for name in page.code.iter().filter(|name| !name.contains(char::is_whitespace)) {
            let is_there = if let Some((folder, _)) = name.split_once('/')
                && Path::new(ROOT).join(folder).is_dir()
                && !folder.is_empty()
                && !MADE.contains(&folder)
            {
                Path::new(ROOT).join(name).exists()
            } else if name.ends_with(".rs") {
                files
                    .iter()
                    .any(|file| format!("/{file}").ends_with(&format!("/{name}")))
            } else {
                continue;
            };
            assert!(is_there || made.contains(&name.as_str()), "{}: {name}", page.path);
            found += 1;
        }
    }
    assert!(found > 30, "{found}");
}

#[test]
fn what_is_for_a_shell_is_typed_in_or_marked() {
    let call = Regex::new(r#"shell_(?:lines|blocks)\(\s*"([^"]+)",\s*"([^"]+)""#).unwrap();
    let tests = files()
        .into_iter()
        .filter(|file| file.starts_with("tests/") && file.ends_with(".rs"));
    let tests: String = tests
        .map(|file| fs::read_to_string(Path::new(ROOT).join(file)).unwrap())
        .collect();
    let typed: BTreeSet<_> = call.captures_iter(&tests).map(|call| call.extract().1).collect();
    for page in Page::of_what_is() {
        for block in &page.blocks {
            let is_typed = || {
                block
                    .headings
                    .iter()
                    .any(|heading| typed.contains(&[&*page.path, &**heading]))
            };
            match &*block.info {
                "sh" => assert!(is_typed(), "{}: no test types this in:\n{}", page.path, block.content),
                "" | "bash" | "console" | "shell" => panic!("{}: sh, or what else?\n{}", page.path, block.content),
                _ => {}
            }
        }
    }
}

#[test]
#[ignore = "needs bash"]
fn what_is_not_typed_in_is_understood_by_a_shell() {
    let mut found = 0;
    for page in Page::of_what_is() {
        for block in page.blocks.iter().filter(|block| block.info == "sh no_run") {
            type_in(
                &format!("exec bash -n <<'no_run'\n{}no_run\n", block.content),
                Path::new(ROOT),
            );
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
}

#[test]
fn rust_is_copied_from_the_file_that_a_link_in_front_of_it_leads_to() {
    let lines = |text: &str| {
        text.lines()
            .map(|line| format!("\n{}", line.trim()))
            .collect::<String>()
    };
    let mut found = 0;
    for page in Page::of_what_is() {
        for block in page.blocks.iter().filter(|block| block.info.starts_with("rust")) {
            let link = block.link.as_deref().unwrap_or_default();
            let source = fs::read_to_string(page.target(link).0).unwrap();
            assert!(
                lines(&source).contains(&lines(&block.content)),
                "{}: not in {link}:\n{}",
                page.path,
                block.content
            );
            found += 1;
        }
    }
    assert!(found > 1, "{found}");
}

#[test]
fn every_type_that_a_comment_names_exists() {
    const OF_OTHERS: [&str; 3] = ["ConnectionInfo", "CrossOriginProtection", "HttpServer"];
    let (span, word) = (Regex::new("`[^`]+`").unwrap(), Regex::new(r"\w+").unwrap());
    let type_name = Regex::new(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b").unwrap();
    let (mut named, mut code) = (BTreeMap::new(), BTreeSet::new());
    for file in files().into_iter().filter(|file| file.ends_with(".rs")) {
        let text = fs::read_to_string(Path::new(ROOT).join(&file)).unwrap();
        for line in text.lines().map(str::trim_start) {
            if line.starts_with("//") {
                for span in span.find_iter(line) {
                    let names = type_name.find_iter(span.as_str());
                    named.extend(names.map(|name| (name.as_str().to_owned(), file.clone())));
                }
            } else {
                code.extend(word.find_iter(line).map(|word| word.as_str().to_owned()));
            }
        }
    }
    assert!(named.len() > 50, "{named:?}");
    named.retain(|name, _| !code.contains(name) && !OF_OTHERS.contains(&name.as_str()));
    assert!(named.is_empty(), "{named:?}");
}
