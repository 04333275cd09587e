//! What the operator can rely on: precedence, environments, refusals, secrets, `check` and `show`.

use std::fs;

use rstest::rstest;
use secrecy::ExposeSecret;

use super::{
    Loaded, LogFormat, check, show,
    testing::{COOKIE_KEY, JWT_SECRET, PEPPER, Scene},
};
use crate::domain::user::{RawPassword, Username};

#[test]
fn variables_go_over_secrets_over_the_environment_over_the_default() -> anyhow::Result<()> {
    let scene = Scene::with_secrets("dev")?.file(
        "config.toml",
        "[default.server]\nport = 1\nworkers = 1\n[dev.server]\nport = 2\nworkers = 2",
    )?;
    assert_eq!(scene.load()?.configuration.server.port, 2);

    let scene = scene.file(
        ".secrets.toml",
        "[default.server]\nport = 3\nworkers = 3\n[dev.server]\nport = 4",
    )?;
    assert_eq!(scene.load()?.configuration.server.port, 4);

    let server = scene.variable("APP_SERVER__PORT", "5").load()?.configuration.server;
    assert_eq!((server.port, server.workers), (5, 3));
    Ok(())
}

#[test]
fn a_section_in_the_file_is_all_that_a_new_environment_takes() -> anyhow::Result<()> {
    let scene = Scene::with_secrets("staging")?.file("config.toml", "[staging.server]\nport = 8443")?;

    let configuration = scene.load()?.configuration;

    assert_eq!(
        (configuration.environment.as_str(), configuration.server.port),
        ("staging", 8443)
    );
    Ok(())
}

#[rstest]
#[case::empty("")]
#[case::another_environment("[staging]")]
#[case::one_key("[default.server]\nworkers = 3")]
fn a_small_file_is_laid_over_the_whole_one_built_in(#[case] config: &str) -> anyhow::Result<()> {
    for (environment, host, cost, format) in [
        ("local", "127.0.0.1", 8, LogFormat::Text),
        ("dev", "0.0.0.0", 12, LogFormat::Text),
        ("prod", "0.0.0.0", 12, LogFormat::Json),
    ] {
        let scene = Scene::with_secrets(environment)?.file("config.toml", config)?;

        let configuration = scene.load()?.configuration;

        let found = (
            configuration.server.host.as_str(),
            configuration.security.password.bcrypt_cost,
            configuration.logs.format,
        );
        assert_eq!(found, (host, cost, format));
    }
    Ok(())
}

#[test]
fn all_of_the_file_goes_over_all_that_is_built_in() -> anyhow::Result<()> {
    let scene = Scene::with_secrets("prod")?.file("config.toml", "[default.server]\nhost = \"192.0.2.1\"")?;

    assert_eq!(scene.load()?.configuration.server.host, "192.0.2.1");
    assert!(show(&scene.sources())?.contains("host = \"192.0.2.1\" # config.toml [default]\n"));
    Ok(())
}

#[rstest]
fn an_unknown_environment_is_refused_with_the_known_ones(
    #[values("production", "default", "")] environment: &str,
) -> anyhow::Result<()> {
    let refusal = Scene::with_secrets(environment)?.refusal()?;

    assert!(refusal.contains("APP_ENV: unknown environment"), "{refusal}");
    assert!(refusal.contains("dev, local, prod"), "{refusal}");
    Ok(())
}

#[test]
fn one_message_lists_everything_that_is_wrong() -> anyhow::Result<()> {
    let refusal = Scene::with_secrets("prod")?
        .file(
            "config.toml",
            "[default.server]\nport = 65536\nworkers = \"many\"\nprot = 1\n[dev]\nlogs.level = \"loud\"\n[prod]",
        )?
        .file(".secrets.toml", "[prod]\ndatabase = 1\n[prd]")?
        .variable("APP_SECURITY__COOKIES__SAME_SITE", "1")
        .refusal()?;

    for problem in [
        "config.toml [default] server.port: found 65536, allowed: an integer from 0 to 65535",
        "config.toml [default] server.workers: found \"many\", allowed: an integer from 0 to 512",
        "config.toml [default] server.prot: unknown key, known here: host, port, workers",
        "config.toml [dev] logs.level: found \"loud\", allowed: off, error, warn, info, debug, trace",
        ".secrets.toml [prod] database: allowed: a section",
        ".secrets.toml: unknown environment \"prd\", known from config.toml: dev, local, prod",
        "variable APP_SECURITY__COOKIES__SAME_SITE security.cookies.same_site: found \"1\", allowed: strict, lax, none",
    ] {
        assert!(refusal.contains(problem), "missing: {problem}\n{refusal}");
    }
    Ok(())
}

#[test]
fn the_first_start_in_local_writes_secrets_that_the_next_start_uses() -> anyhow::Result<()> {
    let scene = Scene::new()?.variable("APP_SECURITY__AUTH__JWT_ALGORITHM", "HS512");

    let first = scene.load()?;
    let second = scene.load()?;

    assert!(
        first
            .notices
            .iter()
            .any(|notice| notice.contains(".secrets.toml did not exist: it was written"))
    );
    assert!(second.notices.is_empty());
    let pepper = |loaded: &Loaded| {
        loaded
            .configuration
            .security
            .password
            .pepper
            .current
            .expose_secret()
            .to_owned()
    };
    assert_eq!(pepper(&first), pepper(&second));
    Ok(())
}

#[test]
fn nothing_is_written_when_variables_supply_all_secrets() -> anyhow::Result<()> {
    let scene = Scene::with_secrets("local")?;

    assert!(scene.load()?.notices.is_empty());
    assert!(fs::read_dir(scene.path())?.next().is_none());
    Ok(())
}

#[test]
fn nothing_is_written_when_something_is_wrong() -> anyhow::Result<()> {
    let scene = Scene::new()?.variable("APP_SERVER__PORT", "http");

    scene.refusal()?;

    assert!(fs::read_dir(scene.path())?.next().is_none());
    Ok(())
}

#[test]
fn a_file_without_all_secrets_is_refused_also_in_local() -> anyhow::Result<()> {
    let refusal = Scene::new()?
        .file(
            ".secrets.toml",
            &format!("[local.security]\npassword.pepper = \"{PEPPER}\""),
        )?
        .refusal()?;

    assert!(!refusal.contains("security.password.pepper"), "{refusal}");
    assert!(refusal.contains("security.auth.jwt_secret is missing"), "{refusal}");
    assert!(refusal.contains("security.cookies.key is missing"), "{refusal}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_file_of_secrets_that_others_can_read_is_warned_of() -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let scene = Scene::with_secrets("prod")?.file(".secrets.toml", "[prod]")?;
    fs::set_permissions(scene.path().join(".secrets.toml"), fs::Permissions::from_mode(0o644))?;

    assert!(
        scene
            .load()?
            .notices
            .iter()
            .any(|notice| notice.contains("can be read or written by other users (mode 644)"))
    );
    Ok(())
}

#[test]
fn check_judges_the_environments_that_are_not_chosen() -> anyhow::Result<()> {
    let scene = Scene::with_secrets("local")?.file(
        "config.toml",
        "[local]\n[dev]\nsecurity.password.bcrypt_cost = 8\n\
         [prod.security]\ncookies = { secure = false, same_site = \"none\" }",
    )?;
    scene.load()?;

    let refusal = check(&scene.sources())
        .map_err(|error| error.to_string())
        .err()
        .unwrap_or_default();

    assert!(
        refusal.contains("config.toml [dev] security.password.bcrypt_cost: found 8"),
        "{refusal}"
    );
    assert!(
        refusal.contains("config.toml [prod] security.cookies.same_site: browsers refuse"),
        "{refusal}"
    );
    Ok(())
}

#[test]
fn check_asks_for_the_secrets_of_the_chosen_environment_only() -> anyhow::Result<()> {
    assert!(check(&Scene::with_secrets("dev")?.sources())?.notices.is_empty());
    assert!(check(&Scene::new()?.variable("APP_ENV", "dev").sources()).is_err());
    Ok(())
}

#[test]
fn check_and_show_write_nothing() -> anyhow::Result<()> {
    let scene = Scene::new()?;

    assert_eq!(
        check(&scene.sources())?.notices,
        [".secrets.toml does not exist: the first start will write it"]
    );
    show(&scene.sources())?;

    assert!(fs::read_dir(scene.path())?.next().is_none());
    Ok(())
}

#[test]
fn show_tells_every_value_with_its_origin_but_no_secret() -> anyhow::Result<()> {
    let scene = Scene::with_secrets("prod")?
        .variable("APP_SERVER__PORT", "9000")
        .variable("APP_DATABASE__URL", "postgres://user:hunter2@host/db");

    let shown = show(&scene.sources())?;

    for line in [
        "# environment: prod",
        "[security.password]",
        "port = 9000 # variable APP_SERVER__PORT",
        "host = \"0.0.0.0\" # built-in config.toml [prod]",
        "refresh_threshold = 0.5 # built-in config.toml [default]",
        "pepper = \"[redacted]\" # variable APP_SECURITY__PASSWORD__PEPPER",
        "url = \"postgres://user:***@host:5432/db\" # variable APP_DATABASE__URL",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "missing: {line}\n{shown}");
    }
    for secret in [PEPPER, JWT_SECRET, COOKIE_KEY, "hunter2"] {
        assert!(!shown.contains(secret));
    }
    assert!(toml::from_str::<toml::Table>(&shown).is_ok());
    Ok(())
}

#[test]
fn debug_output_shows_no_secret() -> anyhow::Result<()> {
    let debug = format!("{:?}", Scene::with_secrets("prod")?.load()?);

    assert!(
        ![PEPPER, JWT_SECRET, COOKIE_KEY]
            .iter()
            .any(|secret| debug.contains(secret)),
        "{debug}"
    );
    Ok(())
}

#[test]
fn words_of_the_service_come_from_three_settings() -> anyhow::Result<()> {
    let policy = Scene::with_secrets("prod")?
        .variable("APP_SECURITY__PASSWORD__CONTEXT_WORDS", "[\"Zürich\"]")
        .variable("APP_CONSOLE__TITLE", "My Tea-Room: Log in")
        .variable(
            "APP_SERVER__PUBLIC_ORIGINS",
            "[\"https://my.users.acme.example:8443\", \"https://192.0.2.1\", \"http://localhost\"]",
        )
        .load()?
        .configuration
        .password_policy();
    let is_refused = |text: &str| RawPassword::new(text, &Username::new("alice").unwrap(), &policy).is_err();
    for text in ["in ZÜRICH today", "a small room", "for all users", "acme and more"] {
        assert!(is_refused(text), "{text}");
    }
    for text in [
        "my cup of tea",
        "log in at once",
        "an example of it",
        "on 192.0.2.1",
        "this localhost",
    ] {
        assert!(!is_refused(text), "{text}");
    }

    let untitled = Scene::with_secrets("prod")?.variable("APP_CONSOLE__TITLE", "ID");
    assert!(!untitled.load()?.configuration.password_policy().has_context_words());
    let refusal = untitled
        .variable("APP_SECURITY__PASSWORD__CONTEXT_WORDS", "[abc]")
        .refusal()?;
    assert!(refusal.contains("words of 4 characters or more"), "{refusal}");
    Ok(())
}
