//! The name of the operator on this machine.

use std::env;

use crate::application::audit_trail::OperatorName;

/// Returns the account that called `sudo`, or else the one that the process runs as.
pub fn operator_name() -> Option<OperatorName> {
    let variable = |name| env::var(name).ok().as_deref().and_then(OperatorName::new);
    variable("SUDO_USER")
        .or_else(account)
        .or_else(|| ["LOGNAME", "USER", "USERNAME"].into_iter().find_map(variable))
}

/// Returns the name of the process's local account, if the system lists accounts.
#[cfg(unix)]
fn account() -> Option<OperatorName> {
    use std::{fs, os::unix::fs::MetadataExt};

    let id = fs::metadata("/proc/self").ok()?.uid().to_string();
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    let name = accounts.lines().find_map(|account| {
        let mut fields = account.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then_some(name)
    });
    OperatorName::new(name?)
}

#[cfg(not(unix))]
fn account() -> Option<OperatorName> {
    None
}
