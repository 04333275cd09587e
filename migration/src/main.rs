//! Runs for `sea-orm-cli migrate`. Operators use `gatehouse migrate`, which reads the configuration of the service.

use migration::Migrator;
use sea_orm_migration::prelude::cli;

#[tokio::main]
async fn main() {
    cli::run_cli(Migrator).await;
}
