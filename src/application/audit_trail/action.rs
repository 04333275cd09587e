use super::names::named_enum;

named_enum! {
    /// The action of an event, done or refused.
    AuditAction {
        /// Creates the own account.
        SignUp: "sign_up",
        /// Begins a session.
        LogIn: "log_in",
        /// Ends the current session.
        LogOut: "log_out",
        /// Ends one of the own sessions.
        EndSession: "end_session",
        /// Ends all own sessions.
        EndAllSessions: "end_all_sessions",
        /// Changes the own password or that of another user.
        ChangePassword: "change_password",
        /// Creates an account for another user.
        CreateUser: "create_user",
        /// Creates an account without a password, and invites its user.
        InviteUser: "invite_user",
        /// Issues a one-time link to a user.
        IssueLink: "issue_link",
        /// Withdraws the one-time link of a user.
        WithdrawLink: "withdraw_link",
        /// Sets the own password by a one-time link.
        RedeemLink: "redeem_link",
        /// Inactivates a user.
        InactivateUser: "inactivate_user",
        /// Reactivates a user.
        ReactivateUser: "reactivate_user",
        /// Makes a user an admin.
        GrantAdmin: "grant_admin",
        /// Makes an admin a plain user.
        RevokeAdmin: "revoke_admin",
        /// Ends all sessions of a user.
        EndUserSessions: "end_user_sessions",
        /// Erases a user for good.
        EraseUser: "erase_user",
        /// Creates the account of a super admin.
        CreateSuperAdmin: "create_super_admin",
        /// Makes an account a super admin.
        Promote: "promote",
        /// Makes any account one of a plain user.
        Demote: "demote",
        /// Reads a user. Queries have events only if they are refused.
        GetUser: "get_user",
        /// Reads a one-time link.
        ReadLink: "read_link",
        /// Lists users.
        ListUsers: "list_users",
        /// Lists a user's sessions.
        ListUserSessions: "list_user_sessions",
        /// Reads the audit trail.
        ListAuditEvents: "list_audit_events",
        /// Uses a service that requires a role.
        VerifyCaller: "verify_caller",
    }
}
