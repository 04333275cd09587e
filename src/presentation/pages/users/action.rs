use crate::{
    application::{
        access::{Actor, Permission, authorize},
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
}

impl UserAction {
    /// All actions, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::IssueLink,
        Self::WithdrawLink,
        Self::SetPassword,
        Self::EndSessions,
        Self::GrantAdmin,
        Self::RevokeAdmin,
        Self::Inactivate,
        Self::Reactivate,
    ];

    /// Returns whether `actor` may do this to `user`, and it would change something.
    ///
    /// The use cases decide anew. This keeps pages from offering what they would reject.
    pub fn is_open(self, actor: &Actor, user: &UserView) -> bool {
        let may_manage = |role| {
            let target = Some(user.id);
            authorize(actor, Permission::Manage { role, target }).is_ok()
        };
        may_manage(user.role)
            && match self {
                Self::SetPassword | Self::EndSessions => true,
                Self::GrantAdmin => user.role == Role::User && may_manage(Role::Admin),
                Self::RevokeAdmin => user.role == Role::Admin,
                Self::IssueLink | Self::WithdrawLink | Self::Inactivate => user.is_active,
                Self::Reactivate => !user.is_active,
            }
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
        }
    }

    /// Returns what its link and its button say.
    pub fn label(self) -> &'static str {
        match self {
            Self::SetPassword => "Set a password",
            Self::IssueLink => "Issue a link",
            Self::WithdrawLink => "Withdraw the link",
            Self::EndSessions => "End all sessions",
            Self::GrantAdmin => "Make an admin",
            Self::RevokeAdmin => "Make a plain user",
            Self::Inactivate => "Inactivate",
            Self::Reactivate => "Reactivate",
        }
    }

    /// Returns what its page says about the consequences.
    pub fn consequences(self) -> &'static str {
        match self {
            Self::SetPassword => "All sessions of the user end. Tell the new password over a safe channel.",
            Self::IssueLink => {
                "By the link, the user sets a password that nobody else learns; then all sessions of the user end. A \
                 link that was issued before works no longer."
            }
            Self::WithdrawLink => "If a link was issued to the user, it works no longer.",
            Self::EndSessions => {
                "The user is logged out on every device and browser, but can log in again at once. If somebody else \
                 knows the password, set another one instead."
            }
            Self::GrantAdmin => "Admins can see all users, and create, inactivate and change plain users.",
            Self::RevokeAdmin => "The user can no longer see or manage other users, from the next request on.",
            Self::Inactivate => "The user is logged out everywhere, and cannot log in until reactivated.",
            Self::Reactivate => "The user can log in again, with the same password.",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{UserAction::*, *};
    use crate::application::testing::{actor, user};

    #[rstest]
    #[case(Role::User, Role::User, &[])]
    #[case(Role::Admin, Role::User, &[IssueLink, WithdrawLink, SetPassword, EndSessions, Inactivate])]
    #[case(Role::Admin, Role::Admin, &[])]
    #[case(Role::SuperAdmin, Role::User, &[IssueLink, WithdrawLink, SetPassword, EndSessions, GrantAdmin, Inactivate])]
    #[case(
        Role::SuperAdmin,
        Role::Admin,
        &[IssueLink, WithdrawLink, SetPassword, EndSessions, RevokeAdmin, Inactivate]
    )]
    #[case(Role::SuperAdmin, Role::SuperAdmin, &[])]
    fn only_what_the_role_permits_is_offered(
        #[case] role: Role,
        #[case] target: Role,
        #[case] expected: &[UserAction],
    ) {
        let target = UserView::from(&user("target", target));
        let offered = UserAction::ALL
            .into_iter()
            .filter(|action| action.is_open(&actor(role), &target));
        assert_eq!(Vec::from_iter(offered), expected);
    }

    #[test]
    fn an_inactive_user_can_be_reactivated_alone() {
        let target = UserView {
            is_active: false,
            ..UserView::from(&user("target", Role::User))
        };
        assert!(!Inactivate.is_open(&actor(Role::Admin), &target));
        assert!(Reactivate.is_open(&actor(Role::Admin), &target));
    }
}
