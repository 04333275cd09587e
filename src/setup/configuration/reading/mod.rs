//! From files and variables to layers, and from these to the values of an environment.

pub mod files;
mod layer;
mod layers;
mod merged;
mod near_misses;
pub mod secrets_file;
mod sources;
mod variables;

pub use layers::Layers;
pub use merged::Merged;
pub use sources::Sources;
