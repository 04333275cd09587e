//! The arguments of the command line, which clap parses and `--help` shows.

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use uuid::Uuid;

use super::Moment;
use crate::{
    application::{
        audit_trail::{AuditAction, AuditActorKind},
        queries::operator::{RequestedActor, RequestedUser},
    },
    domain::user::Role,
};

/// User management: sign-up, log-in, users, roles and sessions. Without a command, serves.
#[derive(Debug, Parser)]
#[command(name = "gatehouse", version, max_term_width = 100)]
#[command(
    after_help = "The configuration is read from config.toml and .secrets.toml in the working directory and from \
    environment variables; APP_ENV chooses the environment (`local` by default). \
    `gatehouse config show` prints what is in effect."
)]
pub struct Arguments {
    /// The command to run.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A command of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve requests until SIGINT or SIGTERM; running requests are finished first
    #[command(after_help = "Example:\n  APP_SERVER__PORT=9000 gatehouse serve")]
    Serve {
        /// Refuse to start if migrations are pending, regardless of database.migrate_on_start
        #[arg(long)]
        no_migrate: bool,
    },
    /// Migrate the database schema to this version of the program, or back
    #[command(subcommand, after_help = "Example:\n  gatehouse migrate status")]
    Migrate(MigrateCommand),
    /// Move the data
    #[command(
        subcommand,
        after_help = "Example:\n  gatehouse db copy --from sqlite:data/gatehouse.db --to postgres://"
    )]
    Db(DbCommand),
    /// Check or show the configuration, or export it for Docker
    #[command(subcommand, after_help = "Example:\n  APP_ENV=prod gatehouse config check")]
    Config(ConfigCommand),
    /// Check that the running server is alive, as the health check of a container
    #[command(after_help = "Example:\n  gatehouse healthcheck --ready")]
    Healthcheck {
        /// Check that it can serve requests, which requires its database
        #[arg(long)]
        ready: bool,
    },
    /// Print the OpenAPI 3 document of the API
    #[command(after_help = "Example:\n  gatehouse openapi > openapi.json")]
    Openapi,
    /// A command of the operator.
    #[command(flatten)]
    Operator(OperatorCommand),
}

/// A command for the database schema.
#[derive(Debug, Subcommand)]
pub enum MigrateCommand {
    /// Apply every pending migration
    #[command(after_help = "Example:\n  gatehouse migrate up")]
    Up,
    /// Undo the last migrations, and delete the data in the tables and columns that they added
    #[command(after_help = "Example:\n  gatehouse migrate down --steps 2")]
    Down {
        /// How many migrations to undo
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// List the migrations, and whether each is applied
    #[command(after_help = "Example:\n  gatehouse migrate status")]
    Status,
    /// Drop every table with all data, and apply every migration
    #[command(after_help = "Example:\n  gatehouse migrate fresh --yes")]
    Fresh {
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
}

/// A command for the data.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Copy all users, sessions, one-time links, audit events and erased usernames into another, empty database
    #[command(
        long_about = "Copy all users, sessions, one-time links, audit events and erased usernames into another, \
        empty database, all of them or none, as they are at one moment. Stop the service first: later writes are not \
        in the copy. `gatehouse migrate fresh` empties a database. An address has the form of database.url: \
        `sqlite:` and a path, or `postgres://user@host:port/db`. The section [postgres] supplies the parts that are \
        left out, above all the password.",
        after_help = "Example:\n  gatehouse db copy --from sqlite:data/gatehouse.db --to postgres://"
    )]
    Copy {
        /// The database to copy from
        #[arg(long, value_name = "URL")]
        from: String,
        /// The empty database to copy to; the schema, and a missing SQLite file, are created
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

/// A command for the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check every section of the files, and the secrets of the chosen environment, without contacting a database
    #[command(after_help = "Example:\n  APP_ENV=prod gatehouse config check")]
    Check,
    /// Print the configuration in effect and where each value comes from; secrets are redacted
    #[command(after_help = "Example:\n  gatehouse config show")]
    Show,
    /// Write the fields listed in export.fields as variables to .env.<APP_ENV>, readable only by its owner
    #[command(after_help = "Example:\n  APP_ENV=prod gatehouse config dotenv")]
    Dotenv,
}

/// A command of the operator, which also works while the server runs.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Create a super admin account
    #[command(after_help = "Examples:\n  gatehouse create-super-admin root.admin\n  \
        printf '%s' \"$PASSWORD\" | gatehouse create-super-admin root.admin --password-stdin")]
    CreateSuperAdmin {
        /// The name of the account
        username: String,
        /// The source of the password.
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Make an existing active account a super admin, and end its sessions
    #[command(after_help = "Example:\n  gatehouse promote alice")]
    Promote {
        /// The name of the account, in any case
        username: String,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Make any account, even a super admin, a plain user, and end its sessions
    #[command(after_help = "Example:\n  gatehouse demote alice")]
    Demote {
        /// The name of the account, in any case
        username: String,
    },
    /// Deactivate any account, even a super admin, and end its sessions
    #[command(after_help = "Example:\n  gatehouse inactivate alice")]
    Inactivate {
        /// The name of the account, in any case
        username: String,
    },
    /// Reactivate any inactive account, even a super admin
    #[command(after_help = "Example:\n  gatehouse reactivate alice")]
    Reactivate {
        /// The name of the account, in any case
        username: String,
    },
    /// Set a new password for any account, even a super admin, and end its sessions
    #[command(after_help = "Examples:\n  gatehouse set-password alice\n  \
        printf '%s' \"$PASSWORD\" | gatehouse set-password alice --password-stdin")]
    SetPassword {
        /// The name of the account, in any case
        username: String,
        /// The source of the password.
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Erase an inactive account for good, even that of a super admin
    #[command(
        long_about = "Erase an inactive account for good, even that of a super admin. Deletes the account and all that \
        belongs to it. The audit trail keeps the id, and loses the name and the addresses from which the user acted. \
        Nobody can take the username again.",
        after_help = "Examples:\n  gatehouse inactivate alice\n  gatehouse erase alice"
    )]
    Erase {
        /// The name of the account, in any case
        username: String,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Print everything that is stored of a person, as JSON
    #[command(
        long_about = "Print everything that is stored of a person, as JSON: the account, its sessions and its \
        one-time link, the events of the audit trail by and about the person, and failed log-ins to the account. \
        Leaves out the hashes of the password and of the secrets of sessions and the link.",
        after_help = "Example:\n  gatehouse export-user alice > alice.json"
    )]
    ExportUser {
        /// The name of the account, in any case
        username: String,
    },
    /// End all sessions of an account
    #[command(after_help = "Example:\n  gatehouse revoke-sessions alice")]
    RevokeSessions {
        /// The name of the account, in any case
        username: String,
    },
    /// Create an account without a password, and print a link by which its user sets one
    #[command(
        long_about = "Create an account without a password, and print a link by which its user sets one. The link alone \
        is on standard output. It works once, for security.links.invitation_ttl_hours.",
        after_help = "Examples:\n  gatehouse invite alice\n  gatehouse invite root.admin --role super_admin"
    )]
    Invite {
        /// The name of the account
        username: String,
        /// The role of the account
        #[arg(long, default_value = "user", value_parser = role())]
        role: Role,
    },
    /// Print a link by which the user of any account, even a super admin, sets another password
    #[command(
        long_about = "Print a link by which the user of any account, even a super admin, sets another password. The link \
        alone is on standard output. It works once, for security.links.recovery_ttl_hours, and replaces a former one. \
        Until then nothing changes.",
        after_help = "Example:\n  gatehouse recovery-link alice"
    )]
    RecoveryLink {
        /// The name of the account, in any case
        username: String,
    },
    /// Show who did what to whom, when and from where, newest first
    #[command(
        long_about = "Show who did what to whom, when and from where, newest first. Each line has the columns TIME, \
        ACTOR, ACTION, TARGET, OUTCOME, ADDRESS, REQUEST, SESSION and COUNT, which a heading names on a terminal. \
        Repeated refusals are counted together: they appear within a minute, or when the server stops.",
        after_help = "Examples:\n  gatehouse audit --target alice\n  \
        gatehouse audit --actor @operator --since 2026-01-31\n  \
        gatehouse audit --action log_in --outcome refused --since 1h"
    )]
    Audit(AuditArguments),
}

/// Filters for the audit trail; an event must match all that are given.
#[derive(Debug, Args)]
pub struct AuditArguments {
    /// Only actions of this user, or of all of @operator, @anonymous, @several or @user
    #[arg(long, value_name = "USERNAME|ID", value_parser = actor)]
    pub actor: Option<RequestedActor>,
    /// Only actions on this user
    #[arg(long, value_name = "USERNAME|ID")]
    pub target: Option<RequestedUser>,
    /// Only this action
    #[arg(long, value_parser = action())]
    pub action: Option<AuditAction>,
    /// Only successful, or only refused actions
    #[arg(long)]
    pub outcome: Option<Outcome>,
    /// Only from this time on: an age (1h), the beginning of a day in UTC (2026-01-31), or an RFC 3339 time
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,
    /// Only before this time, in the same formats
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,
    /// Maximum number of events
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: u64,
}

/// The outcome of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    /// The action succeeded
    Success,
    /// The action was refused
    Refused,
}

/// Parses a username or an id, or `@` and a kind of actor: no username begins with `@`.
fn actor(text: &str) -> Result<RequestedActor, &'static str> {
    let Some(kind) = text.strip_prefix('@') else {
        return Ok(RequestedActor::User(text.to_owned().into()));
    };
    let kind = AuditActorKind::named(kind).map(RequestedActor::Kind);
    kind.ok_or("must be a username, an id, @operator, @anonymous, @several or @user")
}

impl From<String> for RequestedUser {
    /// Takes what can be an id for one: it has more characters than a username may have.
    fn from(text: String) -> Self {
        match text.parse::<Uuid>() {
            Ok(id) => Self::Id(id.into()),
            Err(_) => Self::Name(text),
        }
    }
}

fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).map(|name| {
        #[expect(clippy::expect_used, reason = "the parser accepts only names of roles")]
        Role::named(&name).expect("it is one of the possible values")
    })
}

fn action() -> impl TypedValueParser<Value = AuditAction> {
    let names = AuditAction::ALL.iter().map(|action| action.name());
    PossibleValuesParser::new(names).map(|name| {
        #[expect(clippy::expect_used, reason = "the parser accepts only names of actions")]
        AuditAction::named(&name).expect("it is one of the possible values")
    })
}

/// The source of a password: never an argument, which other users of the machine can see.
#[derive(Debug, Args)]
pub struct PasswordSource {
    /// Read the password from standard input, up to the first line break, instead of asking for it
    #[arg(long = "password-stdin")]
    pub stdin: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }
}
