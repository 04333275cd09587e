//! The guides and the files that belong to them name what there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use regex_lite::Regex;
use rstest::rstest;
use toml::{Table, Value};

const CONFIG: &str = include_str!("../../config.toml");
const SECRETS: &str = include_str!("../../.secrets.toml.example");
const DEPLOYMENT: &str = include_str!("../../docs/deployment.md");
const API: &str = include_str!("../../docs/api.md");
const CONFIGURATION: &str = include_str!("../../docs/configuration.md");
const METRICS: &str = include_str!("../../docs/metrics.md");
const SECURITY: &str = include_str!("../../docs/security.md");
const FROM_THE_ORIGINAL: &str = include_str!("../../docs/coming-from-fastapi-clean-example.md");
const UNIT: &str = include_str!("../../deploy/gatehouse.service");
const OPERATOR: &str = include_str!("../../deploy/gatehouse-operator");

const FOLDERS_OF_PAGES: [&str; 8] = [
    "",
    "docs",
    "docs/architecture",
    "docs/decisions",
    "docs/how-to",
    "examples/curl",
    "examples/python",
    "examples/typescript",
];

#[rstest]
#[case::deployment(DEPLOYMENT, 10)]
#[case::api(API, 6)]
#[case::metrics(METRICS, 4)]
#[case::security(SECURITY, 10)]
#[case::configuration(CONFIGURATION, 50)]
#[case::coming_from_the_original(FROM_THE_ORIGINAL, 20)]
fn every_configuration_key_that_is_named_exists(#[case] guide: &str, #[case] least: usize) {
    let known = known_keys();
    let sections: BTreeSet<_> = known.iter().filter_map(|key| key.split('.').next()).collect();
    let named: BTreeSet<_> = guide
        .split('`')
        .filter(|text| {
            text.bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"_.".contains(&byte))
        })
        .filter(|text| {
            text.split_once('.')
                .is_some_and(|(section, _)| sections.contains(section))
        })
        .map(str::to_owned)
        .collect();

    assert!(named.len() >= least, "{named:?}");
    assert_eq!(named.difference(&known).next(), None);
}

#[test]
fn every_configuration_key_is_explained_with_its_default() {
    let config: Table = CONFIG.parse().unwrap();
    let rows: BTreeMap<_, _> = CONFIGURATION
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .collect();
    assert_eq!(
        rows.keys().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>(),
        known_keys()
    );
    for (key, rest) in rows {
        let value = key
            .split('.')
            .try_fold(&config["default"], |table, name| table.get(name));
        if let Some(value @ (Value::Integer(_) | Value::Float(_) | Value::Boolean(_))) = value {
            let default = rest.split([' ', ';']).next().unwrap();
            assert_eq!(default, value.to_string(), "{key}");
        }
    }
}

#[test]
fn every_variable_that_is_named_sets_a_key() {
    let known = known_keys();
    for (text, least) in [
        (DEPLOYMENT, 3),
        (API, 1),
        (CONFIGURATION, 3),
        (METRICS, 1),
        (FROM_THE_ORIGINAL, 2),
        (UNIT, 3),
        (OPERATOR, 4),
    ] {
        let named: BTreeSet<_> = text
            .split(|character: char| !character.is_ascii_uppercase() && character != '_')
            .filter_map(|word| word.strip_prefix("APP_").filter(|name| name.contains("__")))
            .map(|name| name.to_lowercase().replace("__", "."))
            .collect();

        assert!(named.len() >= least, "{named:?}");
        for key in named {
            let secret = key.strip_suffix("_file").unwrap_or(&key);
            assert!(known.contains(&key) || known.contains(secret), "{key}");
        }
    }
}

#[test]
fn systemd_waits_longer_for_a_stop_than_running_requests_may_take() {
    let waits = UNIT.split("TimeoutStopSec=").nth(1).unwrap().lines().next().unwrap();
    let config: Table = CONFIG.parse().unwrap();
    let takes = config["default"]["server"]["shutdown_timeout_seconds"]
        .as_integer()
        .unwrap();

    assert!(waits.parse::<i64>().unwrap() > takes);
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_in_it() {
    let link = Regex::new(r"\]\(([^)#]*)#?([^)]*)\)").unwrap();
    let mut found = 0;
    for directory in FOLDERS_OF_PAGES {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
        let entries = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path());
        for page in entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
            let text = without_blocks(&fs::read_to_string(&page).unwrap());
            for link in link.captures_iter(&text).filter(|link| !link[1].contains("://")) {
                let target = if link[1].is_empty() {
                    page.clone()
                } else {
                    directory.join(&link[1])
                };
                assert!(target.exists(), "{}: {}", page.display(), &link[0]);
                assert!(has_heading(&target, &link[2]), "{}: {}", page.display(), &link[0]);
                found += 1;
            }
        }
    }
    assert!(found > 50, "{found}");
}

/// The page without its fenced blocks, in which code may look like a link.
fn without_blocks(page: &str) -> String {
    let mut in_block = false;
    let lines = page.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        in_block ^= is_fence;
        !in_block && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a page has a heading that the anchor leads to. The anchor of none leads to every file.
fn has_heading(page: &Path, anchor: &str) -> bool {
    let anchor_of = |heading: &str| -> String {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words
            .chars()
            .filter(|character| character.is_alphanumeric() || " -_".contains(*character));
        kept.map(|character| if character == ' ' { '-' } else { character })
            .collect()
    };
    anchor.is_empty()
        || fs::read_to_string(page)
            .unwrap()
            .lines()
            .any(|line| line.starts_with('#') && anchor_of(line) == anchor)
}

fn known_keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (file, section) in [(CONFIG, "default"), (SECRETS, "prod")] {
        let file: Table = file.parse().unwrap();
        collect(&file[section], "", &mut keys);
    }
    keys
}

fn collect(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    let Value::Table(table) = value else {
        keys.insert(path.to_owned());
        return;
    };
    for (name, value) in table {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        collect(value, &path, keys);
    }
}

#[test]
fn every_test_that_the_page_on_security_names_exists() {
    assert_tests_exist(SECURITY, 100);
}

#[test]
fn every_test_that_the_book_of_the_architecture_names_exists() {
    let chapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture");
    let chapters = fs::read_dir(chapters).unwrap().map(|entry| entry.unwrap().path());
    let book: String = chapters.map(|chapter| fs::read_to_string(chapter).unwrap()).collect();
    assert_tests_exist(&book, 30);
}

fn assert_tests_exist(text: &str, least: usize) {
    let named: BTreeSet<_> = text
        .split('`')
        .filter(|text| text.split("::").count() > 2 || text.starts_with("architecture::"))
        .filter(|text| !text.contains(' '))
        .collect();
    assert!(named.len() >= least, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|name| !test_exists(name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Whether there is a test of this name, as `cargo test` has it.
fn test_exists(name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once("::") else {
        return false;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_outside = ["architecture::", "black_box::"]
        .iter()
        .any(|program| name.starts_with(program));
    let folder = if is_outside { "tests" } else { "src" };
    let module = module.trim_end_matches("::tests").replace("::", "/");
    let files = ["", "/mod", "/main", "/tests"].map(|file| root.join(folder).join(format!("{module}{file}.rs")));
    let texts = files.iter().filter_map(|file| fs::read_to_string(file).ok());
    texts.into_iter().any(|text| text.contains(&format!("fn {function}(")))
}
