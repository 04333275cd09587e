use crate::{
    application::{
        access::{Actor, Permission, authorize},
        queries::users::FoundUser,
        views::UserView,
    },
    domain::user::Role,
};

/// Something that can be done to a user, each on a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserAction {
    /// Sets another password.
    SetPassword,
    /// Issues a one-time link.
    IssueLink,
    /// Withdraws the one-time link.
    WithdrawLink,
    /// Ends all sessions.
    EndSessions,
    /// Makes the user an admin.
    GrantAdmin,
    /// Makes the admin a plain user.
    RevokeAdmin,
    /// Inactivates the user.
    Inactivate,
    /// Reactivates the user.
    Reactivate,
    /// Erases the inactive user.
    Erase,
}

impl UserAction {
    /// All actions, in the order in which they are offered.
    const ALL: [Self; 9] = [
        Self::IssueLink,
        Self::WithdrawLink,
        Self::SetPassword,
        Self::EndSessions,
        Self::GrantAdmin,
        Self::RevokeAdmin,
        Self::Inactivate,
        Self::Reactivate,
        Self::Erase,
    ];

    /// Returns whether `actor` may do this to `user`.
    ///
    /// The use cases decide anew. This keeps pages from offering what they would reject.
    pub fn is_permitted(self, actor: &Actor, user: &UserView) -> bool {
        let may_manage = |role| {
            let target = Some(user.id);
            authorize(actor, Permission::Manage { role, target }).is_ok()
        };
        may_manage(user.role)
            && match self {
                Self::GrantAdmin | Self::RevokeAdmin => may_manage(Role::Admin),
                Self::IssueLink
                | Self::WithdrawLink
                | Self::SetPassword
                | Self::EndSessions
                | Self::Inactivate
                | Self::Reactivate
                | Self::Erase => true,
            }
    }

    /// Returns whether this would change the user or the link to the user.
    pub fn changes(self, FoundUser { user, link, .. }: &FoundUser) -> bool {
        match self {
            Self::SetPassword => true,
            Self::GrantAdmin => user.role == Role::User,
            Self::RevokeAdmin => user.role == Role::Admin,
            Self::WithdrawLink => user.is_active && link.is_some(),
            Self::IssueLink | Self::EndSessions | Self::Inactivate => user.is_active,
            Self::Reactivate | Self::Erase => !user.is_active,
        }
    }

    /// Returns the actions to offer to `actor` on the page of the user.
    pub fn offered(actor: &Actor, found: &FoundUser) -> Vec<Self> {
        let is_offered = |action: &Self| action.is_permitted(actor, &found.user) && action.changes(found);
        Self::ALL.into_iter().filter(is_offered).collect()
    }

    /// Returns the last part of the address of its page.
    pub fn path(self) -> &'static str {
        match self {
            Self::SetPassword => "password",
            Self::IssueLink => "issue-link",
            Self::WithdrawLink => "withdraw-link",
            Self::EndSessions => "end-sessions",
            Self::GrantAdmin => "grant",
            Self::RevokeAdmin => "revoke",
            Self::Inactivate => "inactivate",
            Self::Reactivate => "reactivate",
            Self::Erase => "erase",
        }
    }

    /// Returns what its link and its button say.
    pub fn label(self) -> &'static str {
        match self {
            Self::SetPassword => "Set a new password",
            Self::IssueLink => "Issue a link",
            Self::WithdrawLink => "Withdraw the link",
            Self::EndSessions => "End all sessions",
            Self::GrantAdmin => "Make an admin",
            Self::RevokeAdmin => "Remove the admin role",
            Self::Inactivate => "Inactivate",
            Self::Reactivate => "Reactivate",
            Self::Erase => "Erase",
        }
    }

    /// Returns what its page asks about the user called `username`.
    pub fn question(self, username: &str) -> String {
        match self {
            Self::SetPassword => format!("Set a new password for {username}"),
            Self::IssueLink => format!("Issue a link to {username}?"),
            Self::WithdrawLink => format!("Withdraw the link of {username}?"),
            Self::EndSessions => format!("End all sessions of {username}?"),
            Self::GrantAdmin => format!("Make {username} an admin?"),
            Self::RevokeAdmin => format!("Remove the admin role from {username}?"),
            Self::Inactivate => format!("Inactivate {username}?"),
            Self::Reactivate => format!("Reactivate {username}?"),
            Self::Erase => format!("Erase {username} for good?"),
        }
    }

    /// Returns what its page says about the consequences.
    pub fn consequences(self) -> &'static str {
        match self {
            Self::SetPassword => {
                "All sessions of the user end. Give the user the new password through a secure channel."
            }
            Self::IssueLink => {
                "By the link, the user sets a password that nobody else learns; then all sessions of the user end. A \
                 link that was issued before works no longer."
            }
            Self::WithdrawLink => "If a link was issued to the user, it works no longer.",
            Self::EndSessions => {
                "The user is logged out on every device and browser, but can log in again at once. If somebody else \
                 knows the password, it has to change, too."
            }
            Self::GrantAdmin => {
                "Admins can see all users, and create, inactivate and change plain users. A link that was issued to the \
                 user works no longer."
            }
            Self::RevokeAdmin => {
                "The user can no longer see or manage other users, from the next request on. A link that was issued to \
                 the user works no longer."
            }
            Self::Inactivate => "The user is logged out everywhere, and cannot log in until reactivated.",
            Self::Reactivate => "The user can log in again, with the same password.",
            Self::Erase => {
                "This cannot be undone. The account is deleted, with its password and its role. The audit trail keeps \
                 what the user did, but loses the name and the addresses. Nobody can have the username again."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{UserAction::*, *};
    use crate::{
        application::{
            testing::{actor, user},
            views::OneTimeLinkView,
        },
        domain::{
            link::LinkKind,
            user::{User, Username},
        },
    };

    fn found(user: &User) -> FoundUser {
        FoundUser {
            user: UserView::from(user),
            last_seen_at: None,
            link: None,
        }
    }

    #[rstest]
    #[case(Role::User, Role::User, &[])]
    #[case(Role::Admin, Role::User, &[IssueLink, SetPassword, EndSessions, Inactivate])]
    #[case(Role::Admin, Role::Admin, &[])]
    #[case(Role::SuperAdmin, Role::User, &[IssueLink, SetPassword, EndSessions, GrantAdmin, Inactivate])]
    #[case(
        Role::SuperAdmin,
        Role::Admin,
        &[IssueLink, SetPassword, EndSessions, RevokeAdmin, Inactivate]
    )]
    #[case(Role::SuperAdmin, Role::SuperAdmin, &[])]
    fn only_what_the_role_permits_is_offered(
        #[case] role: Role,
        #[case] target: Role,
        #[case] expected: &[UserAction],
    ) {
        let target = found(&user("target", target));
        assert_eq!(UserAction::offered(&actor(role), &target), expected);
    }

    #[test]
    fn only_an_outstanding_link_can_be_withdrawn() {
        let mut target = found(&user("target", Role::User));
        let is_offered = |target: &FoundUser| UserAction::offered(&actor(Role::Admin), target).contains(&WithdrawLink);
        assert!(!is_offered(&target));
        target.link = Some(OneTimeLinkView {
            user_id: target.user.id,
            username: Username::new("target").unwrap(),
            kind: LinkKind::Recovery,
            expires_at: target.user.created_at,
        });
        assert!(is_offered(&target));
    }

    #[test]
    fn only_an_inactive_user_can_be_reactivated_or_erased() {
        let mut target = found(&user("target", Role::User));
        target.user.is_active = false;
        assert_eq!(
            UserAction::offered(&actor(Role::Admin), &target),
            [SetPassword, Reactivate, Erase]
        );
    }
}
