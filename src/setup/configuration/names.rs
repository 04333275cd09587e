//! The names that the operator and the program agree on: environments, files, variables.

/// The environment of a developer's machine: the default, and the only one that generates its secrets.
pub const LOCAL: &str = "local";

/// The environment of a shared test system.
pub const DEV: &str = "dev";

/// The variable that chooses the environment.
pub const ENVIRONMENT_VARIABLE: &str = "APP_ENV";

/// The file of everything that is not secret.
pub const CONFIG_FILE: &str = "config.toml";

/// The file of secrets; none of its values is ever shown.
pub const SECRETS_FILE: &str = ".secrets.toml";

/// The section that applies to every environment.
pub const DEFAULT: &str = "default";

/// Prefix of every variable that is read.
pub const PREFIX: &str = "APP_";

/// Stands in the name of a variable between sections and key.
pub const SEPARATOR: &str = "__";

/// Returns the name of the variable that sets a key: `APP_SERVER__PORT` for `server.port`.
pub fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.to_uppercase().replace('.', SEPARATOR))
}

/// Returns the name of the variable that names a file with the value of a secret.
pub fn file_variable(path: &str) -> String {
    format!("{}_FILE", variable(path))
}
