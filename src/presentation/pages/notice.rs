//! What a page confirms after a form was accepted on the page before.
//!
//! A short-lived cookie carries the name of the notice to the next page, so there is nothing to store. The text is
//! chosen from this list, so a forged cookie cannot put words into a page.

macro_rules! notices {
    ($($notice:ident: $name:literal, $text:literal;)+) => {
        /// A confirmation on the page after a redirect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Notice {
            $(#[doc = $text] $notice,)+
        }

        impl Notice {
            /// All notices.
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$notice),+];

            /// Returns the name in the cookie.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$notice => $name),+ }
            }

            /// Returns the text for the page.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$notice => $text),+ }
            }

            /// Returns the notice with this name.
            pub fn named(name: &[u8]) -> Option<Self> {
                $(if name == $name.as_bytes() { return Some(Self::$notice); })+
                None
            }
        }
    };
}

notices! {
    SignedUp: "signed_up", "Your account was created. Log in now.";
    LoggedOut: "logged_out", "You are logged out.";
    SessionOver: "session_over", "Your session has ended. Log in again.";
    NotSaved: "not_saved", "Your session has ended, and what you sent was not saved. Log in again.";
    PasswordChanged: "password_changed", "Your password was changed. Your other sessions have ended.";
    SessionEnded: "session_ended", "The session was ended.";
    OtherSessionsEnded: "other_sessions_ended", "Your other sessions were ended.";
    UserCreated: "user_created", "The user was created.";
    UserInactivated: "user_inactivated", "The user was inactivated, and can no longer log in.";
    UserReactivated: "user_reactivated", "The user was reactivated, and can log in again.";
    UserErased: "user_erased", "The user was erased for good.";
    AdminGranted: "admin_granted", "The user is an admin now.";
    AdminRevoked: "admin_revoked", "The user is no longer an admin.";
    PasswordSet: "password_set", "The password was set. All sessions of the user have ended.";
    LinkWithdrawn: "link_withdrawn", "The user has no link any more.";
    LinkRedeemed: "link_redeemed", "Your password was set. Log in now.";
    UserSessionsEnded: "user_sessions_ended", "All sessions of the user were ended.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_found_by_its_name_alone() {
        for notice in Notice::ALL {
            assert_eq!(Notice::named(notice.name().as_bytes()), Some(*notice));
        }
        assert_eq!(Notice::named(b"<b>"), None);
    }
}
