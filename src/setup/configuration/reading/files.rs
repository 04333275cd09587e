//! Reads `config.toml` and `.secrets.toml` into layers, one for each section; writes files that only their owner reads.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use figment::{
    providers::{Format, Toml},
    value::{Dict, Value},
};
use tempfile::NamedTempFile;

use super::layer::Layer;
use crate::setup::configuration::{ConfigurationError, names::DEFAULT};

/// Reads the sections of a file, `[default]` first; returns `None` if there is no such file.
pub fn read(directory: &Path, name: &str) -> Result<Option<Vec<Layer>>, ConfigurationError> {
    match fs::read_to_string(directory.join(name)) {
        Ok(text) => parse(name, &text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{name}: cannot be read: {error}").into()),
    }
}

/// Reads the sections of the `config.toml` that was built into the program.
pub fn built_in() -> Result<Vec<Layer>, ConfigurationError> {
    parse("built-in config.toml", include_str!("../../../../config.toml"))
}

/// Reads the sections of a text in TOML, `[default]` first.
///
/// # Errors
/// If it is not TOML, or a key is outside a section. The message repeats no value, because it may be a secret.
pub fn parse(name: &str, text: &str) -> Result<Vec<Layer>, ConfigurationError> {
    let sections: Dict = Toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            text.bytes().take(span.start).filter(|&byte| byte == b'\n').count() + 1
        });
        format!(
            "{name}: line {line} is not valid TOML: {}",
            error.message().replace('\n', ", ")
        )
    })?;

    let mut layers = Vec::new();
    let mut problems = Vec::new();
    for (section, values) in sections {
        match values {
            Value::Dict(..) => layers.push(Layer {
                origin: format!("{name} [{section}]"),
                section: Some(section),
                values,
            }),
            _ => problems.push(format!(
                "{name} {section}: stands outside of a section, put it under [default] or an environment"
            )),
        }
    }
    ConfigurationError::unless_empty(problems)?;
    layers.sort_by_key(|layer| layer.section.as_deref() != Some(DEFAULT));
    Ok(layers)
}

/// Writes a complete file that only its owner can read; the caller gives it its name.
pub fn private(directory: &Path, text: &str) -> io::Result<NamedTempFile> {
    // A temporary file is created for its owner alone.
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Returns a warning, in which the file is called `name`, if its mode has any of these bits.
#[cfg(unix)]
pub fn exposure(path: &Path, name: &str, bits: u32) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & bits != 0).then(|| {
        format!(
            "{name} can be read or written by other users (mode {:03o}): chmod 600 {name}",
            mode & 0o777
        )
    })
}

/// Returns no warning, because files have no mode on this system.
#[cfg(not(unix))]
pub fn exposure(_path: &Path, _name: &str, _bits: u32) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::setup::configuration::{
        SECRETS,
        names::{CONFIG_FILE, SECRETS_FILE},
        testing::{PEPPER, Scene},
    };

    const SHIPPED: &str = include_str!("../../../../config.toml");

    #[rstest]
    fn the_shipped_file_loads_in_every_environment_once_there_are_secrets(
        #[values("local", "dev", "prod")] environment: &str,
    ) -> anyhow::Result<()> {
        Scene::with_secrets(environment)?.file(CONFIG_FILE, SHIPPED)?.load()?;
        Ok(())
    }

    #[test]
    fn a_start_without_the_file_uses_the_one_built_in() -> anyhow::Result<()> {
        let configuration = Scene::with_secrets("prod")?.load()?.configuration;

        assert_eq!(
            (configuration.server.host.as_str(), configuration.server.port),
            ("0.0.0.0", 8000)
        );
        Ok(())
    }

    #[test]
    fn local_listens_on_loopback_only() -> anyhow::Result<()> {
        assert_eq!(
            Scene::with_secrets("local")?.load()?.configuration.server.host,
            "127.0.0.1"
        );
        Ok(())
    }

    // No key but the secrets has a default in the code, so the shipped file would not load if another were missing in
    // it.
    #[test]
    fn the_shipped_file_mentions_every_secret() {
        for secret in SECRETS {
            let (section, key) = secret.path.rsplit_once('.').unwrap_or_default();
            let documentation = SHIPPED
                .split_once(&format!("\n[default.{section}]\n"))
                .unwrap_or_default()
                .1;

            assert!(
                documentation.starts_with(&format!("# {key}: SECRET"))
                    || documentation.contains(&format!("\n# {key}: SECRET"))
            );
        }
    }

    #[test]
    fn the_shipped_file_explains_every_default() {
        let defaults = SHIPPED.split("\n[local").next().unwrap_or_default();
        let lines = Vec::from_iter(defaults.lines());
        for pair in lines.windows(2) {
            assert!(
                !pair[1].contains(" = ") || pair[0].starts_with('#') || pair[1].starts_with('#'),
                "{}",
                pair[1]
            );
        }
    }

    #[rstest]
    #[case::not_quoted("pepper = {}")]
    #[case::not_closed("pepper = \"{}")]
    #[case::twice("[local.security.password]\npepper = \"{}\"\npepper = \"{}\"")]
    #[case::outside_of_a_section("pepper = \"{}\"")]
    #[case::unknown_key("[local.security]\npepper = \"{}\"")]
    #[case::instead_of_a_section("[local]\nsecurity = \"{}\"")]
    #[case::in_the_wrong_place("[local.logs]\nlevel = \"{}\"")]
    #[case::not_a_text("[local.security.password]\npepper = [[\"{}\"]]")]
    #[case::not_a_list("[local.postgres]\npassword = [\"{}\"]")]
    #[case::unknown_environment("[lcal.security.password]\npepper = \"{}\"")]
    fn no_message_repeats_what_the_file_of_secrets_holds(#[case] text: &str) -> anyhow::Result<()> {
        let refusal = Scene::with_secrets("local")?
            .file(SECRETS_FILE, &text.replace("{}", PEPPER))?
            .refusal()?;

        assert!(refusal.contains(SECRETS_FILE), "{refusal}");
        assert!(!refusal.contains(&PEPPER[..8]), "{refusal}");
        Ok(())
    }

    #[test]
    fn an_error_of_syntax_names_file_and_line() -> anyhow::Result<()> {
        let refusal = Scene::with_secrets("local")?
            .file(CONFIG_FILE, "[local]\n\nserver = {")?
            .refusal()?;

        assert!(refusal.contains("config.toml: line 3 is not valid TOML"), "{refusal}");
        Ok(())
    }
}
