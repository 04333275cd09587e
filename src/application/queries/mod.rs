//! The read side: queries answer with read models that hold just what is shown, and never with entities.

pub mod account;
pub mod audit;
pub mod health;
pub mod operator;
pub mod users;
