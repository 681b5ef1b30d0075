//! What differs between operating systems: identities of files, opening without following links,
//! renames that never replace, syncing, attributes. A port is one more file here.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as this;

#[cfg(not(unix))]
compile_error!("no port to this system yet: write `os/<system>.rs` with the functions named below");

#[cfg(unix)]
pub(crate) use this::{
    FileId, bytes_of_path, clone_content, create_new, file_id, get_attribute, host_name, inode,
    is_without_locks, link_count, links, modified_ns, network_of, open_lock_file, open_regular,
    path_from_bytes, path_id, rename_to_free_name, set_attribute, sync_file_system,
};
