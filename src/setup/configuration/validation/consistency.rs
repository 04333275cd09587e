//! Rules that span several values.

use std::{fs::File, net::IpAddr, path::Path};

use actix_web::cookie::SameSite;

use super::{forward_auth, secrets};
use crate::{
    infrastructure::{
        persistence::{ConnectError, DatabaseUrl},
        security::BreachedHashesFile,
    },
    setup::configuration::{
        names::{CONFIG_FILE, LOCAL, variable},
        reading::Merged,
        sections::{AuthConfig, PasswordConfig, ServerConfig},
    },
};

/// Lowest work factor of bcrypt outside [`LOCAL`].
const LEAST_BCRYPT_COST: u32 = 10;

/// Returns everything that is wrong with the chosen environment, secrets and key files included.
pub fn problems(merged: &Merged, directory: &Path) -> Vec<String> {
    let mut problems = contradictions(merged);
    problems.extend(missing_proxies(merged));
    problems.extend(secrets::problems(merged));
    let security = &merged.configuration.security;
    problems.extend(unusable_key_files(&security.auth, directory));
    problems.extend(unusable_breached_hashes(&security.password, directory));
    problems
}

/// Returns the values that are allowed by themselves, but not with each other.
pub fn contradictions(merged: &Merged) -> Vec<String> {
    let configuration = &merged.configuration;
    let environment = &configuration.environment;
    let (database, security) = (&configuration.database, &configuration.security);
    let (auth, cookies) = (&security.auth, &security.cookies);
    let mut problems = Vec::new();
    let mut reject_if = |is_wrong: bool, path: &str, reason: String| {
        problems.extend(is_wrong.then(|| format!("{} {path}: {reason}", merged.origin(path))));
    };

    let cost = security.password.bcrypt_cost;
    reject_if(
        cost < LEAST_BCRYPT_COST && environment != LOCAL,
        "security.password.bcrypt_cost",
        format!("found {cost}, allowed in the environment {environment}: {LEAST_BCRYPT_COST} to 31"),
    );
    reject_if(
        cookies.same_site == SameSite::None && !cookies.secure,
        "security.cookies.same_site",
        format!("browsers refuse \"none\" unless secure = true, which it is not in {environment}"),
    );
    reject_if(
        is_metrics_on_api(&configuration.server),
        "server.metrics_addr",
        "found the address of the API itself (server.host and server.port), allowed: another one".to_owned(),
    );
    reject_if(
        auth.session_absolute_ttl < auth.session_ttl,
        "security.auth.session_absolute_ttl_minutes",
        format!(
            "found {}, allowed: session_ttl_minutes ({}) or more",
            auth.session_absolute_ttl.num_minutes(),
            auth.session_ttl.num_minutes()
        ),
    );
    let is_replicated = |read_url: &DatabaseUrl| database.url.can_be_replicated() && read_url.can_be_replicated();
    reject_if(
        !database.read_url.as_ref().is_none_or(is_replicated),
        "database.read_url",
        ConnectError::NotReplicated.to_string(),
    );
    for (path, reason) in forward_auth::contradictions(configuration) {
        reject_if(true, path, reason);
    }
    let fields = merged.fields();
    let known = Vec::from_iter(fields.keys().map(String::as_str)).join(", ");
    for field in &configuration.export.fields {
        let reason = format!("unknown field {field:?}, known: {known}");
        reject_if(!fields.contains_key(field), "export.fields", reason);
    }
    problems
}

/// Returns a problem if production does not say whether there are proxies in front.
///
/// The shipped file has none under `[default]`, so an empty list does not count there.
fn missing_proxies(merged: &Merged) -> Option<String> {
    const KEY: &str = "server.trusted_proxies";
    let configuration = &merged.configuration;
    let environment = &configuration.environment;
    let is_said = !configuration.server.trusted_proxies.is_empty() || !merged.origin(KEY).ends_with("[default]");
    (configuration.is_production() && !is_said).then(|| {
        format!(
            "{KEY} must be set for the environment {environment}: under [{environment}.server] in {CONFIG_FILE}, or \
             in the variable {}. List the addresses of the proxies in front, or [] if clients connect themselves. A \
             proxy that is not listed passes for the client, so one who guesses passwords delays everybody",
            variable(KEY)
        )
    })
}

/// Returns whether the metrics would be served at the address of the API.
fn is_metrics_on_api(server: &ServerConfig) -> bool {
    let is_same_port = |port| port == server.port && port != 0;
    let Some(metrics) = server.metrics_addr.filter(|address| is_same_port(address.port())) else {
        return false;
    };
    match server.host.parse::<IpAddr>() {
        Ok(ip) => ip == metrics.ip() || ip.is_unspecified() || metrics.ip().is_unspecified(),
        Err(_) => metrics.ip().is_unspecified() || (server.host == "localhost" && metrics.ip().is_loopback()),
    }
}

/// Returns the key files that the algorithm requires and that are not set or cannot be opened.
fn unusable_key_files(auth: &AuthConfig, directory: &Path) -> Vec<String> {
    if auth.jwt_algorithm.least_secret_bytes().is_some() {
        return Vec::new();
    }
    let unusable = |key: &str, path: &Path, name: String| {
        if path.as_os_str().is_empty() {
            let algorithm = auth.jwt_algorithm;
            return Some(format!(
                "security.auth.{key} is missing: {algorithm:?} needs a PEM file"
            ));
        }
        let error = File::open(directory.join(path)).err()?;
        Some(format!("security.auth.{key}: {name} cannot be read: {error}"))
    };
    // Without its path, which may be the key itself.
    let name = "the file that it names".to_owned();
    let private = unusable("jwt_private_key_file", &auth.jwt_private_key_file, name);
    let public = auth.jwt_public_key_file.iter();
    let public =
        public.filter_map(|path| unusable("jwt_public_key_file", path, format!("the file {}", path.display())));
    private.into_iter().chain(public).collect()
}

/// Returns a problem if the file of breached passwords is missing or, by a sample, not what it should be.
fn unusable_breached_hashes(config: &PasswordConfig, directory: &Path) -> Option<String> {
    let path = config.breached_hashes_file()?;
    let error = BreachedHashesFile::check_sample(&directory.join(path)).err()?;
    let key = "security.password.breached_hashes_file";
    Some(format!("{key}: the file {} cannot be used: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::setup::configuration::testing::Scene;

    const COST: &str = "APP_SECURITY__PASSWORD__BCRYPT_COST";

    #[test]
    fn quick_hashes_are_for_local_only() -> anyhow::Result<()> {
        Scene::with_secrets("local")?.variable(COST, "4").load()?;
        Scene::with_secrets("dev")?.variable(COST, "10").load()?;

        let refusal = Scene::with_secrets("dev")?.variable(COST, "8").refusal()?;

        assert!(
            refusal.contains(
                "variable APP_SECURITY__PASSWORD__BCRYPT_COST security.password.bcrypt_cost: found 8, allowed in the \
                 environment dev: 10 to 31"
            ),
            "{refusal}"
        );
        Ok(())
    }

    #[test]
    fn a_cookie_for_other_sites_must_be_secure() -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.variable("APP_SECURITY__COOKIES__SAME_SITE", "none");
        scene.load()?;

        let refusal = scene.variable("APP_SECURITY__COOKIES__SECURE", "false").refusal()?;

        assert!(
            refusal.contains("security.cookies.same_site: browsers refuse \"none\""),
            "{refusal}"
        );
        Ok(())
    }

    #[rstest]
    #[case::by_default("", "", true)]
    #[case::by_default_of_the_file("[default.server]\ntrusted_proxies = []", "", true)]
    #[case::none("[prod.server]\ntrusted_proxies = []", "", false)]
    #[case::none_by_variable("", "[]", false)]
    #[case::some("[prod.server]\ntrusted_proxies = [\"10.0.0.1\"]", "", false)]
    #[case::some_everywhere("[default.server]\ntrusted_proxies = [\"10.0.0.1\"]", "", false)]
    #[case::some_by_variable("", "[10.0.0.1]", false)]
    fn production_is_told_whether_there_are_proxies(
        #[case] config: &str,
        #[case] variable: &str,
        #[case] is_refused: bool,
    ) -> anyhow::Result<()> {
        let mut scene = Scene::with_secrets("prod")?
            .file("config.toml", config)?
            .without_variable("APP_SERVER__TRUSTED_PROXIES");
        if !variable.is_empty() {
            scene = scene.variable("APP_SERVER__TRUSTED_PROXIES", variable);
        }
        if !is_refused {
            scene.load()?;
            return Ok(());
        }
        let refusal = scene.refusal()?;
        assert!(
            refusal.contains("server.trusted_proxies must be set for the environment prod: under [prod.server]"),
            "{refusal}"
        );
        scene.variable("APP_ENV", "dev").load()?;
        Ok(())
    }

    #[rstest]
    #[case::missing(None, "No such file")]
    #[case::empty(Some(""), "it is empty")]
    #[case::of_something_else(Some("password\n"), "the line at byte 0 has no SHA-1 hash")]
    #[case::not_sorted(
        Some("B94A8FE5CCB19BA61C4C0873D391E987982FBBD3\nA94A8FE5CCB19BA61C4C0873D391E987982FBBD3\n"),
        "the hashes are not sorted: the one at byte 41 is less"
    )]
    #[case::sorted(Some("A94A8FE5CCB19BA61C4C0873D391E987982FBBD3:7\r\n"), "")]
    fn the_file_of_breached_passwords_must_be_one(
        #[case] content: Option<&str>,
        #[case] expected: &str,
    ) -> anyhow::Result<()> {
        let mut scene =
            Scene::with_secrets("prod")?.variable("APP_SECURITY__PASSWORD__BREACHED_HASHES_FILE", "hashes.txt");
        if let Some(content) = content {
            scene = scene.file("hashes.txt", content)?;
        }
        if expected.is_empty() {
            scene.load()?;
            return Ok(());
        }
        let refusal = scene.refusal()?;
        let start = "security.password.breached_hashes_file: the file hashes.txt cannot be used: ";
        assert!(refusal.contains(start) && refusal.contains(expected), "{refusal}");
        Ok(())
    }

    #[rstest]
    #[case::same("127.0.0.1", "127.0.0.1:8000", true)]
    #[case::every_address("0.0.0.0", "127.0.0.1:8000", true)]
    #[case::every_address("127.0.0.1", "0.0.0.0:8000", true)]
    #[case::by_name("localhost", "[::1]:8000", true)]
    #[case::another_port("127.0.0.1", "127.0.0.1:9464", false)]
    #[case::another_address("127.0.0.1", "10.0.0.1:8000", false)]
    fn metrics_are_not_served_where_the_api_is(
        #[case] host: &str,
        #[case] metrics: &str,
        #[case] is_refused: bool,
    ) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("local")?
            .variable("APP_SERVER__HOST", host)
            .variable("APP_SERVER__METRICS_ADDR", metrics);
        let refusal = scene.load().err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(
            refusal.contains("server.metrics_addr: found the address of the API itself"),
            is_refused,
            "{refusal}"
        );
        Ok(())
    }

    #[test]
    fn no_session_may_outlive_its_absolute_lifetime() -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.variable("APP_SECURITY__AUTH__SESSION_TTL_MINUTES", "43200");
        scene.load()?;

        let refusal = scene
            .variable("APP_SECURITY__AUTH__SESSION_TTL_MINUTES", "43201")
            .refusal()?;

        assert!(
            refusal.contains(
                "security.auth.session_absolute_ttl_minutes: found 43200, allowed: session_ttl_minutes (43201) or more"
            ),
            "{refusal}"
        );
        Ok(())
    }

    #[rstest]
    fn rsa_needs_files_that_can_be_opened_and_no_secret(
        #[values("RS256", "RS384", "RS512")] algorithm: &str,
    ) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?
            .without_variable("APP_SECURITY__AUTH__JWT_SECRET")
            .variable("APP_SECURITY__AUTH__JWT_ALGORITHM", algorithm)
            .variable("APP_SECURITY__AUTH__JWT_PRIVATE_KEY_FILE", "private.pem");
        let refusal = scene.refusal()?;
        assert!(
            refusal.contains("jwt_private_key_file: the file that it names cannot be read"),
            "{refusal}"
        );
        assert!(
            refusal.contains("security.auth.jwt_public_key_file is missing"),
            "{refusal}"
        );
        assert!(!refusal.contains("jwt_secret"), "{refusal}");

        let keys = scene
            .file("private.pem", "")?
            .file("public.pem", "")?
            .variable("APP_SECURITY__AUTH__JWT_PUBLIC_KEY_FILE", "public.pem");
        assert!(keys.load().is_ok());

        let several = keys.variable("APP_SECURITY__AUTH__JWT_PUBLIC_KEY_FILE", "[public.pem, former.pem]");
        assert!(
            several
                .refusal()?
                .contains("jwt_public_key_file: the file former.pem cannot be read"),
        );
        assert!(several.file("former.pem", "")?.load().is_ok());
        Ok(())
    }
}
