//! What Cropmark keeps on disk: the only code with SQL, and the only final file writes.
//!
//! [`Store`] is a workspace's folder `.cropmark/`: the index of assets, variants and export
//! runs, and the variants' files. [`atomic`] is the one door for files under their final names:
//! whole or not at all, and never over an original.
//!
//! Everything blocks, and nothing asks for the time: callers say what `now` is.

mod access;
mod assets;
pub mod atomic;
mod cache_settings;
mod database;
mod error;
mod filesystem;
mod layout;
mod lock;
pub mod maintenance;
mod open;
mod os;
mod outcomes;
mod recover;
mod runs;
mod runs_read;
mod runs_sources;
mod seal;
mod store;
mod table;
mod trust_key;
mod variant;

/// The version of the `SQLite` that is built in.
#[must_use]
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

pub use access::{Access, ReadOnlyReason};
pub use assets::LoadedAssets;
pub use cache_settings::CacheSettings;
pub use database::Foreign;
pub use error::StoreError;
pub use filesystem::FileSystem;
pub use layout::{FOLDER_NAME, Layout};
pub use lock::Holder;
pub use open::{Notice, Opened};
pub use recover::Salvaged;
pub use runs::Settled;
pub use runs_sources::{NewRun, SourcePlan};
pub use store::Store;
pub use table::{
    asset::{Annotation, Asset, AssetBrief, AssetUpdate, Fingerprint, KnownAsset, PictureBrief},
    item_state::ItemState,
    outcome::{CellId, CellOutcome},
    path_json,
    run::{Counts, Run, RunId, RunState},
    run_item::{DoneItem, ItemEnd, ItemResult, RunItem, RunSums},
    run_source::RunSource,
};
pub use trust_key::TrustKey;
pub use variant::{Inserted, InsertedGroup, NewVariant, Variant, VariantBytes, VariantChange};
