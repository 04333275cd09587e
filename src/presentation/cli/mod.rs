//! The command line: what can be asked for, and the commands that drive use cases.

mod arguments;
mod operator;
mod terminal;

pub use arguments::{Arguments, Command, ConfigCommand, MigrateCommand, OperatorCommand};
pub use operator::OperatorUseCases;
pub use terminal::{confirm_destruction, say};
