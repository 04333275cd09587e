//! Warnings about settings that are allowed, but seldom meant in production.

use std::{
    net::{IpAddr, Ipv6Addr},
    path::Path,
};

use crate::setup::configuration::{
    names::file_variable,
    reading::{Sources, files},
    secrets::SECRETS,
    sections::{Configuration, ServerConfig},
};

/// Mode bits that let others write a file, or everybody read it.
///
/// A group may read it, because systemd and others hand secrets to a service by a group.
const OTHERS: u32 = 0o026;

/// Returns the settings that leave a production system open, with what to do about each; none for other systems.
pub fn in_production(sources: &Sources, configuration: &Configuration) -> Vec<String> {
    if !configuration.is_production() {
        return Vec::new();
    }
    let (server, database, security) = (&configuration.server, &configuration.database, &configuration.security);
    let is_public = server.metrics_addr.is_some_and(|address| is_public(address.ip()));
    let mut warnings = Vec::new();
    let mut warn_if = |condition: bool, warning: &str| warnings.extend(condition.then(|| warning.to_owned()));
    warn_if(
        server.public_origins.is_empty(),
        "server.public_origins is empty: a foreign domain that was made to lead here passes for this server's own. \
         List the origins that browsers show",
    );
    warn_if(
        !security.cookies.secure,
        "security.cookies.secure is false: browsers send sessions in plain text, where anyone on the way can read them",
    );
    warn_if(
        !security.throttle.enabled,
        "security.throttle.enabled is false: passwords can be guessed as fast as they are hashed",
    );
    for (key, origins) in [
        ("public_origins", &server.public_origins),
        ("cors_allowed_origins", &server.cors_allowed_origins),
    ] {
        for origin in origins.iter().filter(|origin| origin.starts_with("http://")) {
            let warning = format!("server.{key} has {origin}: whoever is on the way can change its pages. Use https");
            warn_if(true, &warning);
        }
    }
    warn_if(
        is_public,
        "server.metrics_addr is a public address: everybody who can connect there can read the metrics. Use one of a \
         private network",
    );
    for (key, url) in [("url", Some(&database.url)), ("read_url", database.read_url.as_ref())] {
        let warning = format!(
            "database.{key}: sslmode is below verify-full, so another host can pass for the database server and read \
             everything"
        );
        warn_if(url.is_some_and(|url| url.is_unverified()), &warning);
    }
    warnings.extend(exposed_files(sources, configuration));
    warnings.extend(few_descriptors(server, database.max_connections));
    warnings
}

/// Returns a warning for each file of a secret and the database file that others can read or write.
fn exposed_files(sources: &Sources, configuration: &Configuration) -> Vec<String> {
    let secrets = SECRETS.iter().filter_map(|secret| {
        let file = sources.variable(&file_variable(secret.path))?;
        Some((Path::new(file), OTHERS))
    });
    let private_key = (configuration.security.auth.jwt_private_key_file.as_path(), OTHERS);
    // It was created for its owner alone.
    let database = configuration.database.url.file().map(|file| (file, 0o066));
    secrets
        .chain([private_key])
        .chain(database)
        .filter(|(path, _)| !path.as_os_str().is_empty())
        .filter_map(|(path, bits)| files::exposure(&sources.directory.join(path), &path.display().to_string(), bits))
        .collect()
}

/// Returns a warning if the process may open fewer files than it may have connections.
#[cfg(unix)]
fn few_descriptors(server: &ServerConfig, to_database: u32) -> Option<String> {
    use rustix::process::{Resource, getrlimit};

    let needed = server.max_connections as u64 + u64::from(to_database);
    let limit = getrlimit(Resource::Nofile).current?;
    (limit < needed).then(|| {
        format!(
            "the process may open {limit} files (`ulimit -n`), fewer than its {needed} connections: raise that, or \
             lower server.max_connections"
        )
    })
}

/// Returns no warning, because there is no such limit on this system.
#[cfg(not(unix))]
fn few_descriptors(_server: &ServerConfig, _to_database: u32) -> Option<String> {
    None
}

/// Returns whether an address can be reached from the internet, or stands for all addresses of the machine.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local()),
        IpAddr::V6(ip) => !(ip == Ipv6Addr::LOCALHOST || ip.is_unique_local() || ip.is_unicast_link_local()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::setup::configuration::testing::Scene;

    /// Production without anything to warn of.
    fn sound() -> anyhow::Result<Scene> {
        Ok(Scene::with_secrets("prod")?.variable("APP_SERVER__PUBLIC_ORIGINS", "[https://example.com]"))
    }

    fn with(variables: &[(&str, &str)]) -> anyhow::Result<Vec<String>> {
        let scene = variables
            .iter()
            .fold(sound()?, |scene, (name, value)| scene.variable(name, value));
        Ok(scene.load()?.warnings)
    }

    #[rstest]
    #[case::nothing(&[], "")]
    #[case::no_origin(&[("APP_SERVER__PUBLIC_ORIGINS", "[]")], "server.public_origins is empty")]
    #[case::insecure(&[("APP_SECURITY__COOKIES__SECURE", "false")], "security.cookies.secure is false")]
    #[case::no_throttle(&[("APP_SECURITY__THROTTLE__ENABLED", "false")], "security.throttle.enabled is false")]
    #[case::plain_origin(
        &[("APP_SERVER__PUBLIC_ORIGINS", "[http://example.com]")],
        "server.public_origins has http://example.com"
    )]
    #[case::plain_front_end(
        &[("APP_SERVER__CORS_ALLOWED_ORIGINS", "[http://example.com]")],
        "server.cors_allowed_origins has http://example.com"
    )]
    #[case::public_metrics(
        &[("APP_SERVER__METRICS_ADDR", "192.0.2.1:9464")],
        "server.metrics_addr is a public address"
    )]
    #[case::metrics_everywhere(&[("APP_SERVER__METRICS_ADDR", "[::]:9464")], "server.metrics_addr is a public address")]
    #[case::metrics_on_loopback(&[("APP_SERVER__METRICS_ADDR", "127.0.0.1:9464")], "")]
    #[case::metrics_in_private(&[("APP_SERVER__METRICS_ADDR", "[fd00::1]:9464")], "")]
    #[case::unverified(&[("APP_DATABASE__URL", "postgres://db.example")], "database.url: sslmode is below verify-full")]
    #[case::unverified_replica(
        &[("APP_DATABASE__URL", "postgres://"), ("APP_DATABASE__READ_URL", "postgres://db.example?sslmode=require")],
        "database.read_url: sslmode is below verify-full"
    )]
    #[case::verified(&[("APP_DATABASE__URL", "postgres://db.example?sslmode=verify-full")], "")]
    #[case::many_connections(&[("APP_SERVER__MAX_CONNECTIONS", "65536")], "the process may open ")]
    fn what_leaves_production_open_is_warned_of(
        #[case] variables: &[(&str, &str)],
        #[case] expected: &str,
    ) -> anyhow::Result<()> {
        let warnings = with(variables)?;
        // Where the tests may open many files, so may the server.
        let has_many_files = expected.starts_with("the process") && warnings.is_empty();
        let is_expected = match &warnings[..] {
            [] => expected.is_empty(),
            [warning] => !expected.is_empty() && warning.starts_with(expected),
            _ => false,
        };
        assert!(is_expected || has_many_files, "{warnings:?}");
        Ok(())
    }

    #[rstest]
    fn other_environments_are_not_warned(#[values("local", "dev")] environment: &str) -> anyhow::Result<()> {
        let scene = Scene::with_secrets(environment)?.variable("APP_SECURITY__THROTTLE__ENABLED", "false");
        assert_eq!(scene.load()?.warnings, [""; 0]);
        Ok(())
    }

    #[test]
    fn an_environment_that_was_added_is_one_of_production() -> anyhow::Result<()> {
        let warnings = Scene::with_secrets("staging")?
            .file("config.toml", "[staging]")?
            .load()?
            .warnings;
        assert!(
            warnings
                .iter()
                .any(|warning| warning.starts_with("server.public_origins")),
            "{warnings:?}"
        );
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn files_of_secrets_and_the_database_that_others_may_open_are_warned_of() -> anyhow::Result<()> {
        use std::{fs, os::unix::fs::PermissionsExt};

        use crate::setup::configuration::testing::PEPPER;

        let scene = sound()?
            .without_variable("APP_SECURITY__PASSWORD__PEPPER")
            .variable("APP_SECURITY__PASSWORD__PEPPER_FILE", "pepper")
            .variable("APP_DATABASE__URL", "sqlite:users.db")
            .file("pepper", PEPPER)?
            .file("users.db", "")?;
        let set = |file: &str, mode| fs::set_permissions(scene.path().join(file), fs::Permissions::from_mode(mode));
        for (pepper, database, expected) in [
            (0o600, 0o600, &[][..]),
            (0o440, 0o600, &[]),
            (0o604, 0o600, &["pepper"]),
            (0o600, 0o640, &["users.db"]),
            (0o620, 0o602, &["pepper", "users.db"]),
        ] {
            set("pepper", pepper)?;
            set("users.db", database)?;
            let warnings = scene.load()?.warnings;
            let named = Vec::from_iter(warnings.iter().filter_map(|warning| warning.split(' ').next()));
            assert_eq!(named, expected, "{warnings:?}");
        }
        Ok(())
    }
}
