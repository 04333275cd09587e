//! Which keys are secret, and what makes a secret good enough.

use std::iter;

use secrecy::{ExposeSecret, SecretString};

use super::{Configuration, environment::variable, files};

const POSTGRES_PASSWORD: &str = "postgres.password";
const PEPPER: &str = "security.password.pepper";
const JWT_SECRET: &str = "security.auth.jwt_secret";
const JWT_PUBLIC_KEY_FILE: &str = "security.auth.jwt_public_key_file";
const COOKIE_KEY: &str = "security.cookies.key";

/// The keys whose values are never shown nor logged.
pub const SECRET_KEYS: [&str; 4] = [POSTGRES_PASSWORD, PEPPER, JWT_SECRET, COOKIE_KEY];

/// The keys that may be lists, as [`Rotating`](super::Rotating) has it.
pub(super) const ROTATING_KEYS: [&str; 4] = [PEPPER, JWT_SECRET, JWT_PUBLIC_KEY_FILE, COOKIE_KEY];

/// What is wrong with a secret that is not set.
const MISSING: &str = "is missing";

/// The shortest secret that is accepted for any purpose.
const LEAST_BYTES: usize = 32;

/// Whether the value at this path is a secret or, being a section, holds one.
pub(super) fn concern(path: &str) -> bool {
    SECRET_KEYS.iter().any(|secret| {
        secret
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// Whether a secret that this configuration needs is not set.
pub(super) fn any_missing(configuration: &Configuration) -> bool {
    needed(configuration).any(|(_, secrets, _)| secrets.iter().all(|secret| secret.expose_secret().is_empty()))
}

/// The secrets that are missing, too short or evidently not secret, each with the ways to set it.
pub(super) fn problems(configuration: &Configuration) -> Vec<String> {
    let password = &configuration.postgres.password;
    // How long it is, and whether there is one, is between the database and its administrator.
    let password = is_placeholder(password.expose_secret()).then(|| (POSTGRES_PASSWORD, vec![password], 0));
    needed(configuration)
        .chain(password)
        .flat_map(|(path, secrets, least)| {
            let faults = faults(&secrets, least).into_iter();
            faults.map(move |fault| problem(path, &fault, &configuration.environment))
        })
        .chain(shared(configuration))
        .collect()
}

/// That a secret which is in use has the value of another one: then whoever learns one has both. Former ones may be equal,
/// so that such secrets can be replaced.
fn shared(configuration: &Configuration) -> Vec<String> {
    let password = (POSTGRES_PASSWORD, &configuration.postgres.password);
    let in_use = needed(configuration)
        .filter_map(|(path, secrets, _)| Some((path, *secrets.first()?)))
        .chain(iter::once(password))
        .map(|(path, secret)| (path, secret.expose_secret()))
        .filter(|(_, secret)| !secret.is_empty());
    let in_use = Vec::from_iter(in_use);
    let before = |index: usize| in_use.iter().take(index);
    let shared = in_use.iter().enumerate().filter_map(|(index, (path, secret))| {
        let (other, _) = before(index).find(|(_, other)| other == secret)?;
        let fault = format!("is the same as {other}, and every secret needs a value of its own");
        Some(problem(path, &fault, &configuration.environment))
    });
    shared.collect()
}

/// That a secret is not set, with the ways to set it.
pub(super) fn missing(path: &str, environment: &str) -> String {
    problem(path, MISSING, environment)
}

fn problem(path: &str, fault: &str, environment: &str) -> String {
    let variable = variable(path);
    format!(
        "{path} {fault}: set it in {} under [{environment}], in the variable {variable}, or in a file named by the variable \
         {variable}_FILE",
        files::SECRETS_FILE
    )
}

/// The secrets that this configuration needs, with the least length of each in bytes.
fn needed(configuration: &Configuration) -> impl Iterator<Item = (&'static str, Vec<&SecretString>, usize)> {
    let security = &configuration.security;
    let jwt_secret = security.auth.jwt_algorithm.least_secret_bytes();
    [
        Some((PEPPER, security.password.pepper.iter().collect(), LEAST_BYTES)),
        jwt_secret.map(|least| (JWT_SECRET, security.auth.jwt_secret.iter().collect(), least)),
        Some((COOKIE_KEY, security.cookies.key.iter().collect(), LEAST_BYTES)),
    ]
    .into_iter()
    .flatten()
}

/// What is wrong with the secrets of one key; of several, each by its number. Former ones may be of digits only, so that
/// such a secret can be replaced.
fn faults(secrets: &[&SecretString], least: usize) -> Vec<String> {
    let faults = (0..).zip(secrets).map(|(index, secret)| {
        let secret = secret.expose_secret();
        let of_digits = index == 0 && least > 0 && secret.bytes().all(|byte| byte.is_ascii_digit());
        fault(secret, least).or_else(|| of_digits.then(|| "has digits only, so it can be guessed".to_owned()))
    });
    if secrets.len() == 1 {
        return faults.flatten().collect();
    }
    let numbered = (1..).zip(faults);
    numbered
        .filter_map(|(number, fault)| Some(format!("(number {number} of the list) {}", fault?)))
        .collect()
}

fn fault(secret: &str, least: usize) -> Option<String> {
    if secret.is_empty() {
        Some(MISSING.to_owned())
    } else if is_placeholder(secret) {
        Some("is a placeholder".to_owned())
    } else if secret.len() < least {
        Some(format!("is shorter than {least} bytes"))
    } else {
        None
    }
}

/// Whether this is one of the texts that stand for a secret in examples, in any spelling, or one character over and
/// over.
fn is_placeholder(secret: &str) -> bool {
    let letters: String = secret
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    let mut characters = secret.chars();
    let first = characters.next();
    ["changeme", "changethis", "replaceme", "replacethis", "placeholder"]
        .iter()
        .any(|word| letters.contains(word))
        || (first.is_some() && characters.all(|character| Some(character) == first))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::setup::configuration::testing::{self, Scene};

    #[rstest]
    #[case("security")]
    #[case("security.password")]
    #[case("security.password.pepper")]
    fn a_secret_and_the_sections_around_it_are_concerned(#[case] path: &str) {
        assert!(concern(path));
    }

    #[rstest]
    #[case("security.password.pep")]
    #[case("security.password.min_length")]
    #[case("server")]
    fn other_keys_are_not(#[case] path: &str) {
        assert!(!concern(path));
    }

    #[rstest]
    #[case::missing("", Some("is missing"))]
    #[case::placeholder("please-Change_Me-before-you-go-to-production", Some("is a placeholder"))]
    #[case::one_character("................................", Some("is a placeholder"))]
    #[case::short("kX3vQ9mZ7pL2wR8tY5uJ1nB6cD4fG0h", Some("is shorter than 32 bytes"))]
    #[case::long_enough("kX3vQ9mZ7pL2wR8tY5uJ1nB6cD4fG0hS", None)]
    fn a_secret_is_set_made_up_and_long_enough(#[case] secret: &str, #[case] expected: Option<&str>) {
        assert_eq!(fault(secret, LEAST_BYTES).as_deref(), expected);
    }

    #[rstest]
    fn of_several_secrets_each_is_judged(#[values(PEPPER, JWT_SECRET, COOKIE_KEY)] path: &str) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.file(
            files::SECRETS_FILE,
            &format!("[prod]\n{path} = [\"of thirty-two bytes and not less\", \"\", \"change-me\", \"short\"]"),
        )?;
        let refusal = scene.without_variable(&variable(path)).refusal()?;

        for fault in [
            "(number 2 of the list) is missing: set it in .secrets.toml",
            "(number 3 of the list) is a placeholder",
            "(number 4 of the list) is shorter than 32 bytes",
        ] {
            assert!(
                refusal.contains(&format!("{path} {fault}")),
                "missing: {fault}\n{refusal}"
            );
        }
        assert!(!refusal.contains("number 1"), "{refusal}");
        Ok(())
    }

    #[rstest]
    fn an_empty_list_is_a_missing_secret(#[values(PEPPER, JWT_SECRET, COOKIE_KEY)] path: &str) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.variable(&variable(path), "[]");
        assert!(scene.refusal()?.contains(&format!("{path} is missing")));
        Ok(())
    }

    #[test]
    fn a_secret_in_use_is_neither_of_digits_nor_another_one() -> anyhow::Result<()> {
        let digits = "31415926535897932384626433832795";
        let name = variable(COOKIE_KEY);
        let scene = Scene::with_secrets("prod")?;
        for (value, fault) in [
            (
                digits,
                "security.cookies.key has digits only, so it can be guessed: set it in",
            ),
            (
                testing::PEPPER,
                "security.cookies.key is the same as security.password.pepper, and every",
            ),
        ] {
            let refused = Scene::with_secrets("prod")?.variable(&name, value).refusal()?;
            assert!(refused.contains(fault) && !refused.contains(value), "{refused}");
            let former =
                Scene::with_secrets("prod")?.variable(&name, &format!("[\"{}\", \"{value}\"]", testing::COOKIE_KEY));
            former.load()?;
        }
        let refused = scene
            .variable("APP_POSTGRES__PASSWORD", testing::JWT_SECRET)
            .refusal()?;
        assert!(
            refused.contains("postgres.password is the same as security.auth.jwt_secret"),
            "{refused}"
        );
        Ok(())
    }

    #[test]
    fn one_message_lists_all_missing_secrets_and_the_ways_to_set_them() -> anyhow::Result<()> {
        let refusal = Scene::new()?.variable("APP_ENV", "prod").refusal()?;

        for secret in [PEPPER, JWT_SECRET, COOKIE_KEY] {
            let variable = variable(secret);
            let advice = format!(
                "{secret} is missing: set it in .secrets.toml under [prod], in the variable {variable}, or in a file \
                 named by the variable {variable}_FILE"
            );
            assert!(refusal.contains(&advice), "missing: {advice}\n{refusal}");
        }
        Ok(())
    }

    #[test]
    fn the_secrets_of_the_example_are_refused() -> anyhow::Result<()> {
        let example = include_str!("../../../.secrets.toml.example");

        let refusal = Scene::new()?
            .variable("APP_ENV", "prod")
            .file(files::SECRETS_FILE, example)?
            .refusal()?;

        for secret in SECRET_KEYS {
            assert!(refusal.contains(&format!("{secret} is a placeholder")), "{refusal}");
        }
        Ok(())
    }

    #[rstest]
    #[case("HS256", 32)]
    #[case("HS384", 48)]
    #[case("HS512", 64)]
    fn the_secret_of_tokens_is_at_least_as_long_as_the_hash(
        #[case] algorithm: &str,
        #[case] least: usize,
    ) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.variable("APP_SECURITY__AUTH__JWT_ALGORITHM", algorithm);
        let name = variable(JWT_SECRET);
        let scene = scene.variable(&name, &testing::JWT_SECRET[..least]);
        scene.load()?;

        let refusal = scene.variable(&name, &testing::JWT_SECRET[..least - 1]).refusal()?;

        assert!(
            refusal.contains(&format!("security.auth.jwt_secret is shorter than {least} bytes")),
            "{refusal}"
        );
        assert!(!refusal.contains(&testing::JWT_SECRET[..8]), "{refusal}");
        Ok(())
    }
}
