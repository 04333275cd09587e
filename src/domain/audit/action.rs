use super::names::named_enum;

named_enum! {
    /// What somebody does, or is refused.
    AuditAction {
        /// Makes an account of one's own.
        SignUp: "sign_up",
        /// Begins a session.
        LogIn: "log_in",
        /// Ends the session at hand.
        LogOut: "log_out",
        /// Ends one of one's own sessions.
        EndSession: "end_session",
        /// Ends one's own sessions.
        EndAllSessions: "end_all_sessions",
        /// Gives oneself or somebody else another password.
        ChangePassword: "change_password",
        /// Makes an account for somebody.
        CreateUser: "create_user",
        /// Shuts a user out.
        InactivateUser: "inactivate_user",
        /// Lets a user in again.
        ReactivateUser: "reactivate_user",
        /// Makes a user an admin.
        GrantAdmin: "grant_admin",
        /// Makes an admin a plain user.
        RevokeAdmin: "revoke_admin",
        /// Logs a user out everywhere.
        EndUserSessions: "end_user_sessions",
        /// Makes a super admin who was not there before.
        CreateSuperAdmin: "create_super_admin",
        /// Makes an account a super admin.
        Promote: "promote",
        /// Makes any account a plain user's.
        Demote: "demote",
        /// Looks at a user. Queries are remembered only if they are refused.
        GetUser: "get_user",
        /// Lists users.
        ListUsers: "list_users",
        /// Lists a user's sessions.
        ListUserSessions: "list_user_sessions",
        /// Reads the audit trail.
        ListAuditEvents: "list_audit_events",
    }
}
