//! The command line: what can be asked for, and the commands that drive use cases.

mod arguments;
mod audit;
mod operator;
mod progress;
mod terminal;

pub use arguments::{Arguments, Command, ConfigCommand, DbCommand, MigrateCommand, OperatorCommand};
pub use operator::OperatorUseCases;
pub use progress::Progress;
pub use terminal::{confirm_destruction, say};
