//! Fields of the configuration as variables in a file, for programs that read no TOML, such as Docker Compose.

use std::{collections::BTreeMap, path::Path};

use crate::setup::configuration::{
    ConfigurationError,
    reading::{Merged, files},
    secrets::{is_secret, problem},
};

/// Sequences that the readers of such files interpret in different ways, even between quotes.
const AMBIGUOUS: [&str; 4] = ["\n", "\r", "\\", "${"];

/// Writes the exported fields into `.env.<environment>`, readable by its owner only, and reports it with their names.
///
/// # Errors
/// If a secret to be exported is not set, a value cannot be exported, or the file cannot be written.
pub fn write(merged: &Merged, directory: &Path) -> Result<String, ConfigurationError> {
    let variables = variables(merged)?;
    let file = format!(".env.{}", merged.configuration.environment);
    let mut text = "# Written by `gatehouse config dotenv`. Change config.toml or .secrets.toml instead.\n".to_owned();
    for (name, quoted) in &variables {
        text += &format!("{name}={quoted}\n");
    }
    files::private(directory, &text)
        .and_then(|written| Ok(written.persist(directory.join(&file))?))
        .map_err(|error| format!("{file}: cannot be written: {error}"))?;
    let names = Vec::from_iter(variables.into_keys()).join(", ");
    Ok(format!("{file} was written: {names}"))
}

/// Returns the exported variables with their values in quotes: `APP_ENV`, and `POSTGRES_USER` for `postgres.user`.
fn variables(merged: &Merged) -> Result<BTreeMap<String, String>, ConfigurationError> {
    let environment = &merged.configuration.environment;
    let fields = merged.fields();
    let mut variables = BTreeMap::from([("APP_ENV".to_owned(), format!("'{environment}'"))]);
    let mut problems = Vec::new();
    for field in &merged.configuration.export.fields {
        let value = fields.get(field).map_or("", String::as_str);
        if value.is_empty() && is_secret(field) {
            problems.push(problem(field, "is missing", environment));
        } else if let Some(quoted) = quoted(value) {
            variables.insert(field.to_uppercase().replace('.', "_"), quoted);
        } else {
            problems.push(format!(
                "{field}: a line break, a backslash, `${{`, or quotes of both kinds in it cannot be exported"
            ));
        }
    }
    ConfigurationError::unless_empty(problems)?;
    Ok(variables)
}

/// Quotes a value so that every version of Docker Compose since 2.10 reads it literally, if that is possible.
///
/// Between single quotes, all characters stand for themselves. Whether a quote can be escaped depends on the version.
/// So a value with single quotes goes between double ones, where a dollar sign is escaped.
fn quoted(value: &str) -> Option<String> {
    if AMBIGUOUS.iter().any(|sequence| value.contains(sequence)) {
        return None;
    }
    match (value.contains('\''), value.contains('"')) {
        (false, _) => Some(format!("'{value}'")),
        (true, false) => Some(format!("\"{}\"", value.replace('$', "\\$"))),
        (true, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rstest::rstest;

    use crate::setup::configuration::{
        export,
        testing::{PEPPER, Scene},
    };

    /// An environment with a configuration that exports these fields.
    fn exporting(fields: &str) -> anyhow::Result<Scene> {
        Scene::with_secrets("prod")?.file("config.toml", &format!("[default.export]\nfields = [{fields}]\n[prod]"))
    }

    /// What is written without its first line, which is a comment.
    fn written(scene: &Scene) -> anyhow::Result<String> {
        export(&scene.sources())?;
        let text = fs::read_to_string(scene.path().join(".env.prod"))?;
        Ok(text.split_once('\n').unwrap_or_default().1.to_owned())
    }

    fn refusal(scene: &Scene) -> String {
        export(&scene.sources())
            .map_err(|error| error.to_string())
            .err()
            .unwrap_or_default()
    }

    #[test]
    fn a_field_becomes_a_variable_with_the_value_in_effect() -> anyhow::Result<()> {
        let scene =
            exporting("\"server.port\", \"docs.enabled\", \"security.auth.refresh_threshold\", \"database.url\"")?
                .variable("APP_SERVER__PORT", "9000");

        assert_eq!(
            written(&scene)?,
            "APP_ENV='prod'\nDATABASE_URL='sqlite:data/gatehouse.db'\nDOCS_ENABLED='true'\n\
             SECURITY_AUTH_REFRESH_THRESHOLD='0.5'\nSERVER_PORT='9000'\n"
        );
        Ok(())
    }

    #[test]
    fn a_secret_is_written_but_not_told() -> anyhow::Result<()> {
        let scene = exporting("\"security.password.pepper\"")?;

        let exported = export(&scene.sources())?;

        assert_eq!(exported, [".env.prod was written: APP_ENV, SECURITY_PASSWORD_PEPPER"]);
        assert!(written(&scene)?.ends_with(&format!("SECURITY_PASSWORD_PEPPER='{PEPPER}'\n")));
        Ok(())
    }

    #[test]
    fn several_secrets_are_written_as_the_list_that_a_variable_takes() -> anyhow::Result<()> {
        let list = format!("[\"{PEPPER}\", \"another pepper, of more than 32 bytes\"]");
        let scene = exporting("\"security.password.pepper\"")?.variable("APP_SECURITY__PASSWORD__PEPPER", &list);

        assert!(written(&scene)?.ends_with(&format!("SECURITY_PASSWORD_PEPPER='{list}'\n")));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn the_file_replaces_an_older_one_and_is_for_its_owner_alone() -> anyhow::Result<()> {
        use std::os::unix::fs::PermissionsExt;

        let scene = exporting("")?.file(".env.prod", "OLD=1")?;
        let path = scene.path().join(".env.prod");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;

        assert_eq!(written(&scene)?, "APP_ENV='prod'\n");
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        Ok(())
    }

    #[rstest]
    #[case("a $b $(c) #d \"e\" `f` =g", "'a $b $(c) #d \"e\" `f` =g'")]
    #[case("it's", "\"it's\"")]
    #[case("$it's `#`", "\"\\$it's `#`\"")]
    fn a_value_is_quoted_so_that_it_is_read_as_it_is(#[case] value: &str, #[case] quoted: &str) -> anyhow::Result<()> {
        let scene = exporting("\"security.auth.jwt_issuer\"")?.variable("APP_SECURITY__AUTH__JWT_ISSUER", value);

        assert!(written(&scene)?.contains(&format!("SECURITY_AUTH_JWT_ISSUER={quoted}\n")));
        Ok(())
    }

    #[rstest]
    #[case::line_break("a\nb")]
    #[case::carriage_return("a\rb")]
    #[case::backslash("a\\")]
    #[case::expansion("${a}")]
    #[case::both_kinds_of_quotes("it's \"it\"")]
    fn a_value_that_is_read_in_different_ways_is_refused(#[case] value: &str) -> anyhow::Result<()> {
        let scene = exporting("\"security.auth.jwt_issuer\"")?.variable("APP_SECURITY__AUTH__JWT_ISSUER", value);

        assert!(
            refusal(&scene)
                .contains("security.auth.jwt_issuer: a line break, a backslash, `${`, or quotes of both kinds in it")
        );
        assert!(!scene.path().join(".env.prod").exists());
        Ok(())
    }

    #[rstest]
    #[case::unknown("server.prot")]
    #[case::section("server")]
    #[case::list("export.fields")]
    fn a_field_that_holds_no_value_is_refused_with_those_that_do(#[case] field: &str) -> anyhow::Result<()> {
        let refusal = exporting(&format!("{field:?}"))?.refusal()?;

        let expected = format!("config.toml [default] export.fields: unknown field {field:?}, known: ");
        assert!(refusal.contains(&expected), "{refusal}");
        assert!(refusal.contains("server.port"), "{refusal}");
        assert!(refusal.contains("security.cookies.key"), "{refusal}");
        Ok(())
    }

    #[test]
    fn a_secret_that_is_not_set_is_refused_with_the_ways_to_set_it() -> anyhow::Result<()> {
        let scene = exporting("\"postgres.password\"")?;

        let refusal = refusal(&scene);

        let advice = "postgres.password is missing: set it in .secrets.toml under [prod], in the variable \
                      APP_POSTGRES__PASSWORD, or in a file named by the variable APP_POSTGRES__PASSWORD_FILE";
        assert!(refusal.contains(advice), "{refusal}");
        assert!(!scene.path().join(".env.prod").exists());
        Ok(())
    }

    #[test]
    fn the_first_export_in_local_makes_the_secrets_as_a_start_does() -> anyhow::Result<()> {
        let scene = Scene::new()?;

        let exported = export(&scene.sources())?;

        assert_eq!(exported.len(), 2, "{exported:?}");
        let secrets = fs::read_to_string(scene.path().join(".secrets.toml"))?;
        let variables = fs::read_to_string(scene.path().join(".env.local"))?;
        let password = variables
            .split("POSTGRES_PASSWORD='")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .unwrap_or_default();
        assert!(!password.is_empty() && secrets.contains(password));
        Ok(())
    }
}
