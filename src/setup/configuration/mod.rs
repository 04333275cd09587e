//! The configuration: its sources, its sections, and the rules for its values.
//!
//! Four sources are merged, the later over the earlier: the `config.toml` that was built into the program, the one in
//! the working directory, `.secrets.toml` (all with a section `[default]` and one for each environment), and
//! environment variables named `APP_<SECTION>__<KEY>`. The unit, default and range of each key are in `config.toml`.
//! The types here hold only checked values, so their readers need not check again.
//!
//! The rooms, from the ground up; each names only those above it in this list:
//!
//! - [`names`] of environments, files and variables, and the [`error`].
//! - [`sections`]: the types of the values and the rules for each.
//! - [`secrets`]: the table of secrets.
//! - [`reading`]: from the sources to layers, and from layers to the values of an environment.
//! - [`validation`]: rules that span several values, and warnings.
//! - [`showing`]: the values for the operator and for other programs.
//! - [`loading`]: all of it in order.
//!
//! No other layer names any of this; `setup` passes them the values that they need.

mod error;
mod loading;
mod names;
mod reading;
mod secrets;
mod sections;
mod showing;
mod validation;

pub use error::ConfigurationError;
pub use loading::{Loaded, MissingSecrets, check, export, load, load_without_secrets, show};
pub use reading::Sources;
pub use secrets::{SECRETS, Secret};
pub use sections::{
    AuthConfig, Configuration, DatabaseConfig, ForwardAuthConfig, JwtAlgorithm, LogFormat, LogsConfig, PasswordConfig,
    SecurityConfig, ServerConfig,
};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
