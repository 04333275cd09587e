//! What cannot be judged by looking at one value.

use std::{fs::File, path::Path};

use figment::Figment;

use super::{Configuration, LOCAL, SameSite, dotenv, secrets};
use crate::infrastructure::persistence::{ConnectError, DatabaseUrl};

/// The least work factor of bcrypt outside of [`LOCAL`].
const LEAST_BCRYPT_COST: u32 = 10;

/// Everything that is wrong with the configuration of the chosen environment, secrets and key files included.
pub(super) fn problems(figment: &Figment, configuration: &Configuration, directory: &Path) -> Vec<String> {
    let mut problems = contradictions(figment, configuration);
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

/// The key files that the algorithm of the access tokens needs and that are not given or cannot be opened.
fn unusable_key_files(configuration: &Configuration, directory: &Path) -> Vec<String> {
    let auth = &configuration.security.auth;
    if auth.jwt_algorithm.least_secret_bytes().is_some() {
        return Vec::new();
    }
    let unusable = |key: &str, path: &Path| {
        if path.as_os_str().is_empty() {
            return Some(format!(
                "security.auth.{key} is missing: {:?} needs a PEM file",
                auth.jwt_algorithm
            ));
        }
        let error = File::open(directory.join(path)).err()?;
        Some(format!(
            "security.auth.{key}: the file {} cannot be read: {error}",
            path.display()
        ))
    };
    let private = unusable("jwt_private_key_file", &auth.jwt_private_key_file);
    let public = auth.jwt_public_key_file.iter();
    let public = public.filter_map(|path| unusable("jwt_public_key_file", path));
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
            refusal.contains("jwt_private_key_file: the file private.pem cannot be read"),
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
