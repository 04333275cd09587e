//! The command line: its [arguments](Arguments), and the [commands](OperatorUseCases) that call use cases.
//!
//! Commands without a use case, such as `serve`, `migrate` and `config`, are in `commands` in [`setup`](crate::setup):
//! they manage the program, not its users.

mod arguments;
mod audit;
mod export;
mod moment;
mod operator;
mod progress;
mod terminal;

pub use arguments::{Arguments, Command, ConfigCommand, DbCommand, MigrateCommand, OperatorCommand};
pub use moment::Moment;
pub use operator::OperatorUseCases;
pub use progress::Progress;
pub use terminal::{confirm_destruction, report, say};
