//! Commands on one-time links, by which users set a password: admins issue and withdraw them, anyone redeems one.

mod issue_link;
mod link_issue;
mod redeem_link;
mod withdraw_link;

pub use issue_link::{IssueLink, ManageLinkError};
pub use link_issue::{IssuedLink, LinkIssue};
pub use redeem_link::{RedeemLink, RedeemLinkError, RedeemLinkRequest};
pub use withdraw_link::WithdrawLink;
