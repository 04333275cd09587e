//! Rules for forward-auth, which depends on the addresses of the server and of the guarded services.

use url::Url;

use crate::setup::configuration::{names::LOCAL, sections::Configuration};

const ORIGINS: &str = "forward_auth.origins";
const COOKIE_DOMAIN: &str = "forward_auth.cookie_domain";

/// Returns the keys whose values do not fit, each with the reason.
pub fn contradictions(configuration: &Configuration) -> Vec<(&'static str, String)> {
    let (config, server) = (&configuration.forward_auth, &configuration.server);
    let mut problems = Vec::new();
    let mut reject_if =
        |is_wrong: bool, path, reason: &str| problems.extend(is_wrong.then(|| (path, reason.to_owned())));
    if config.origins.is_empty() {
        reject_if(
            config.cookie_domain.is_some(),
            COOKIE_DOMAIN,
            "it has no effect without forward_auth.origins: list the origins of the guarded services there, or leave \
             this empty",
        );
        return problems;
    }
    reject_if(
        server.public_origins.is_empty(),
        ORIGINS,
        "they need server.public_origins, whose first origin is where visitors log in: set it",
    );
    reject_if(
        server.trusted_proxies.is_empty(),
        ORIGINS,
        "they need server.trusted_proxies: only a proxy listed there is believed which address a visitor asked for",
    );
    for origin in config.origins.iter().filter(|origin| origin.starts_with("http://")) {
        let reason = format!(
            "found {origin:?}, allowed in the environment {}: https, because anyone on the way of plain HTTP can read \
             the pass",
            configuration.environment
        );
        reject_if(configuration.environment != LOCAL, ORIGINS, &reason);
    }
    let Some(domain) = &config.cookie_domain else {
        reject_if(
            true,
            COOKIE_DOMAIN,
            "it is missing: set the domain that server.public_origins and forward_auth.origins share, such as \
             \"example.com\"",
        );
        return problems;
    };
    let log_in = server.public_origins.first();
    let of_services = config.origins.iter().map(|origin| (ORIGINS, origin));
    let of_log_in = log_in.map(|origin| ("server.public_origins", origin));
    for (path, origin) in of_log_in.into_iter().chain(of_services) {
        let reason = format!(
            "browsers do not share the pass with {origin}: its host must be {domain} or end with .{domain}, the \
             forward_auth.cookie_domain"
        );
        reject_if(!is_within(origin, domain), path, &reason);
    }
    problems
}

/// Returns whether browsers send cookies of `domain` to the host of `origin`.
fn is_within(origin: &str, domain: &str) -> bool {
    let url = Url::parse(origin).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    host.strip_suffix(domain)
        .is_some_and(|labels| labels.is_empty() || labels.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::setup::configuration::testing::Scene;

    const ORIGINS: &str = "APP_FORWARD_AUTH__ORIGINS";
    const COOKIE_DOMAIN: &str = "APP_FORWARD_AUTH__COOKIE_DOMAIN";
    const PUBLIC_ORIGINS: &str = "APP_SERVER__PUBLIC_ORIGINS";
    const TRUSTED_PROXIES: &str = "APP_SERVER__TRUSTED_PROXIES";

    /// Returns a configuration that fits.
    fn scene(environment: &str) -> anyhow::Result<Scene> {
        Ok(Scene::with_secrets(environment)?
            .variable(ORIGINS, "[\"https://app.example.com\", \"https://example.com:8443\"]")
            .variable(COOKIE_DOMAIN, "example.com")
            .variable(
                PUBLIC_ORIGINS,
                "[\"https://auth.example.com\", \"https://elsewhere.test\"]",
            )
            .variable(TRUSTED_PROXIES, "[10.0.0.1]"))
    }

    #[test]
    fn services_of_one_domain_can_be_guarded() -> anyhow::Result<()> {
        let loaded = scene("prod")?.load()?;
        assert_eq!(loaded.configuration.forward_auth.origins.len(), 2);
        let nothing = Scene::with_secrets("prod")?.load()?;
        assert!(nothing.configuration.forward_auth.origins.is_empty());
        Ok(())
    }

    #[rstest]
    #[case::domain_without_origins(ORIGINS, "[]", "forward_auth.cookie_domain: it has no effect without")]
    #[case::no_domain(COOKIE_DOMAIN, "", "forward_auth.cookie_domain: it is missing")]
    #[case::no_public_origin(PUBLIC_ORIGINS, "[]", "forward_auth.origins: they need server.public_origins")]
    #[case::no_proxy(TRUSTED_PROXIES, "[]", "forward_auth.origins: they need server.trusted_proxies")]
    #[case::plain_http(
        ORIGINS,
        "[\"http://app.example.com\"]",
        "found \"http://app.example.com\", allowed in the environment prod: https"
    )]
    #[case::service_elsewhere(
        ORIGINS,
        "[\"https://app.example.org\"]",
        "forward_auth.origins: browsers do not share the pass with https://app.example.org"
    )]
    #[case::longer_label(
        ORIGINS,
        "[\"https://badexample.com\"]",
        "browsers do not share the pass with https://badexample.com"
    )]
    #[case::log_in_elsewhere(
        PUBLIC_ORIGINS,
        "[\"https://elsewhere.test\"]",
        "server.public_origins: browsers do not share the pass with https://elsewhere.test"
    )]
    fn what_could_not_work_is_refused_with_the_reason(
        #[case] name: &str,
        #[case] value: &str,
        #[case] expected: &str,
    ) -> anyhow::Result<()> {
        let refusal = scene("prod")?.variable(name, value).refusal()?;
        assert!(refusal.contains(expected), "{refusal}");
        Ok(())
    }

    #[test]
    fn plain_http_is_for_local_only() -> anyhow::Result<()> {
        let scene = scene("local")?
            .variable(ORIGINS, "[\"http://app.gate.localhost:8080\"]")
            .variable(PUBLIC_ORIGINS, "[\"http://auth.gate.localhost:8080\"]")
            .variable(COOKIE_DOMAIN, "gate.localhost");
        scene.load()?;
        let refusal = scene.variable("APP_ENV", "dev").refusal()?;
        assert!(refusal.contains("allowed in the environment dev: https"), "{refusal}");
        Ok(())
    }
}
