//! The command line: what can be [asked for](Arguments), and the [commands](OperatorUseCases) that drive use cases.
//!
//! Those that need no use case, such as to serve, to migrate and to look at the configuration, are
//! `commands` in [`setup`](crate::setup): they are about the program, not about users.

mod arguments;
mod audit;
mod moment;
mod operator;
mod progress;
mod terminal;

pub use arguments::{Arguments, Command, ConfigCommand, DbCommand, MigrateCommand, OperatorCommand};
pub use moment::Moment;
pub use operator::OperatorUseCases;
pub use progress::Progress;
pub use terminal::{confirm_destruction, report, say};
