//! Environment variables: `APP_<SECTION>__<KEY>`, and `APP_<SECTION>__<KEY>_FILE` for secrets.

use std::fs;

use figment::value::{Dict, Value};

use super::{
    layer::{Layer, leaves},
    secrets::{ROTATING_KEYS, SECRET_KEYS},
    sources::Sources,
};

/// What the names of our variables start with.
pub(super) const PREFIX: &str = "APP_";
/// What stands in a name between sections and key. A name without it is not ours, unless it was forgotten.
const SEPARATOR: &str = "__";

/// What is wrong with a list that is not closed, say.
const NO_LIST: &str = "begins like a list, but is none such as [\"new\", \"old\"]";

/// The name of the variable that sets a key: `APP_SERVER__PORT` for `server.port`.
pub(super) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.to_uppercase().replace('.', SEPARATOR))
}

/// A layer for each of our variables, and what is wrong with those that name a file.
pub(super) fn layers(sources: &Sources, defaults: &Layer) -> (Vec<Layer>, Vec<String>) {
    let mut layers = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in &sources.variables {
        let Some(key) = name.strip_prefix(PREFIX).filter(|_| name.contains(SEPARATOR)) else {
            problems.extend(misspelt(name, defaults));
            continue;
        };
        let path = key.to_lowercase().replace(SEPARATOR, ".");
        let (path, text) = match path.strip_suffix("_file").filter(|path| SECRET_KEYS.contains(path)) {
            Some(secret) => (secret, secret_from_file(sources, name, value, secret)),
            None => (path.as_str(), Ok(value.clone())),
        };
        let value = text.and_then(|text| match ROTATING_KEYS.contains(&path) {
            true => one_or_many(&text).ok_or_else(|| format!("variable {name}: {NO_LIST}")),
            false => Ok(typed(&text, defaults.get(path))),
        });
        match value {
            Ok(value) => layers.push(layer(name, path, value)),
            Err(problem) => problems.push(problem),
        }
    }
    (layers, problems)
}

/// What to do about a name that would be ours if only it had the right number of underscores.
fn misspelt(name: &str, defaults: &Layer) -> Option<String> {
    let known = leaves(&defaults.values).into_iter().map(|(path, _)| path);
    let secrets = SECRET_KEYS.map(str::to_owned);
    let mut variables = known.chain(secrets).map(|path| variable(&path));
    let meant = variables.find(|variable| variable.replace(SEPARATOR, "_") == name)?;
    Some(format!("variable {name}: did you mean {meant}, with two underscores?"))
}

/// A variable is text; it becomes a number, a boolean or a list only where the default is one. So a text or a secret may
/// consist of digits.
fn typed(value: &str, default: Option<&Value>) -> Value {
    match default {
        Some(Value::Num(..) | Value::Bool(..) | Value::Array(..)) => {
            let Ok(parsed) = value.parse();
            parsed
        }
        _ => value.into(),
    }
}

fn layer(name: &str, path: &str, value: Value) -> Layer {
    let (section, keys) = path.split_once('.').unwrap_or((path, ""));
    let nested = keys
        .rsplit('.')
        .fold(value, |inner, key| Dict::from([(key.to_owned(), inner)]).into());
    Layer {
        origin: format!("variable {name}"),
        section: None,
        confidential: false,
        values: Dict::from([(section.to_owned(), nested)]),
    }
}

/// The value of a key that may have several, or all of them: a list in brackets, or a line for each. What begins like a
/// list must be one: taken for a secret, it would be another than what was meant.
fn one_or_many(text: &str) -> Option<Value> {
    if text.starts_with('[') {
        let Ok(parsed) = text.parse();
        Some(parsed).filter(|value| matches!(value, Value::Array(..)))
    } else if text.contains('\n') {
        Some(Vec::from_iter(text.lines()).into())
    } else {
        Some(text.into())
    }
}

fn secret_from_file(sources: &Sources, name: &str, file: &str, secret: &str) -> Result<String, String> {
    let direct = variable(secret);
    if sources.variable(&direct).is_some() {
        return Err(format!(
            "variable {name}: {direct} is set, too; only one of them is allowed"
        ));
    }
    match fs::read_to_string(sources.directory.join(file)) {
        Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => Err(format!("variable {name}: the file {file} cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use secrecy::ExposeSecret;

    use crate::setup::configuration::testing::{PEPPER, Scene};

    const ANOTHER_PEPPER: &str = "another pepper, of more than 32 bytes";

    fn peppers(scene: &Scene) -> anyhow::Result<Vec<String>> {
        let secrets = scene.load()?.configuration.security.password.pepper;
        Ok(secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect())
    }

    #[rstest]
    #[case("APP_SERVER__PORT", "9000")]
    #[case("APP_SECURITY__COOKIES__SECURE", "true")]
    #[case("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1")]
    #[case("APP_SECURITY__AUTH__JWT_ISSUER", "2026")]
    #[case("APP_DATABASE__URL", "sqlite:other.db")]
    #[case("APP_LOGS__LEVEL", "debug")]
    #[case("APP_EXPORT__FIELDS", "[server.port, database.url]")]
    fn a_variable_is_read_as_its_key_demands(#[case] name: &str, #[case] value: &str) -> anyhow::Result<()> {
        Scene::with_secrets("prod")?.variable(name, value).load()?;
        Ok(())
    }

    #[test]
    fn names_without_two_underscores_are_not_ours() -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?
            .variable("APP_PORT", "9000")
            .variable("SERVER__PORT", "x");

        assert_eq!(scene.load()?.configuration.server.port, 8000);
        Ok(())
    }

    #[rstest]
    #[case("APP_DATABASE_URL", "APP_DATABASE__URL")]
    #[case("APP_SECURITY_PASSWORD_PEPPER", "APP_SECURITY__PASSWORD__PEPPER")]
    #[case("APP_POSTGRES_PASSWORD", "APP_POSTGRES__PASSWORD")]
    fn a_name_that_lacks_underscores_is_refused_with_the_right_one(
        #[case] name: &str,
        #[case] meant: &str,
    ) -> anyhow::Result<()> {
        let refusal = Scene::with_secrets("prod")?.variable(name, "hunter2").refusal()?;

        let expected = format!("variable {name}: did you mean {meant}, with two underscores?");
        assert!(refusal.contains(&expected) && !refusal.contains("hunter2"), "{refusal}");
        Ok(())
    }

    #[rstest]
    #[case(
        "APP_SERVER__PROT",
        "9000",
        "variable APP_SERVER__PROT server.prot: unknown key, known here: host, port"
    )]
    #[case(
        "APP_SERVR__PORT",
        "9000",
        "variable APP_SERVR__PORT servr: unknown key, known here: server"
    )]
    #[case("APP__PORT", "9000", "variable APP__PORT _port: unknown key")]
    #[case("APP___", "", "variable APP___")]
    #[case(
        "APP_SERVER__PORT__FILE",
        "9000",
        "variable APP_SERVER__PORT__FILE server.port: found a section"
    )]
    #[case(
        "APP_SERVER__PORT_FILE",
        "/run/port",
        "variable APP_SERVER__PORT_FILE server.port_file: unknown key"
    )]
    #[case(
        "APP_SERVER__PORT",
        "http",
        "server.port: found \"http\", allowed: an integer from 0 to 65535"
    )]
    #[case(
        "APP_SERVER__PORT",
        "",
        "server.port: found \"\", allowed: an integer from 0 to 65535"
    )]
    #[case(
        "APP_DOCS__ENABLED",
        "perhaps",
        "docs.enabled: found \"perhaps\", allowed: a boolean"
    )]
    fn an_unknown_key_or_wrong_value_is_refused_by_the_name_of_its_variable(
        #[case] name: &str,
        #[case] value: &str,
        #[case] expected: &str,
    ) -> anyhow::Result<()> {
        let refusal = Scene::with_secrets("prod")?.variable(name, value).refusal()?;

        assert!(refusal.contains(expected), "{refusal}");
        Ok(())
    }

    #[test]
    fn a_secret_of_digits_stays_a_text() -> anyhow::Result<()> {
        assert_eq!(peppers(&Scene::with_secrets("prod")?)?, [PEPPER]);
        Ok(())
    }

    #[test]
    fn a_secret_can_be_read_from_a_file_without_its_last_line_end() -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?
            .without_variable("APP_SECURITY__PASSWORD__PEPPER")
            .file("pepper", &format!("{PEPPER}\r\n"))?
            .variable("APP_SECURITY__PASSWORD__PEPPER_FILE", "pepper");

        assert_eq!(peppers(&scene)?, [PEPPER]);
        Ok(())
    }

    #[rstest]
    #[case::list(&format!("[\"{PEPPER}\", \"{ANOTHER_PEPPER}\"]"))]
    #[case::lines(&format!("{PEPPER}\n{ANOTHER_PEPPER}"))]
    #[case::lines_of_windows(&format!("{PEPPER}\r\n{ANOTHER_PEPPER}"))]
    fn several_secrets_are_a_list_or_lines_in_a_variable_as_in_a_file(#[case] text: &str) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.variable("APP_SECURITY__PASSWORD__PEPPER", text);
        assert_eq!(peppers(&scene)?, [PEPPER, ANOTHER_PEPPER]);

        let scene = scene
            .without_variable("APP_SECURITY__PASSWORD__PEPPER")
            .file("pepper", &format!("{text}\n\n"))?
            .variable("APP_SECURITY__PASSWORD__PEPPER_FILE", "pepper");
        assert_eq!(peppers(&scene)?, [PEPPER, ANOTHER_PEPPER]);
        Ok(())
    }

    #[rstest]
    #[case::not_closed("[\"{}\"", "begins like a list, but is none such as [\"new\", \"old\"]")]
    #[case::numbers("[{}]", "allowed: a text, or a list of texts whose first is in use")]
    fn a_list_of_secrets_that_is_none_is_refused_without_showing_it(
        #[case] value: &str,
        #[case] expected: &str,
    ) -> anyhow::Result<()> {
        let refusal = Scene::with_secrets("prod")?
            .variable("APP_SECURITY__PASSWORD__PEPPER", &value.replace("{}", "31415926535"))
            .refusal()?;

        assert!(refusal.contains(expected), "{refusal}");
        assert!(!refusal.contains("31415926535"), "{refusal}");
        Ok(())
    }

    #[test]
    fn a_secret_and_a_file_for_it_exclude_each_other() -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?
            .file("pepper", PEPPER)?
            .variable("APP_SECURITY__PASSWORD__PEPPER_FILE", "pepper");

        let refusal = scene.refusal()?;

        assert!(refusal.contains("APP_SECURITY__PASSWORD__PEPPER_FILE: APP_SECURITY__PASSWORD__PEPPER is set, too"));
        assert!(!refusal.contains(PEPPER));
        Ok(())
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_with_its_variable() -> anyhow::Result<()> {
        let refusal = Scene::with_secrets("prod")?
            .without_variable("APP_SECURITY__COOKIES__KEY")
            .variable("APP_SECURITY__COOKIES__KEY_FILE", "/nowhere/key")
            .refusal()?;

        assert!(refusal.contains("variable APP_SECURITY__COOKIES__KEY_FILE: the file /nowhere/key cannot be read"));
        Ok(())
    }
}
