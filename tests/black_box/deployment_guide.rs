//! The deployment guide and the files that belong to it name what there is.

use std::collections::BTreeSet;

use toml::{Table, Value};

const CONFIG: &str = include_str!("../../config.toml");
const SECRETS: &str = include_str!("../../.secrets.toml.example");
const GUIDE: &str = include_str!("../../docs/deployment.md");
const UNIT: &str = include_str!("../../deploy/gatehouse.service");
const OPERATOR: &str = include_str!("../../deploy/gatehouse-operator");

#[test]
fn every_configuration_key_that_is_named_exists() {
    let known = known_keys();
    let sections: BTreeSet<_> = known.iter().filter_map(|key| key.split('.').next()).collect();
    let named: BTreeSet<_> = GUIDE
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

    assert!(named.len() > 10, "{named:?}");
    assert_eq!(named.difference(&known).next(), None);
}

#[test]
fn every_variable_that_is_named_sets_a_key() {
    let known = known_keys();
    for (text, least) in [(GUIDE, 3), (UNIT, 3), (OPERATOR, 4)] {
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
