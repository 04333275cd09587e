use super::names::named_enum;

named_enum! {
    /// The reason of a refusal.
    RefusalReason {
        /// The username or the password was wrong, or the account inactive.
        InvalidCredentials: "invalid_credentials",
        /// The current password was missing or wrong.
        WrongCurrentPassword: "wrong_current_password",
        /// The one-time link was unknown or void.
        LinkNotFound: "link_not_found",
        /// The role did not permit it.
        NotAuthorized: "not_authorized",
        /// Admins set no passwords.
        PasswordSettingClosed: "password_setting_closed",
        /// Too many attempts failed before.
        Throttled: "throttled",
    }
}
