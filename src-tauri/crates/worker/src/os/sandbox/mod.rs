//! What a worker may do is cut down before it sees the first hostile byte: no network, no
//! programs, no files beyond fonts and libraries, bounded memory, no privileges, and death with
//! its parent.
//!
//! Every part is tried by itself; what could be set up is reported, so that `doctor` can show it
//! and `--require-sandbox` can insist. On systems other than Linux only the resource limits are
//! there.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;
mod limits;
pub(crate) mod probe;

use std::collections::BTreeMap;

/// Each part of the sandbox by its name in reports, and whether it is active.
pub(crate) type Parts = BTreeMap<String, bool>;

/// Closes the sandbox around this process, as far as the system allows. `memory_bytes` is the
/// most address space that it may take.
pub(crate) fn close(memory_bytes: Option<u64>) -> Parts {
    let mut parts = Parts::new();
    let mut note = |name: &str, active: bool| {
        parts.insert(name.to_owned(), active);
    };
    note("die_with_parent", limits::die_with_parent());
    note("limits", limits::set(memory_bytes));
    #[cfg(target_os = "linux")]
    {
        let fixed = rustix::thread::set_no_new_privs(true).is_ok();
        note("no_new_privileges", fixed);
        note("no_capabilities", limits::drop_capabilities());
        let files = files::restrict();
        note("files", files.files);
        note("network", files.network);
        // Last, since it forbids the calls that the parts above are made with.
        note("system_calls", calls::restrict());
    }
    #[cfg(not(target_os = "linux"))]
    for name in ["files", "network", "no_capabilities", "no_new_privileges", "system_calls"] {
        note(name, false);
    }
    parts
}
