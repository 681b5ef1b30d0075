//! What a worker in its sandbox cannot do: it tries, and says how each try ended.

use std::{
    collections::BTreeMap,
    process::{Command, Output},
};

/// What must be refused.
const FORBIDDEN: [&str; 15] = [
    "connect",
    "keep a capability",
    "keep memory in a file",
    "leave the network's namespace",
    "list /",
    "listen",
    "open /etc/passwd",
    "outlive the parent",
    "run a program",
    "send a datagram",
    "slow the parent down",
    "start a thread in new namespaces",
    "start a thread with hidden flags",
    "write a file without end",
    "write to /tmp",
];

fn probe(sandbox: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cropmark-worker"))
        .args(["--sandbox", sandbox, "--probe"])
        .output()
        .expect("the worker starts")
}

fn told(output: &Output) -> BTreeMap<String, String> {
    serde_json::from_slice(&output.stdout).expect("it says how the tries ended")
}

#[test]
#[cfg(target_os = "linux")]
fn everything_forbidden_is_refused() {
    let output = probe("required");
    if !output.status.success() {
        // A kernel that lacks a part: then the worker refuses to work, and says what is missing.
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("these parts of the sandbox could not be set up"), "{said}");
        eprintln!("skipped: {said}");
        return;
    }
    let refused = FORBIDDEN.map(|what| (what.to_owned(), "refused".to_owned()));
    assert_eq!(told(&output), BTreeMap::from(refused));
}

/// The tries are real ones: without the sandbox they can succeed.
#[test]
fn without_the_sandbox_the_same_is_possible() {
    let told = told(&probe("off"));
    let mut possible = vec!["open /etc/passwd", "list /", "write to /tmp", "run a program"];
    possible.extend(["listen", "slow the parent down"]);
    possible.push("write a file without end");
    if cfg!(target_os = "linux") {
        possible.extend(["outlive the parent", "keep memory in a file"]);
        possible.extend(["start a thread in new namespaces", "start a thread with hidden flags"]);
    }
    if std::process::Command::new("id").arg("-u").output().unwrap().stdout == b"0\n" {
        possible.push("keep a capability");
    }
    for what in possible {
        assert_eq!(told[what], "possible", "{what}");
    }
}
