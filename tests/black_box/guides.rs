//! The guides and the files that belong to them name what there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
};

use regex_lite::Regex;
use toml::{Table, Value};

use crate::support::{Page, files};

const CONFIG: &str = include_str!("../../config.toml");
const SECRETS: &str = include_str!("../../.secrets.toml.example");
const UNIT: &str = include_str!("../../deploy/gatehouse.service");

#[test]
fn every_configuration_key_that_is_named_exists() {
    let known = known_keys();
    let sections: BTreeSet<_> = known.iter().filter_map(|key| key.split('.').next()).collect();
    let key = Regex::new(r"^([a-z_]+)(\.[a-z_]+)+$").unwrap();
    let mut found = 0;
    for page in Page::of_what_is() {
        for name in page.code.iter().filter(|name| !name.ends_with(".rs")) {
            if key.captures(name).is_some_and(|key| sections.contains(&key[1])) {
                assert!(known.contains(name), "{}: {name}", page.path);
                found += 1;
            }
        }
    }
    assert!(found > 150, "{found}");
}

#[test]
fn every_configuration_key_is_explained_with_its_defaults() {
    let config: Table = CONFIG.parse().unwrap();
    let page = Page::read("docs/configuration.md");
    let rows: BTreeMap<_, _> = page
        .table("Configuration")
        .into_iter()
        .map(|row| (row[0].clone(), &row[1]))
        .collect();
    assert_eq!(rows.keys().cloned().collect::<BTreeSet<_>>(), known_keys());
    for (key, told) in rows {
        let value_in = |section: &Value| {
            key.split('.')
                .try_fold(section, |table, name| table.get(name))
                .map(shown)
        };
        let Some(mut expected) = value_in(&config["default"]) else {
            assert!(told.starts_with("secret"), "{key}: {told}");
            continue;
        };
        let mut others: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (environment, section) in config.iter().filter(|(environment, _)| *environment != "default") {
            if let Some(value) = value_in(section) {
                others.entry(value).or_default().push(environment.as_str());
            }
        }
        for (value, environments) in others {
            write!(expected, "; {value} in {}", environments.join(" and ")).unwrap();
        }
        let rest = told.strip_prefix(&expected);
        assert!(
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([',', ':'])),
            "{key}: {told}, and not {expected}"
        );
    }
}

/// A value as the page has it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.first().map_or("none".to_owned(), shown),
        other => other.to_string(),
    }
}

#[test]
fn every_section_that_is_shown_is_understood() {
    let (known, mut found) = (known_keys(), 0);
    for block in Page::of_what_is()
        .iter()
        .flat_map(|page| &page.blocks)
        .filter(|block| block.info == "toml")
    {
        let shown: Table = block.content.parse().unwrap();
        for section in shown.values() {
            let mut keys = BTreeSet::new();
            collect(section, "", &mut keys);
            assert_eq!(keys.difference(&known).next(), None, "{}", block.content);
            found += keys.len();
        }
    }
    assert!(found > 3, "{found}");
}

#[test]
fn every_variable_that_is_named_sets_a_key() {
    let (known, mut found) = (known_keys(), 0);
    let pages = Page::of_what_is().into_iter().map(|page| page.path);
    let others = files().into_iter().filter(|file| file.starts_with("deploy/"));
    for file in pages.chain(others).chain(["docker-compose.yaml".to_owned()]) {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).unwrap();
        let named = text
            .split(|character: char| !character.is_ascii_uppercase() && character != '_')
            .filter_map(|word| word.strip_prefix("APP_").filter(|name| name.contains("__")))
            .map(|name| name.to_lowercase().replace("__", "."));
        for key in named {
            let secret = key.strip_suffix("_file").unwrap_or(&key);
            assert!(known.contains(&key) || known.contains(secret), "{file}: {key}");
            found += 1;
        }
    }
    assert!(found > 20, "{found}");
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
fn every_test_that_is_named_exists() {
    for (folder, least) in [("docs/security.md", 100), ("docs/architecture/", 30)] {
        let pages = Page::of_what_is()
            .into_iter()
            .filter(|page| page.path.starts_with(folder));
        let named: BTreeSet<_> = pages
            .flat_map(|page| page.code)
            .filter(|name| name.split("::").count() > 2 || name.starts_with("architecture::"))
            .filter(|name| !name.contains(' '))
            .collect();
        assert!(named.len() >= least, "{named:?}");
        let missing: Vec<_> = named.iter().filter(|name| !test_exists(name)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
    }
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
