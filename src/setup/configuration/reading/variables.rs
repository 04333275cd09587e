//! Environment variables: `APP_<SECTION>__<KEY>`, and `APP_<SECTION>__<KEY>_FILE` for secrets.

use std::fs;

use figment::value::Value;

use super::{
    layer::{Layer, nested},
    sources::Sources,
};
use crate::setup::configuration::{
    names::{PREFIX, SEPARATOR, variable},
    secrets::{is_secret, rotates},
};

const NO_LIST: &str = "begins like a list, but is none such as [\"new\", \"old\"]";

const LINE_END: &str = "a line end is at its end, perhaps the CR of a file with CRLF line ends";

/// Returns a layer for each variable that sets a key, and the problems with those that cannot be read.
pub fn layers(sources: &Sources, defaults: &Layer) -> (Vec<Layer>, Vec<String>) {
    let mut layers = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in &sources.variables {
        let Some(key) = name.strip_prefix(PREFIX).filter(|_| name.contains(SEPARATOR)) else {
            continue;
        };
        let path = key.to_lowercase().replace(SEPARATOR, ".");
        let (path, text) = match path.strip_suffix("_file").filter(|path| is_secret(path)) {
            Some(secret) => (secret, read_secret(sources, value, secret)),
            None => (path.as_str(), Ok(value.clone())),
        };
        match text.and_then(|text| typed(path, &text, defaults)) {
            Ok(value) => layers.push(Layer {
                origin: format!("variable {name}"),
                section: None,
                values: nested(path, value),
            }),
            Err(problem) => problems.push(format!("variable {name}: {problem}")),
        }
    }
    (layers, problems)
}

/// Converts the text of a variable to the type of its default.
///
/// Without a default it stays a text, because a secret may consist of digits. A text that begins like a list of secrets
/// must be one: otherwise it would be used as a secret that nobody meant.
fn typed(path: &str, text: &str, defaults: &Layer) -> Result<Value, String> {
    if rotates(path) && text.starts_with('[') {
        let Ok(list) = text.trim_end().parse();
        return Some(list)
            .filter(|list| matches!(list, Value::Array(..)))
            .ok_or_else(|| NO_LIST.to_owned());
    }
    if !rotates(path) && !is_secret(path) && text.ends_with(['\r', '\n']) {
        return Err(LINE_END.to_owned());
    }
    match defaults.values.find_ref(path) {
        Some(Value::Num(..) | Value::Bool(..) | Value::Array(..)) => {
            let Ok(parsed) = text.parse();
            Ok(parsed)
        }
        _ => Ok(text.into()),
    }
}

/// Reads the file of a secret that a variable names.
fn read_secret(sources: &Sources, file: &str, secret: &str) -> Result<String, String> {
    let direct = variable(secret);
    if sources.variable(&direct).is_some() {
        return Err(format!("{direct} is set, too; only one of them is allowed"));
    }
    if file.ends_with(['\r', '\n']) {
        return Err(LINE_END.to_owned());
    }
    // The message does not repeat the value, which may be the secret itself.
    fs::read_to_string(sources.directory.join(file))
        .map_err(|error| format!("it names no file that can be read: {error}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use secrecy::ExposeSecret;

    use crate::setup::configuration::testing::{COOKIE_KEY, PEPPER, Scene};

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
        "docs.enabled: found \"perhaps\", allowed: true or false"
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
        let scene = Scene::with_secrets("prod")?.variable("APP_POSTGRES__PASSWORD", "0123");
        assert_eq!(scene.load()?.configuration.postgres.password.expose_secret(), "0123");
        Ok(())
    }

    #[rstest]
    fn a_secret_is_the_same_however_it_comes(
        #[values("", "\n", "\r\n", "\r", "\n\n")] line_end: &str,
        #[values(&[PEPPER], &[PEPPER, ANOTHER_PEPPER])] secrets: &[&str],
        #[values("\n", "\r\n")] between: &str,
    ) -> anyhow::Result<()> {
        let text = secrets.join(between) + line_end;
        let by_variable = Scene::with_secrets("prod")?.variable("APP_SECURITY__PASSWORD__PEPPER", &text);
        let without = || anyhow::Ok(Scene::with_secrets("prod")?.without_variable("APP_SECURITY__PASSWORD__PEPPER"));
        let by_file = without()?
            .file("pepper", &text)?
            .variable("APP_SECURITY__PASSWORD__PEPPER_FILE", "pepper");
        let in_toml =
            |value: &str| without()?.file(".secrets.toml", &format!("[prod.security.password]\npepper = {value}"));
        let by_toml = in_toml(&format!("{text:?}"))?;
        let with_line_ends = Vec::from_iter(secrets.iter().map(|secret| format!("{secret}{line_end}")));
        let by_list = in_toml(&format!("{with_line_ends:?}"))?;

        for scene in [by_variable, by_file, by_toml, by_list] {
            assert_eq!(peppers(&scene)?, secrets);
        }
        Ok(())
    }

    #[test]
    fn a_password_of_the_database_has_no_line_end_either() -> anyhow::Result<()> {
        let by_variable = Scene::with_secrets("prod")?.variable("APP_POSTGRES__PASSWORD", "hunter2\r\n");
        let by_toml =
            Scene::with_secrets("prod")?.file(".secrets.toml", "[prod]\npostgres.password = \"hunter2\\r\"")?;
        for scene in [by_variable, by_toml] {
            assert_eq!(scene.load()?.configuration.postgres.password.expose_secret(), "hunter2");
        }
        Ok(())
    }

    #[rstest]
    fn any_other_value_with_a_line_end_is_refused(
        #[values("APP_SECURITY__AUTH__JWT_ISSUER", "APP_DATABASE__URL", "APP_POSTGRES__PASSWORD_FILE")] name: &str,
    ) -> anyhow::Result<()> {
        let refusal = Scene::with_secrets("prod")?.variable(name, "sqlite:x.db\r").refusal()?;

        assert!(
            refusal.contains(&format!("variable {name}: a line end is at its end")),
            "{refusal}"
        );
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
    fn a_file_that_cannot_be_read_is_told_by_its_variable_for_it_may_be_the_secret() -> anyhow::Result<()> {
        let refusal = Scene::with_secrets("prod")?
            .without_variable("APP_SECURITY__COOKIES__KEY")
            .variable("APP_SECURITY__COOKIES__KEY_FILE", COOKIE_KEY)
            .refusal()?;

        assert!(refusal.contains("variable APP_SECURITY__COOKIES__KEY_FILE: it names no file that can be read"));
        assert!(!refusal.contains(COOKIE_KEY), "{refusal}");
        Ok(())
    }
}
