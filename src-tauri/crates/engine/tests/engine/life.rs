//! Starting, surroundings, and ending.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use crate::common::{all, codes, content, engine, is_full, order, settings, source, until};
use cropmark_engine::{Class, Engine, StartError};

fn script(folder: &Path, text: &str) -> std::path::PathBuf {
    let path = folder.join("worker");
    let new = folder.join("new");
    fs::write(&new, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(&new, &path).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut none = settings(2);
    none.worker_binary = folder.path().join("nothing");
    let error = Engine::start(none).await.unwrap_err();
    assert!(matches!(error, StartError::WorkerMissing { .. }), "{error}");

    let mut broken = settings(2);
    let message = "echo libvips.so.42: cannot open shared object file >&2; exit 127";
    broken.worker_binary = script(folder.path(), message);
    let error = Engine::start(broken.clone()).await.unwrap_err().to_string();
    assert!(error.contains("libvips.so.42") && error.contains("status 127"), "{error}");

    broken.worker_binary = script(folder.path(), "exec sleep 60");
    broken.start_timeout = Duration::from_millis(100);
    let error = Engine::start(broken.clone()).await.unwrap_err().to_string();
    assert!(error.contains("does not start"), "{error}");

    fs::set_permissions(&broken.worker_binary, fs::Permissions::from_mode(0o644)).unwrap();
    let error = Engine::start(broken).await.unwrap_err().to_string();
    assert!(error.to_lowercase().contains("permission denied"), "{error}");

    let mut strict = settings(2);
    strict.require_sandbox = true;
    let error = Engine::start(strict).await.unwrap_err();
    assert!(matches!(&error, StartError::Sandbox { missing } if missing == &["landlock"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_stop_starting_fail_what_waits_and_recover() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(1);
    let good = format!("exec {} \"$@\"", settings.worker_binary.display());
    settings.worker_binary = script(folder.path(), &good);
    let engine = Engine::start(settings).await.unwrap();
    assert_eq!(codes(&all(engine.render(order(Class::Eager, "fine", 1))).await), ["ok"]);

    script(folder.path(), "echo no more >&2; exit 1");
    let results = all(engine.render(order(Class::Eager, "segfault", 1))).await;
    assert_eq!(codes(&results), ["crashed"]);
    let Err(fault) = &results[0].1 else { unreachable!() };
    assert!(fault.message.contains("No worker can be started"), "{fault}");

    script(folder.path(), &good);
    let results = all(engine.render(order(Class::Eager, "fine", 1))).await;
    let again = if codes(&results) == ["ok"] {
        results
    } else {
        until(&engine, "recovered", is_full).await;
        all(engine.render(order(Class::Eager, "fine", 1))).await
    };
    assert_eq!(codes(&again), ["ok"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_sees_nothing_that_it_was_not_given() {
    let mut settings = settings(2);
    settings.fonts = Some("/somewhere/fonts.conf".into());
    let engine = Engine::start(settings).await.unwrap();
    until(&engine, "full", is_full).await;
    let seen = |class| {
        let order = order(class, "surroundings", 2);
        let target = order.variants[1].target.clone().unwrap();
        let ticket = engine.render(order);
        async move {
            assert_eq!(codes(&all(ticket).await), ["ok", "ok"]);
            content(&target)
        }
    };
    let (preview, export) = (seen(Class::OnDemand).await, seen(Class::Eager).await);
    // Measured from that of this process, which may have been started with a low one.
    let own = rustix::process::getpriority_process(None).unwrap();
    assert!(preview.contains(&format!("\npriority {own}\n")), "{preview}");
    assert!(export.contains(&format!("\npriority {}\n", (own + 10).min(19))), "{export}");
    assert!(preview.contains("\nfolder /\n"), "{preview}");
    let lines = |word: &str| -> Vec<&str> {
        preview.lines().filter_map(|line| line.strip_prefix(word)).collect()
    };
    let mut variables: Vec<&str> =
        lines("variable ").iter().filter_map(|line| line.split('=').next()).collect();
    variables.sort_unstable();
    // How libraries are found and how memory is given out; of the person's, where fonts are.
    let known = ["LD_LIBRARY_PATH", "GLIBC_TUNABLES", "HOME", "XDG_DATA_HOME"];
    variables.retain(|name| !known.contains(name));
    assert_eq!(variables, ["FONTCONFIG_FILE", "VIPS_CONCURRENCY"]);
    // Nothing, nothing, standard error, the channel, the source, two targets, and the folder
    // that lists them.
    assert_eq!(lines("descriptor ").len(), 8, "{preview}");
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_ends_tickets_and_processes() {
    let engine = engine(3).await;
    until(&engine, "full", is_full).await;
    let processes: Vec<_> =
        engine.snapshot().workers.iter().filter_map(|worker| worker.process).collect();
    let mut ticket = engine.render(order(Class::OnDemand, "hang", 1));
    let looking = engine.clone();
    let look = tokio::spawn(async move { looking.inspect(source("hang"), Class::OnDemand).await });
    until(&engine, "busy", |shown| shown.on_demand.running == 2).await;
    engine.shut_down().await;
    assert_eq!((ticket.next().await, ticket.open()), (None, 1));
    assert!(look.await.unwrap().is_err());
    for process in processes {
        assert!(!Path::new(&format!("/proc/{process}")).exists(), "{process} lives");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_last_handle_ends_the_processes() {
    let engine = engine(2).await;
    until(&engine, "full", is_full).await;
    let processes: Vec<_> =
        engine.snapshot().workers.iter().filter_map(|worker| worker.process).collect();
    let other = engine.clone();
    drop(engine);
    assert_eq!(codes(&all(other.render(order(Class::Eager, "fine", 1))).await), ["ok"]);
    drop(other);
    for process in processes {
        let path = format!("/proc/{process}");
        for _ in 0..100 {
            if !Path::new(&path).exists() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!Path::new(&path).exists(), "{process} lives");
    }
}
