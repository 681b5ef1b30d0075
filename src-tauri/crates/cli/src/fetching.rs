//! The options of commands that take sources by URL.

use clap::Args;
use cropmark_engine::{
    folders,
    source::url::{AllowedHost, Fetcher},
    user_settings::UserSettings,
};

/// What sources by URL may be fetched from.
#[derive(Debug, Args)]
pub(crate) struct FetchArguments {
    /// Fetch sources by URL from this host; may be given several times
    ///
    /// Without a port, any port will do, but the host must have a public address. One that has not,
    /// such as 127.0.0.1 or a server in the house, must be named with its port.
    #[arg(long = "allow-host", value_name = "HOST[:PORT]")]
    hosts: Vec<AllowedHost>,
}

impl FetchArguments {
    /// Prepares what fetches sources by URL. What it keeps lies in the user's cache folder, which is not
    /// made where nothing is to be written.
    pub(crate) fn fetcher(&self, settings: &UserSettings, is_dry_run: bool) -> Fetcher {
        let hosts = self.hosts.iter().chain(&settings.allowed_hosts).cloned().collect();
        let folder = folders::cache().map(|folder| folder.join("spool"));
        let folder = folder.filter(|folder| !is_dry_run || folder.is_dir());
        Fetcher::new(hosts, settings.fetching.clone(), folder)
    }
}
