//! HTML, for people in a browser: the pages under `/console/`.
//!
//! The third entry point, beside [REST](super::http) and the [command line](super::cli). A controller has no rules: it
//! calls a use case, and shows the result by a template, which lies beside it. The compiler checks templates.
//!
//! - Pages work without scripts. A form posts to a page of ours, which answers with a redirect (post, redirect, get). A
//!   rejected form is shown again with what was typed, except passwords, and with the error beside its field.
//! - A [notice] on the next page confirms a change.
//! - Cookies, authentication, the cross-site check and the codes of errors are those of [`http`](super::http). The
//!   pages name its modules, and are not named by them.
//!
//! The modules, from the ground up. Each names only those above it in this list:
//!
//! - [`settings`], [`notice`], [`moment`], [`device`], [`labels`], [`assets`], [`return_to`]: the parts of pages.
//! - [`html`]: the headers of pages. [`form`]: what is posted, and why it is rejected. [`filter`]: what is searched
//!   for.
//! - [`visit`]: what every page needs besides its own content. [`visitor`]: a caller who may be logged in.
//! - [`question`]: a page that asks before it does something.
//! - [`reload`], [`problem_page`](mod@problem_page): errors, and visitors who arrive without their cookie.
//! - [`account`], [`users`], [`audit`]: the controllers, one per file, with their templates.
//! - [`routes`](mod@routes).

mod account;
mod assets;
mod audit;
mod device;
mod filter;
mod form;
mod html;
mod labels;
mod moment;
mod notice;
mod problem_page;
mod question;
mod reload;
mod return_to;
mod routes;
mod settings;
mod users;
mod visit;
mod visitor;

pub use problem_page::problem_page;
pub use routes::routes;
pub use settings::{PATH, PagesSettings};
