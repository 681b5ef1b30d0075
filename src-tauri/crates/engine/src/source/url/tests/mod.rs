//! Downloads from a server of the tests' own on loopback.

mod server;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cropmark_rules::{ContentHash, Fault, FaultCode};

use self::server::{Server, Step, head};
use super::{
    AllowedHosts, FetchLimits, Fetcher, RemoteUrl,
    client::system_lookup,
    fetch::Fetched,
    spool::{HEAD_BYTES, Spool},
};
use crate::source::open;

/// Bytes that begin as a PNG does, no two alike.
fn picture(length: usize) -> Vec<u8> {
    let numbers = (0_u32..).take(length.div_ceil(4)).flat_map(u32::to_le_bytes);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(numbers);
    bytes.truncate(length);
    bytes
}

fn limits() -> FetchLimits {
    FetchLimits {
        idle: Duration::from_secs(1),
        total: Duration::from_secs(5),
        ..FetchLimits::default()
    }
}

fn fetcher(hosts: &[&str], limits: FetchLimits) -> Fetcher {
    let hosts: AllowedHosts = hosts.iter().map(|host| host.parse().unwrap()).collect();
    Fetcher::new(hosts, limits, None)
}

fn from(server: &Server) -> Fetcher {
    fetcher(&[&server.host()], limits())
}

async fn spool(fetcher: &Fetcher, url: &str) -> Result<Spool, Fault> {
    match fetcher.fetch(&RemoteUrl::parse(url)?).await? {
        Fetched::Arriving(spool, _) => Ok(spool),
        Fetched::Kept(_) => panic!("it was kept"),
    }
}

async fn fails(server: Server, fetcher: &Fetcher) -> Fault {
    match spool(fetcher, &server.url()).await {
        Ok(spool) => spool.complete().await.unwrap_err(),
        Err(fault) => fault,
    }
}

/// Reads up to so many bytes at an offset, as long as some come.
async fn read(spool: &Spool, offset: usize, most: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = vec![0; most];
    let mut length = 0;
    while length < most {
        match spool.read_at(&mut bytes[length..], (offset + length) as u64).await? {
            0 => break,
            read => length += read,
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

#[tokio::test]
async fn a_body_with_and_without_a_length_comes_whole() {
    let bytes = picture(300_000);
    for chunked in [false, true] {
        let sent = bytes.clone();
        let server = Server::start(move |_, _| {
            if chunked {
                let chunks = sent.chunks(70_000).map(|chunk| {
                    let mut framed = format!("{:x}\r\n", chunk.len()).into_bytes();
                    framed.extend(chunk);
                    framed.extend(b"\r\n");
                    Step::Send(framed)
                });
                let head = Step::Send(head(200, &["Transfer-Encoding: chunked"]));
                let end = Step::Send(b"0\r\n\r\n".to_vec());
                return [head].into_iter().chain(chunks).chain([end]).collect();
            }
            vec![Step::whole(&sent, &[])]
        })
        .await;
        let file = from(&server).file(&RemoteUrl::parse(&server.url()).unwrap()).await.unwrap();
        assert_eq!(open::hash(&file).unwrap(), ContentHash::of(&bytes));
        let request = &server.requests()[0];
        assert!(request.contains("accept-encoding: identity"), "{request}");
    }
}

#[tokio::test]
async fn readers_at_different_offsets_wait_for_their_own_bytes() {
    let bytes = picture(600_000);
    let sent = bytes.clone();
    let server = Server::start(move |_, _| {
        let (first, second) = sent.split_at(200_000);
        let mut begin = head(200, &["Content-Length: 600000"]);
        begin.extend(first);
        vec![Step::Send(begin), Step::Wait(Duration::from_millis(200)), Step::Send(second.to_vec())]
    })
    .await;
    let spool = spool(&from(&server), &server.url()).await.unwrap();
    let late = spool.clone();
    let late = tokio::spawn(async move { read(&late, 590_000, 20_000).await });
    assert_eq!(read(&spool, 10, 100).await.unwrap(), bytes[10..110]);
    assert!(!late.is_finished());
    assert_eq!(late.await.unwrap().unwrap(), bytes[590_000..]);
    assert_eq!(read(&spool, 0, 600_000).await.unwrap(), bytes);
}

#[tokio::test]
async fn an_error_reaches_a_reader_at_its_offset_and_says_its_cause() {
    let bytes = picture(50_000);
    let short = |last: Vec<Step>| {
        let mut begin = head(200, &["Content-Length: 60000"]);
        begin.extend(&bytes);
        let mut steps = vec![Step::Send(begin)];
        steps.extend(last);
        steps
    };
    let wait = || Step::Wait(Duration::from_millis(100));
    for (last, code, words) in [
        (vec![], FaultCode::Unreadable, "50000 of 60000"),
        (vec![wait(), Step::Reset], FaultCode::Unreadable, "reset"),
        (vec![Step::Wait(Duration::from_secs(4))], FaultCode::Timeout, "1 seconds"),
    ] {
        let steps = short(last);
        let server = Server::start(move |_, _| steps.clone()).await;
        let spool = spool(&from(&server), &server.url()).await.unwrap();
        assert_eq!(read(&spool, 0, 50_000).await.unwrap(), bytes, "{words}");
        let fault = read(&spool, 50_000, 1).await.unwrap_err();
        assert_eq!(fault.code, code, "{fault}");
        assert!(fault.message.contains(words), "{fault}");
        assert_eq!(read(&spool, 49_990, 10).await.unwrap(), bytes[49_990..]);
        assert_eq!(spool.complete().await.unwrap_err(), fault);
    }
}

#[tokio::test]
async fn bytes_beyond_the_length_are_not_taken() {
    let server = Server::start(|_, _| {
        let mut answer = head(200, &["Content-Length: 20"]);
        answer.extend(picture(40));
        vec![Step::Send(answer)]
    })
    .await;
    let spool = spool(&from(&server), &server.url()).await.unwrap();
    assert_eq!(spool.complete().await.unwrap(), ContentHash::of(&picture(20)));
}

#[tokio::test]
async fn what_is_too_large_is_refused_by_its_length_or_at_the_limit() {
    let limits = FetchLimits { bytes: 1 << 20, ..limits() };
    let server = Server::start(|_, _| vec![Step::Send(head(200, &["Content-Length: 1048577"]))]);
    let server = server.await;
    let fault = fails(server.clone(), &fetcher(&[&server.host()], limits.clone())).await;
    assert_eq!(fault.code, FaultCode::TooLarge);
    assert!(fault.message.contains("1 MiB"), "{fault}");
    let server = Server::start(|_, _| {
        let mut answer = head(200, &["Connection: close"]);
        answer.extend(picture(1_048_577));
        vec![Step::Send(answer)]
    })
    .await;
    let fault = fails(server.clone(), &fetcher(&[&server.host()], limits)).await;
    assert_eq!(fault.code, FaultCode::TooLarge);
}

#[tokio::test]
async fn an_endless_drip_ends_with_the_time_for_all() {
    let server = Server::start(|_, _| {
        let mut steps = vec![Step::Send(head(200, &["Connection: close"]))];
        for _ in 0..200 {
            steps.extend([Step::Send(vec![0x89]), Step::Wait(Duration::from_millis(50))]);
        }
        steps
    })
    .await;
    let limits = FetchLimits { total: Duration::from_millis(500), ..limits() };
    let fault = fails(server.clone(), &fetcher(&[&server.host()], limits)).await;
    assert_eq!(fault.code, FaultCode::Timeout);
    assert!(fault.message.contains("within 0.5 seconds"), "{fault}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_a_timeout_and_none_is_no_connection() {
    let server = Server::start(|_, _| vec![Step::Wait(Duration::from_secs(4))]).await;
    let fault = fails(server.clone(), &from(&server)).await;
    assert_eq!(fault.code, FaultCode::Timeout);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = free.local_addr().unwrap().to_string();
    drop(free);
    let fault = spool(&fetcher(&[&host], limits()), &format!("http://{host}/")).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::Unreadable);
    assert!(fault.message.contains("no connection to 127.0.0.1"), "{fault}");
}

#[tokio::test]
async fn only_the_head_is_fetched_until_more_is_wanted() {
    const LENGTH: usize = 48 << 20;
    let bytes = picture(LENGTH);
    let sent = bytes.clone();
    let server = Server::start(move |_, _| vec![Step::whole(&sent, &[])]).await;
    let spool = spool(&from(&server), &server.url()).await.unwrap();
    let arrived = spool.arrived(HEAD_BYTES - 1).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(arrived < HEAD_BYTES * 4, "{arrived}");
    // The system's own buffers aside, nothing more has left the server.
    assert!(server.sent() < LENGTH / 2, "{}", server.sent());
    assert_eq!(spool.complete().await.unwrap(), ContentHash::of(&bytes));
}

#[tokio::test]
async fn waiting_for_a_reader_is_not_counted_as_the_servers_silence() {
    let bytes = picture(4 << 20);
    let sent = bytes.clone();
    let server = Server::start(move |_, _| vec![Step::whole(&sent, &[])]).await;
    let spool = spool(&from(&server), &server.url()).await.unwrap();
    spool.arrived(0).await.unwrap();
    tokio::time::sleep(limits().idle * 2).await;
    assert_eq!(spool.complete().await.unwrap(), ContentHash::of(&bytes));
}

#[tokio::test]
async fn a_download_without_readers_ends() {
    let server = Server::start(|_, _| {
        let mut steps = vec![Step::Send(head(200, &["Content-Length: 100000000"]))];
        steps.extend(vec![Step::Send(picture(100_000)); 500]);
        steps
    })
    .await;
    let spool = spool(&from(&server), &server.url()).await.unwrap();
    drop(spool);
    server.closed().await;
}

#[tokio::test]
async fn a_broken_download_goes_on_where_it_broke() {
    let bytes = picture(400_000);
    let sent = bytes.clone();
    let server = Server::start(move |number, _| {
        let from = [0, 100_000, 250_000][number];
        let range = format!("Content-Range: bytes {from}-399999/400000");
        let length = format!("Content-Length: {}", sent.len() - from);
        let lines = [length.as_str(), "ETag: \"one\"", range.as_str()];
        let mut answer = if number == 0 { head(200, &lines[..2]) } else { head(206, &lines) };
        answer.extend(&sent[from..[100_000, 250_000, 400_000][number]]);
        vec![Step::Send(answer)]
    })
    .await;
    let spool = spool(&from(&server), &server.url()).await.unwrap();
    assert_eq!(spool.complete().await.unwrap(), ContentHash::of(&bytes));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(!requests[0].contains("range:"));
    assert!(requests[2].contains("range: bytes=250000-"), "{}", requests[2]);
    assert!(requests[2].contains("if-range: \"one\""), "{}", requests[2]);
}

#[tokio::test]
async fn a_download_is_not_put_together_of_two_contents() {
    for (status, lines) in [
        (206, vec!["Content-Range: bytes 1000-1999/2000", "ETag: \"two\"", "Content-Length: 1000"]),
        (206, vec!["Content-Range: bytes 999-1999/2000", "ETag: \"one\"", "Content-Length: 1001"]),
        (206, vec!["Content-Range: bytes 1000-2999/3000", "Content-Length: 2000"]),
        (200, vec!["ETag: \"two\"", "Content-Length: 2000"]),
        (416, vec!["Content-Range: bytes */500", "Content-Length: 0"]),
    ] {
        let resumed = head(status, &lines);
        let server = Server::start(move |number, _| {
            let mut begin = head(200, &["Content-Length: 2000", "ETag: \"one\""]);
            begin.extend(picture(1000));
            vec![Step::Send(if number == 0 { begin } else { resumed.clone() })]
        })
        .await;
        let fault = fails(server.clone(), &from(&server)).await;
        assert_eq!(fault.code, FaultCode::SourceChanged, "{lines:?}: {fault}");
    }
}

#[tokio::test]
async fn a_rest_that_is_not_there_ends_a_download_without_a_length() {
    let server = Server::start(|number, _| {
        let mut begin = head(200, &["Transfer-Encoding: chunked", "ETag: \"one\""]);
        begin.extend(b"3e8\r\n");
        begin.extend(picture(1000));
        begin.extend(b"\r\n");
        let none = head(416, &["Content-Range: bytes */1000", "Content-Length: 0"]);
        vec![Step::Send(if number == 0 { begin } else { none })]
    })
    .await;
    let spool = spool(&from(&server), &server.url()).await.unwrap();
    assert_eq!(spool.complete().await.unwrap(), ContentHash::of(&picture(1000)));
}

#[tokio::test]
async fn a_server_that_always_breaks_off_is_given_up() {
    let server = Server::start(|number, _| {
        let range = format!("Content-Range: bytes {number}-99/100");
        let lines = ["Content-Length: 100", "ETag: \"one\"", range.as_str()];
        let mut begin = head(if number == 0 { 200 } else { 206 }, &lines);
        begin.push(0x89);
        vec![Step::Send(begin)]
    })
    .await;
    let fault = fails(server.clone(), &from(&server)).await;
    assert_eq!(fault.code, FaultCode::Unreadable);
    assert_eq!(server.requests().len(), 1 + limits().resumes as usize);
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    for encoding in ["gzip", "GZIP", "br", "identity, gzip"] {
        let server = Server::start(move |_, _| {
            let line = format!("Content-Encoding: {encoding}");
            vec![Step::whole(&picture(100), &[&line])]
        })
        .await;
        let fault = fails(server.clone(), &from(&server)).await;
        assert_eq!(fault.code, FaultCode::Unsupported, "{encoding}: {fault}");
    }
}

#[tokio::test]
async fn a_status_says_what_to_do() {
    for (status, code) in [
        (403, FaultCode::Denied),
        (404, FaultCode::Unreadable),
        (500, FaultCode::Unreadable),
        (503, FaultCode::Busy),
        (204, FaultCode::Unreadable),
        (206, FaultCode::Unreadable),
        (304, FaultCode::Unreadable),
    ] {
        let server =
            Server::start(move |_, _| vec![Step::Send(head(status, &["Content-Length: 0"]))]);
        let server = server.await;
        let fault = fails(server.clone(), &from(&server)).await;
        assert_eq!(fault.code, code, "{fault}");
        assert!(fault.message.contains(&status.to_string()), "{fault}");
    }
}

#[tokio::test]
async fn redirects_are_followed_a_few_times_and_each_host_is_checked() {
    let bytes = picture(1000);
    let sent = bytes.clone();
    let server = Server::start(move |number, _| match number {
        0..5 => vec![Step::redirect("/next")],
        _ => vec![Step::whole(&sent, &[])],
    })
    .await;
    let spooled = spool(&from(&server), &server.url()).await.unwrap();
    assert_eq!(spooled.complete().await.unwrap(), ContentHash::of(&bytes));
    let server = Server::start(|_, _| vec![Step::redirect("/again")]).await;
    let fault = fails(server.clone(), &from(&server)).await;
    assert!(fault.message.contains("more than 5 times"), "{fault}");
    assert_eq!(server.requests().len(), 6);

    let lookup: super::client::Lookup = Arc::new(|name| match name {
        "inside.example" => Ok(vec!["10.0.0.1".parse().unwrap()]),
        other => system_lookup()(other),
    });
    for (place, words) in [
        ("http://169.254.169.254/latest", "169.254.169.254:80"),
        ("http://inside.example/a.jpg", "inside.example:80"),
        ("http://elsewhere.example/a.jpg", "--allow-host elsewhere.example."),
        ("http://[::ffff:127.0.0.1]/a.jpg", "not allowed"),
        ("file:///etc/passwd", "file://"),
    ] {
        let server = Server::start(move |_, _| vec![Step::redirect(place)]).await;
        let hosts = [server.host(), "169.254.169.254".into(), "inside.example".into()];
        let hosts = hosts.iter().map(|host| host.parse().unwrap()).collect();
        let fetcher = Fetcher::with_lookup(hosts, limits(), None, Arc::clone(&lookup));
        let fault = fails(server, &fetcher).await;
        assert_eq!(fault.code, FaultCode::Denied, "{place}: {fault}");
        assert!(fault.message.contains(words), "{place}: {fault}");
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_a_connection_and_its_answer_is_what_is_connected_to() {
    let server = Server::start(|_, _| vec![Step::whole(&picture(1000), &[])]).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let lookup: super::client::Lookup = Arc::new(move |_| {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        // A second question would lead to where nobody listens.
        Ok(vec![if first { "127.0.0.1" } else { "127.0.0.2" }.parse().unwrap()])
    });
    let port = server.host().rsplit_once(':').unwrap().1.to_owned();
    let name = format!("flips.example:{port}");
    let hosts = [name.parse().unwrap()].into_iter().collect();
    let fetcher = Fetcher::with_lookup(hosts, limits(), None, lookup);
    let spool = spool(&fetcher, &format!("http://{name}/a.png")).await.unwrap();
    spool.complete().await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    // Without the port in the list, the same name may lead to public addresses only.
    let hosts = ["flips.example".parse().unwrap()].into_iter().collect();
    let inside: super::client::Lookup = Arc::new(|_| Ok(vec!["127.0.0.1".parse().unwrap()]));
    let fetcher = Fetcher::with_lookup(hosts, limits(), None, inside);
    let fault = self::spool(&fetcher, &format!("http://{name}/a.png")).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::Denied, "{fault}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_host_that_is_not_allowed_gets_no_connection() {
    let server = Server::start(|_, _| vec![Step::whole(&picture(1000), &[])]).await;
    for hosts in [&[][..], &["127.0.0.1"], &["127.0.0.1:1"], &["localhost"]] {
        let fault = fails(server.clone(), &fetcher(hosts, limits())).await;
        assert_eq!(fault.code, FaultCode::Denied, "{hosts:?}: {fault}");
        assert!(fault.message.contains(&server.host()), "{fault}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_second_run_asks_whether_it_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|number, _| match number {
        0 => vec![Step::whole(&picture(1000), &["ETag: W/\"one\"", "Last-Modified: then"])],
        1 => vec![Step::Send(head(304, &["ETag: W/\"one\""]))],
        _ => vec![Step::whole(&picture(2000), &["ETag: \"two\""])],
    })
    .await;
    let url = RemoteUrl::parse(&server.url()).unwrap();
    for length in [1000, 1000, 2000] {
        let hosts = [server.host().parse().unwrap()].into_iter().collect();
        let fetcher = Fetcher::new(hosts, limits(), Some(folder.path().join("spool")));
        let file = fetcher.file(&url).await.unwrap();
        assert_eq!(open::hash(&file).unwrap(), ContentHash::of(&picture(length)));
    }
    let requests = server.requests();
    assert!(!requests[0].contains("if-none-match"));
    assert!(requests[1].contains("if-none-match: W/\"one\""), "{}", requests[1]);
    assert!(requests[1].contains("if-modified-since: then"), "{}", requests[1]);
    assert!(requests[2].contains("if-none-match: W/\"one\""), "{}", requests[2]);
}

#[tokio::test]
async fn what_is_no_picture_is_not_fetched_to_its_end() {
    let page = b"<!DOCTYPE html><html><body>".repeat(2_000_000);
    let length = page.len();
    let server = Server::start(move |_, _| vec![Step::whole(&page, &[])]).await;
    let url = RemoteUrl::parse(&server.url()).unwrap();
    let fault = from(&server).file(&url).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::Unsupported);
    assert!(fault.message.contains("web page"), "{fault}");
    server.closed().await;
    assert!(server.sent() < length, "{}", server.sent());
}
