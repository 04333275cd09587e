//! What can be asked for on the command line, as clap reads it and `--help` tells it.

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::Moment;
use crate::application::{
    audit_trail::{AuditAction, AuditActorKind},
    queries::operator::RequestedActor,
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
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve requests until SIGINT or SIGTERM; running requests are finished first
    #[command(after_help = "Example:\n  APP_SERVER__PORT=9000 gatehouse serve")]
    Serve {
        /// Refuse to start while migrations are pending, whatever database.migrate_on_start says
        #[arg(long)]
        no_migrate: bool,
    },
    /// Bring the database schema to that of this program, or back
    #[command(subcommand, after_help = "Example:\n  gatehouse migrate status")]
    Migrate(MigrateCommand),
    /// Move the data
    #[command(
        subcommand,
        after_help = "Example:\n  gatehouse db copy --from sqlite:data/gatehouse.db --to postgres://"
    )]
    Db(DbCommand),
    /// Look at the configuration, or write it down for Docker
    #[command(subcommand, after_help = "Example:\n  APP_ENV=prod gatehouse config check")]
    Config(ConfigCommand),
    /// Ask the running server whether it is alive: the health check of a container
    #[command(after_help = "Example:\n  gatehouse healthcheck --ready")]
    Healthcheck {
        /// Ask whether it can serve requests, which needs its database
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

/// What can be done with the database schema.
#[derive(Debug, Subcommand)]
pub enum MigrateCommand {
    /// Apply every pending migration
    #[command(after_help = "Example:\n  gatehouse migrate up")]
    Up,
    /// Undo the last migrations, together with the data in what they had added
    #[command(after_help = "Example:\n  gatehouse migrate down --steps 2")]
    Down {
        /// How many migrations to undo
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// List the migrations, and whether the database has them
    #[command(after_help = "Example:\n  gatehouse migrate status")]
    Status,
    /// Drop every table with all data, and apply every migration
    #[command(after_help = "Example:\n  gatehouse migrate fresh --yes")]
    Fresh {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// What can be done with the data.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Copy all users, sessions and audit events into another, empty database
    #[command(
        long_about = "Copy all users, sessions and audit events into another, empty database, all of them or none, as they are at \
        one moment. Stop the service before: what it writes after that moment is not in the copy. `gatehouse migrate fresh` \
        empties a database. An address is that of database.url: `sqlite:` and a path, or `postgres://user@host:port/db`, of which \
        the section [postgres] supplies what is left out, above all the password.",
        after_help = "Example:\n  gatehouse db copy --from sqlite:data/gatehouse.db --to postgres://"
    )]
    Copy {
        /// The database to copy from
        #[arg(long, value_name = "URL")]
        from: String,
        /// The database to copy to, with nothing in it; a SQLite file is made, and the schema, too
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

/// How to look at the configuration, or hand it on.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check every section of the files, and the secrets of the chosen environment; contacts no database
    #[command(after_help = "Example:\n  APP_ENV=prod gatehouse config check")]
    Check,
    /// Print the configuration in effect and where each value comes from; secrets are redacted
    #[command(after_help = "Example:\n  gatehouse config show")]
    Show,
    /// Write what export.fields lists as variables into .env.<APP_ENV>, readable by its owner only
    #[command(after_help = "Example:\n  APP_ENV=prod gatehouse config dotenv")]
    Dotenv,
}

/// What the operator can do, also while the server runs.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Make a new account that is super admin
    #[command(after_help = "Examples:\n  gatehouse create-super-admin root.admin\n  \
        printf '%s' \"$PASSWORD\" | gatehouse create-super-admin root.admin --password-stdin")]
    CreateSuperAdmin {
        /// The name of the account
        username: String,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Make an existing active account super admin, and end its sessions
    #[command(after_help = "Example:\n  gatehouse promote alice")]
    Promote {
        /// The name of the account, in any case
        username: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Turn any account, even a super admin's, into a plain user's, and end its sessions
    #[command(after_help = "Example:\n  gatehouse demote alice")]
    Demote {
        /// The name of the account, in any case
        username: String,
    },
    /// Deactivate any account, even a super admin's, and end its sessions
    #[command(after_help = "Example:\n  gatehouse inactivate alice")]
    Inactivate {
        /// The name of the account, in any case
        username: String,
    },
    /// Activate any inactive account again, even a super admin's
    #[command(after_help = "Example:\n  gatehouse reactivate alice")]
    Reactivate {
        /// The name of the account, in any case
        username: String,
    },
    /// Give any account, even a super admin's, another password, and end its sessions
    #[command(after_help = "Examples:\n  gatehouse set-password alice\n  \
        printf '%s' \"$PASSWORD\" | gatehouse set-password alice --password-stdin")]
    SetPassword {
        /// The name of the account, in any case
        username: String,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Log an account out everywhere
    #[command(after_help = "Example:\n  gatehouse revoke-sessions alice")]
    RevokeSessions {
        /// The name of the account, in any case
        username: String,
    },
    /// Show who did what to whom, when and from where; the newest comes first
    #[command(
        long_about = "Show who did what to whom, when and from where; the newest comes first. Each line has the columns TIME, \
        ACTOR, ACTION, TARGET, OUTCOME, ADDRESS, REQUEST, SESSION and COUNT, which a heading names on a terminal. Refusals that \
        are like an earlier one are counted together: they appear within a minute, or when the server stops.",
        after_help = "Examples:\n  gatehouse audit --target alice\n  \
        gatehouse audit --actor @operator --since 2026-01-31\n  \
        gatehouse audit --action log_in --outcome refused --since 1h"
    )]
    Audit(AuditArguments),
}

/// Which events of the audit trail to show; all that are given must match.
#[derive(Debug, Args)]
pub struct AuditArguments {
    /// Only what this user did, or was refused; or all of @operator, @anonymous, @several or @user
    #[arg(long, value_name = "USERNAME", value_parser = actor)]
    pub actor: Option<RequestedActor>,
    /// Only what was done to this user
    #[arg(long, value_name = "USERNAME")]
    pub target: Option<String>,
    /// Only this action
    #[arg(long, value_parser = action())]
    pub action: Option<AuditAction>,
    /// Only what was done, or only what was refused
    #[arg(long)]
    pub outcome: Option<Outcome>,
    /// Only from this time on: so long ago (1h), the beginning of a day in UTC (2026-01-31), or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,
    /// Only before this time, given in the same ways
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,
    /// How many events at the most
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: u64,
}

/// What became of what somebody wanted to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    /// It was done
    Success,
    /// It was refused
    Refused,
}

/// No username begins with the sign that a kind of actor is marked by.
fn actor(text: &str) -> Result<RequestedActor, &'static str> {
    let Some(kind) = text.strip_prefix('@') else {
        return Ok(RequestedActor::User(text.to_owned()));
    };
    let kind = AuditActorKind::named(kind).map(RequestedActor::Kind);
    kind.ok_or("must be a username, @operator, @anonymous, @several or @user")
}

fn action() -> impl TypedValueParser<Value = AuditAction> {
    let names = AuditAction::ALL.iter().map(|action| action.name());
    PossibleValuesParser::new(names).map(|name| {
        #[expect(
            clippy::expect_used,
            reason = "the parser lets the names of actions through and nothing else"
        )]
        AuditAction::named(&name).expect("it is one of the possible values")
    })
}

/// Where a password comes from: never from an argument, which other users of the machine can see.
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
