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
    Entry, FileId, HERE, bytes_of_path, clone_content, create_new_at, create_private, entries,
    file_id, get_attribute, host_name, inode, is_private, is_too_many_open, is_without_locks,
    link_count, links, make_folder_at, may_be_named, modified_ns, network_of, open_folder,
    open_folder_below, open_lock_file, open_regular, open_regular_at, path_from_bytes, path_id,
    random, remove_file_at, rename_at, rename_to_free_name_at, set_attribute, sync_file_system,
};
