//! Tries what a sandboxed worker must not be able to do, and says how each try ended. For
//! `doctor` and for the tests: a sandbox that is only claimed is none.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    process::Command,
};

/// Each forbidden thing and how trying it ended: `refused`, or `possible`.
pub(crate) fn run() -> BTreeMap<&'static str, &'static str> {
    let told = |outcome: io::Result<()>| if outcome.is_err() { "refused" } else { "possible" };
    let target = (Ipv4Addr::LOCALHOST, 9);
    BTreeMap::from([
        ("open /etc/passwd", told(read_a_byte("/etc/passwd"))),
        ("list /", told(fs::read_dir("/").map(|_| ()))),
        ("write to /tmp", told(write_a_byte())),
        ("run a program", told(Command::new("/bin/true").status().map(|_| ()))),
        ("outlive the parent", told(outlive())),
        ("slow the parent down", told(slow_down())),
        // A refused connection counts as possible: the network was reached.
        ("connect", told(reached(TcpStream::connect(target)))),
        ("listen", told(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(|_| ()))),
        ("send a datagram", told(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map(|_| ()))),
    ])
}

fn reached(outcome: io::Result<TcpStream>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Where it is possible, it is as it was afterwards.
fn outlive() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{
            parent_process_death_signal, set_parent_process_death_signal as set,
        };
        let signal = parent_process_death_signal()?;
        set(None)?;
        set(signal)?;
    }
    Ok(())
}

fn slow_down() -> io::Result<()> {
    let parent = rustix::process::getppid();
    let priority = rustix::process::getpriority_process(parent)?;
    Ok(rustix::process::setpriority_process(parent, priority)?)
}

fn read_a_byte(path: &str) -> io::Result<()> {
    fs::File::open(path)?.read_exact(&mut [0])
}

fn write_a_byte() -> io::Result<()> {
    let path = std::env::temp_dir().join(format!("cropmark-probe-{}", std::process::id()));
    let outcome = fs::File::create_new(&path)?.write_all(b"x");
    let _gone = fs::remove_file(&path);
    outcome
}
