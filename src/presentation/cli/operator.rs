//! The commands of the operator: each reads its input, calls its use case, and prints the result.

use std::sync::Arc;

use anyhow::{Context, anyhow, ensure};
use chrono::TimeDelta;

use super::{
    arguments::OperatorCommand,
    audit::show_audit_trail,
    export::export_json,
    terminal::{confirm_destruction, confirm_if_interactive, read_new_password, report, say},
};
use crate::{
    application::{
        commands::{
            RegistrationError,
            links::IssuedLink,
            operator::{
                ChangeAccount, ChangedAccount, CreateSuperAdmin, EraseAccount, InviteUser, RecoverAccount, SetPassword,
            },
        },
        ports::Clock,
        queries::operator::{ExportUser, FindUser, ReadAuditTrail},
        views::UserView,
    },
    domain::user::{ActiveAccount, Username},
    presentation::link_address::link_address,
};

/// The use cases behind the operator's commands.
#[expect(missing_docs, reason = "each is named after its type")]
pub struct OperatorUseCases {
    pub create_super_admin: CreateSuperAdmin,
    pub change_account: Arc<ChangeAccount>,
    pub set_password: SetPassword,
    pub erase_account: EraseAccount,
    pub export_user: ExportUser,
    pub invite_user: InviteUser,
    pub recover_account: RecoverAccount,
    pub find_user: FindUser,
    pub read_audit_trail: ReadAuditTrail,
    pub clock: Arc<dyn Clock>,
    /// The origin that the addresses of links begin with.
    pub link_origin: String,
}

impl OperatorUseCases {
    /// Runs `command` and prints the result.
    ///
    /// # Errors
    /// If the use case fails; nothing has changed then.
    pub async fn run(&self, command: OperatorCommand) -> anyhow::Result<()> {
        match command {
            OperatorCommand::CreateSuperAdmin { username, password } => {
                // Fails before the password is asked for.
                Username::new(username.as_str())?;
                let password = read_new_password(&password)?;
                let user = self.create_super_admin.execute(&username, &password).await?;
                report(format_args!(
                    "{} ({}) was created as super admin",
                    user.username, user.id
                ));
            }
            OperatorCommand::Promote { username, yes } => self.promote(&username, yes).await?,
            OperatorCommand::Demote { username } => {
                report_change(&self.change_account.demote(&username).await?, "is a plain user");
            }
            OperatorCommand::Inactivate { username } => {
                report_change(&self.change_account.inactivate(&username).await?, "is inactive");
            }
            OperatorCommand::Reactivate { username } => {
                report_change(&self.change_account.reactivate(&username).await?, "is active");
            }
            OperatorCommand::SetPassword { username, password } => {
                // Fails before the password is asked for.
                self.find_user.execute(&username).await?;
                let password = read_new_password(&password)?;
                let account = self.set_password.execute(&username, &password).await?;
                report_change(&account, "has the new password");
            }
            OperatorCommand::Erase { username, yes } => self.erase(&username, yes).await?,
            OperatorCommand::ExportUser { username } => {
                let export = self.export_user.execute(&username).await?;
                say(export_json(&export, self.clock.now())?)?;
            }
            OperatorCommand::RevokeSessions { username } => {
                let ended = self.change_account.revoke_sessions(&username).await?.ended_sessions;
                report(format_args!("{username} is logged out everywhere: {}", sessions(ended)));
            }
            OperatorCommand::Invite { username, role } => {
                let link = self.invite_user.execute(&username, role).await;
                let link = link.map_err(|error| match error {
                    RegistrationError::UsernameAlreadyExists => {
                        anyhow!(
                            "{error} If the account exists, `gatehouse recovery-link {username}` prints another link. If not, \
                             it was erased, and nobody can have its name."
                        )
                    }
                    error => error.into(),
                })?;
                self.print_link(&link)?;
            }
            OperatorCommand::RecoveryLink { username } => {
                self.print_link(&self.recover_account.execute(&username).await?)?;
            }
            OperatorCommand::Audit(arguments) => {
                show_audit_trail(arguments, &self.read_audit_trail, self.clock.now()).await?;
            }
        }
        Ok(())
    }

    /// Prints the link alone, for scripts.
    fn print_link(&self, link: &IssuedLink) -> anyhow::Result<()> {
        say(link_address(&self.link_origin, &link.token)).with_context(|| {
            let username = &link.username;
            format!("the link is lost. `gatehouse recovery-link {username}` issues another one")
        })
    }

    async fn promote(&self, username: &str, yes: bool) -> anyhow::Result<()> {
        let user = self.find_user.execute(username).await?;
        let description = self.describe(&user);
        say(&description)?;
        confirm_if_interactive("This account will be super admin.", yes)?;
        report_change(&self.change_account.promote(username).await?, "is super admin");
        Ok(())
    }

    async fn erase(&self, username: &str, yes: bool) -> anyhow::Result<()> {
        let user = self.find_user.execute(username).await?;
        // Before the question, so that nobody answers it in vain.
        ensure!(!user.is_active, ActiveAccount);
        say(self.describe(&user))?;
        let question = "The account will be deleted for good, and nobody can have its name again.";
        confirm_destruction(question, yes)?;
        let user = self.erase_account.execute(username).await?;
        report(format_args!("the account {} was erased", user.id));
        Ok(())
    }

    /// Describes the account, so that the operator notices a recent one with a confusable name.
    fn describe(&self, user: &UserView) -> String {
        format!(
            "{} ({}), {}, created {} ago",
            user.username,
            user.id,
            user.role,
            age(self.clock.now() - user.created_at)
        )
    }
}

fn report_change(account: &ChangedAccount, state: &str) {
    let user = &account.user;
    if account.is_changed {
        let ended = sessions(account.ended_sessions);
        report(format_args!("{} ({}) {state} now; {ended}", user.username, user.id));
    } else {
        report(format_args!("{} ({}) {state} already", user.username, user.id));
    }
}

fn sessions(ended: u64) -> String {
    match ended {
        1 => "1 session ended".to_owned(),
        ended => format!("{ended} sessions ended"),
    }
}

/// Formats an age in its largest unit, as a whole number.
fn age(age: TimeDelta) -> String {
    let units = [
        (age.num_days(), "day"),
        (age.num_hours(), "hour"),
        (age.num_minutes(), "minute"),
    ];
    let largest = units.into_iter().find(|(count, _)| *count > 0);
    let (count, unit) = largest.unwrap_or((age.num_seconds().max(0), "second"));
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(-5, "0 seconds")]
    #[case(1, "1 second")]
    #[case(119, "1 minute")]
    #[case(7200, "2 hours")]
    #[case(86_400 * 400, "400 days")]
    fn an_age_is_told_in_its_largest_unit(#[case] seconds: i64, #[case] text: &str) {
        assert_eq!(age(TimeDelta::seconds(seconds)), text);
    }
}
