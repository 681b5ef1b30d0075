//! An engine on a system that gives no descriptors any more. A program of its own, because the
//! limit is the whole process'.

use std::{fs, path::PathBuf, time::Duration};

use cropmark_engine::{Engine, Settings, StartError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_means_fails_and_does_not_wait_for_ever() {
    let worker = PathBuf::from(env!("CARGO_BIN_EXE_cropmark-test-worker"));
    let mut settings = Settings::new(worker);
    settings.workers = 2;
    let open = fs::read_dir("/proc/self/fd").unwrap().count() as u64;
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(open), ..before }).unwrap();
    let started = tokio::time::timeout(Duration::from_secs(30), Engine::start(settings)).await;
    setrlimit(Resource::Nofile, before).unwrap();
    let error = started.expect("it stands still").expect_err("there is no means");
    assert!(matches!(error, StartError::Worker { .. }), "{error}");
    assert!(error.to_string().contains("the system refuses"), "{error}");
}
