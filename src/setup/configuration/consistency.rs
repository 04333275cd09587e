//! What cannot be judged by looking at one value.

use std::{fs::File, net::IpAddr, path::Path};

use figment::Figment;

use super::{Configuration, LOCAL, SameSite, ServerConfig, dotenv, environment::variable, files, secrets};
use crate::infrastructure::persistence::{ConnectError, DatabaseUrl};

/// The least work factor of bcrypt outside of [`LOCAL`].
const LEAST_BCRYPT_COST: u32 = 10;

/// Everything that is wrong with the configuration of the chosen environment, secrets and key files included.
pub(super) fn problems(figment: &Figment, configuration: &Configuration, directory: &Path) -> Vec<String> {
    let mut problems = contradictions(figment, configuration);
    problems.extend(unsaid_proxies(figment, configuration));
    problems.extend(secrets::problems(configuration));
    problems.extend(unusable_key_files(configuration, directory));
    problems
}

/// Values that are allowed by themselves, but not with each other.
pub(super) fn contradictions(figment: &Figment, configuration: &Configuration) -> Vec<String> {
    let environment = &configuration.environment;
    let security = &configuration.security;
    let refuse = |path: &str, reason: String| {
        let origin = figment
            .find_metadata(path)
            .map_or("", |metadata| metadata.name.as_ref());
        format!("{origin} {path}: {reason}")
    };

    let mut problems = Vec::new();
    let cost = security.password.bcrypt_cost;
    if cost < LEAST_BCRYPT_COST && environment != LOCAL {
        let reason = format!("found {cost}, allowed in the environment {environment}: {LEAST_BCRYPT_COST} to 31");
        problems.push(refuse("security.password.bcrypt_cost", reason));
    }
    if security.cookies.same_site == SameSite::None && !security.cookies.secure {
        let reason = format!("browsers refuse \"none\" unless secure = true, which it is not in {environment}");
        problems.push(refuse("security.cookies.same_site", reason));
    }
    if is_metrics_on_api(&configuration.server) {
        let reason = "found the address of the API itself (server.host and server.port), allowed: another one";
        problems.push(refuse("server.metrics_addr", reason.to_owned()));
    }
    let auth = &security.auth;
    if auth.session_absolute_ttl < auth.session_ttl {
        let reason = format!(
            "found {}, allowed: session_ttl_minutes ({}) or more",
            auth.session_absolute_ttl.num_minutes(),
            auth.session_ttl.num_minutes()
        );
        problems.push(refuse("security.auth.session_absolute_ttl_minutes", reason));
    }
    let database = &configuration.database;
    let is_replicated = |read_url: &DatabaseUrl| database.url.can_be_replicated() && read_url.can_be_replicated();
    if !database.read_url.as_ref().is_none_or(is_replicated) {
        problems.push(refuse("database.read_url", ConnectError::NotReplicated.to_string()));
    }
    let fields = dotenv::fields(figment);
    let is_unknown = |field: &&String| !fields.contains_key(*field);
    for unknown in configuration.export.fields.iter().filter(is_unknown) {
        let known = Vec::from_iter(fields.keys().map(String::as_str)).join(", ");
        problems.push(refuse(
            "export.fields",
            format!("unknown field {unknown:?}, known: {known}"),
        ));
    }
    problems
}

/// That production is not told whether there are proxies in front. What stands under `[default]` does not tell: there are
/// none in the file that is shipped.
fn unsaid_proxies(figment: &Figment, configuration: &Configuration) -> Option<String> {
    const KEY: &str = "server.trusted_proxies";
    let is_default = figment
        .find_metadata(KEY)
        .is_none_or(|origin| origin.name.ends_with("[default]"));
    let is_unsaid = configuration.server.trusted_proxies.is_empty() && is_default && configuration.is_production();
    is_unsaid.then(|| {
        format!(
            "{KEY} must be said for the environment {environment}: under [{environment}.server] in {}, or in the variable \
             {}. List the addresses of the proxies in front, or [] if clients connect themselves. A proxy that is not listed \
             passes for the client, so one who guesses passwords delays everybody",
            files::CONFIG_FILE,
            variable(KEY),
            environment = configuration.environment,
        )
    })
}

/// Whether the metrics would be served where the API is.
fn is_metrics_on_api(server: &ServerConfig) -> bool {
    let Some(metrics) = server
        .metrics_addr
        .filter(|address| address.port() == server.port && server.port != 0)
    else {
        return false;
    };
    match server.host.parse::<IpAddr>() {
        Ok(ip) => ip == metrics.ip() || ip.is_unspecified() || metrics.ip().is_unspecified(),
        Err(_) => metrics.ip().is_unspecified() || (server.host == "localhost" && metrics.ip().is_loopback()),
    }
}

/// The key files that the algorithm of the access tokens needs and that are not given or cannot be opened.
fn unusable_key_files(configuration: &Configuration, directory: &Path) -> Vec<String> {
    let auth = &configuration.security.auth;
    if auth.jwt_algorithm.least_secret_bytes().is_some() {
        return Vec::new();
    }
    let unusable = |key: &str, path: &Path, name: String| {
        if path.as_os_str().is_empty() {
            return Some(format!(
                "security.auth.{key} is missing: {:?} needs a PEM file",
                auth.jwt_algorithm
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
            refusal.contains("server.trusted_proxies must be said for the environment prod: under [prod.server]"),
            "{refusal}"
        );
        scene.variable("APP_ENV", "dev").load()?;
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
