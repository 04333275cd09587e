//! The values for the operator and for other programs.

pub mod dotenv;
mod rendering;

pub use rendering::render;
