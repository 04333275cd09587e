//! The Dependency Rule as a test: a layer names itself, layers further inside, and the crates that it is allowed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod cycles;
mod dependency_graph;
mod source_file;

use std::{collections::BTreeSet, path::Path};

use source_file::{SourceFile, Target};

struct Layer {
    name: &'static str,
    /// The other layers that it may name.
    layers: &'static [&'static str],
    /// The crates that it may name.
    crates: &'static [&'static str],
}

#[rustfmt::skip]
const LAYERS: [Layer; 5] = [
    Layer {
        name: "domain",
        layers: &[],
        crates: &["base64", "chrono", "sha2", "thiserror", "unicode_normalization", "uuid", "zeroize"],
    },
    Layer {
        name: "application",
        layers: &["domain"],
        crates: &["async_trait", "chrono", "log", "secrecy", "thiserror", "zeroize"],
    },
    Layer {
        name: "infrastructure",
        layers: &["application", "domain"],
        crates: &[
            "async_trait", "aws_lc_rs", "base64", "bcrypt", "chrono", "getrandom", "hmac", "jsonwebtoken", "log",
            "migration", "percent_encoding", "prometheus_client", "sea_orm", "secrecy", "serde", "serde_json", "sha1",
            "sha2", "sqlx_core", "thiserror", "tokio", "tokio_util", "url", "uuid", "zeroize",
        ],
    },
    Layer {
        name: "presentation",
        layers: &["application", "domain"],
        crates: &[
            "actix_cors", "actix_session", "actix_web", "anyhow", "askama", "base64", "chrono", "clap", "flate2",
            "form_urlencoded", "futures_util", "indicatif", "ipnet", "log", "mime", "paperclip", "prometheus_client",
            "rpassword", "secrecy", "serde", "serde_ignored", "serde_json", "serde_path_to_error",
            "serde_urlencoded", "tokio", "url", "utoipa_swagger_ui", "uuid", "zeroize",
        ],
    },
    Layer {
        name: "setup",
        layers: &["application", "domain", "infrastructure", "presentation"],
        crates: &[
            "actix_http", "actix_server", "actix_service", "actix_web", "anyhow", "base64", "chrono", "env_logger",
            "figment", "getrandom", "ipnet", "log", "prometheus_client", "rustix", "secrecy", "serde", "serde_json",
            "tempfile", "thiserror", "tokio", "toml", "ureq", "url", "zeroize",
        ],
    },
];

/// What code under `#[cfg(test)]` may name besides, in every layer.
const TEST_CRATES: [&str; 12] = [
    "anyhow",
    "aws_lc_rs",
    "futures_util",
    "insta",
    "proptest",
    "regex_lite",
    "rstest",
    "serde_json",
    "tempfile",
    "test_database",
    "thiserror",
    "tokio",
];

impl Layer {
    /// The layer that a file belongs to.
    fn of(file: &SourceFile) -> Option<&'static Self> {
        LAYERS
            .iter()
            .find(|layer| file.module.first().is_some_and(|name| name == layer.name))
    }

    fn may_name(&self, target: &Target, in_test: bool) -> bool {
        match target {
            Target::Module(name) => name == self.name || self.layers.contains(&name.as_str()),
            Target::Crate(name) => {
                self.crates.contains(&name.as_str()) || (in_test && TEST_CRATES.contains(&name.as_str()))
            }
        }
    }
}

#[test]
fn a_layer_names_only_itself_layers_further_inside_and_its_crates() {
    let mut violations = Vec::new();
    for file in SourceFile::all() {
        let Some(layer) = Layer::of(&file) else { continue };
        for named in &file.references {
            if !layer.may_name(&named.target, named.in_test) {
                let SourceFile { path, .. } = &file;
                violations.push(format!(
                    "{}:{}: {} may not name {}",
                    path.display(),
                    named.line,
                    layer.name,
                    named.path
                ));
            }
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn a_query_names_nothing_that_writes() {
    let files = SourceFile::all();
    let is_query = |file: &&SourceFile| file.module.starts_with(&["application".into(), "queries".into()]);
    let queries = Vec::from_iter(files.iter().filter(is_query));
    assert!(queries.len() > 10);
    let references = queries.into_iter().flat_map(|file| &file.references);
    for named in references.filter(|named| !named.in_test) {
        let port = named
            .path
            .strip_prefix("crate::application::ports::")
            .unwrap_or_default();
        let writes = ["*", "UnitOfWork", "Transaction"].contains(&port) || port.ends_with("Repository");
        let is_command = named.path.starts_with("crate::application::commands");
        assert!(!writes && !is_command, "{} is named by a query", named.path);
    }
}

#[test]
fn every_file_belongs_to_a_layer_but_the_two_that_only_hold_and_start_them() {
    let files = SourceFile::all();
    let outside = files.iter().filter(|file| Layer::of(file).is_none());
    let outside = BTreeSet::from_iter(outside.map(|file| file.path.as_path()));
    assert_eq!(outside, BTreeSet::from(["src/lib.rs", "src/main.rs"].map(Path::new)));
}

#[test]
fn no_layer_is_allowed_what_it_does_not_name() {
    let files = SourceFile::all();
    for layer in &LAYERS {
        let files = files
            .iter()
            .filter(|file| Layer::of(file).is_some_and(|of| of.name == layer.name));
        let references = files.flat_map(|file| &file.references).filter(|named| !named.in_test);
        let named = BTreeSet::from_iter(references.map(|named| &named.target));
        let layers = layer.layers.iter().map(|name| Target::Module((*name).to_owned()));
        let crates = layer.crates.iter().map(|name| Target::Crate((*name).to_owned()));
        for allowed in layers.chain(crates) {
            assert!(named.contains(&allowed), "{} does not name {allowed:?}", layer.name);
        }
    }
}
