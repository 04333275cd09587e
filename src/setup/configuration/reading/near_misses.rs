//! Variables that resemble one that is read: a typo must not leave the default in effect silently.

use super::{
    layer::{Layer, leaves},
    sources::Sources,
};
use crate::setup::configuration::{
    names::{ENVIRONMENT_VARIABLE, PREFIX, SEPARATOR, file_variable, variable},
    secrets::SECRETS,
};

/// Schemes of the addresses that Kubernetes puts into the environment of each pod for each Service: that of a Service
/// named `app-server` is in `APP_SERVER_PORT`.
const KUBERNETES_SCHEMES: [&str; 3] = ["tcp://", "udp://", "sctp://"];

/// Returns the problems and the warnings about variables that are not read, but resemble one that is.
///
/// A name that lacks nothing but underscores is a problem. Other letters (`app_server__port`), a missing section
/// (`APP_PORT`) or a missing prefix (`SERVER__PORT`) cause a warning.
pub fn near_misses(sources: &Sources, defaults: &Layer) -> (Vec<String>, Vec<String>) {
    let known = known(defaults);
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    for (name, value) in &sources.variables {
        let is_read = name == ENVIRONMENT_VARIABLE || (name.starts_with(PREFIX) && name.contains(SEPARATOR));
        if is_read || KUBERNETES_SCHEMES.iter().any(|scheme| value.starts_with(scheme)) {
            continue;
        }
        let meant = Vec::from_iter(known.iter().map(String::as_str).filter(|known| resembles(name, known)));
        if let Some(meant) = meant.iter().find(|known| known.replace(SEPARATOR, "_") == *name) {
            problems.push(format!("variable {name}: did you mean {meant}, with two underscores?"));
        } else if !meant.is_empty() {
            warnings.push(format!(
                "variable {name} is not read: did you mean {}?",
                meant.join(" or ")
            ));
        }
    }
    (problems, warnings)
}

/// Returns the names of all variables that are read.
fn known(defaults: &Layer) -> Vec<String> {
    let keys = leaves(&defaults.values).into_iter().map(|(path, _)| variable(&path));
    let secrets = SECRETS.iter().map(|secret| variable(secret.path));
    let files = SECRETS.iter().map(|secret| file_variable(secret.path));
    let environment = [ENVIRONMENT_VARIABLE.to_owned()];
    keys.chain(secrets).chain(files).chain(environment).collect()
}

/// Returns whether a name differs from a known one only by case, underscores, or missing sections or prefix.
fn resembles(name: &str, known: &str) -> bool {
    let plain = |text: &str| text.to_uppercase().replace(SEPARATOR, "_");
    let (name, has_separator) = (plain(name), name.contains(SEPARATOR));
    if name == plain(known) || (has_separator && format!("{PREFIX}{name}") == plain(known)) {
        return true;
    }
    let Some(rest) = name.strip_prefix(PREFIX) else {
        return false;
    };
    let mut tail = known.strip_prefix(PREFIX).unwrap_or(known);
    while let Some((_, shorter)) = tail.split_once(SEPARATOR) {
        if plain(shorter) == rest {
            return true;
        }
        tail = shorter;
    }
    false
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::setup::configuration::testing::Scene;

    #[rstest]
    #[case("APP_DATABASE_URL", "APP_DATABASE__URL")]
    #[case("APP_SECURITY_PASSWORD_PEPPER", "APP_SECURITY__PASSWORD__PEPPER")]
    #[case("APP_SECURITY_PASSWORD_PEPPER_FILE", "APP_SECURITY__PASSWORD__PEPPER_FILE")]
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
    #[case::without_section("APP_PORT", "APP_POSTGRES__PORT or APP_SERVER__PORT")]
    #[case::without_section("APP_PEPPER", "APP_SECURITY__PASSWORD__PEPPER")]
    #[case::without_first_section("APP_COOKIES_SECURE", "APP_SECURITY__COOKIES__SECURE")]
    #[case::without_prefix("SERVER__PORT", "APP_SERVER__PORT")]
    #[case::in_small_letters("app_server__port", "APP_SERVER__PORT")]
    #[case::in_small_letters("app_server_port", "APP_SERVER__PORT")]
    #[case::in_small_letters("app_env", "APP_ENV")]
    #[case::in_mixed_letters("App_Security__Cookies__Key_File", "APP_SECURITY__COOKIES__KEY_FILE")]
    #[case::of_another_program("APP_VERSION", "")]
    #[case::of_another_program("PORT", "")]
    #[case::of_another_program("POSTGRES_USER", "")]
    fn a_name_that_resembles_one_that_is_read_is_warned_of(
        #[case] name: &str,
        #[case] meant: &str,
    ) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("local")?.variable(name, "hunter2");
        if meant.is_empty() {
            let warnings = scene.load().map(|loaded| loaded.warnings).unwrap_or_default();
            assert!(warnings.is_empty(), "{warnings:?}");
            return Ok(());
        }

        let warnings = scene.load()?.warnings;

        assert_eq!(
            warnings,
            [format!("variable {name} is not read: did you mean {meant}?")]
        );
        Ok(())
    }

    // As https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables has it.
    #[rstest]
    fn what_kubernetes_says_of_a_service_is_not_ours(
        #[values("APP", "APP_SERVER", "APP_POSTGRES", "APP_DATABASE")] service: &str,
    ) -> anyhow::Result<()> {
        let mut scene = Scene::with_secrets("prod")?.variable("APP_SERVER__PUBLIC_ORIGINS", "[https://example.com]");
        for (suffix, value) in [
            ("SERVICE_HOST", "10.0.0.11"),
            ("SERVICE_PORT", "8000"),
            ("SERVICE_PORT_HTTP", "8000"),
            ("PORT", "tcp://10.0.0.11:8000"),
            ("PORT_8000_TCP", "tcp://10.0.0.11:8000"),
            ("PORT_8000_TCP_PROTO", "tcp"),
            ("PORT_8000_TCP_PORT", "8000"),
            ("PORT_8000_TCP_ADDR", "10.0.0.11"),
            ("PORT_53_UDP", "udp://10.0.0.11:53"),
        ] {
            scene = scene.variable(&format!("{service}_{suffix}"), value);
        }

        let loaded = scene.load()?;

        assert_eq!(loaded.configuration.server.port, 8000);
        assert!(
            !loaded.warnings.iter().any(|warning| warning.contains("variable")),
            "{:?}",
            loaded.warnings
        );
        Ok(())
    }
}
