//! Sources that are rendered while they arrive.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    sync::mpsc,
    thread,
};

use cropmark_engine::{
    Engine,
    presets::PresetSource,
    run::{PresetText, Record, Row, Run, RunEvent, RunOrigin, RunPlan, Status},
    source::{
        Search, discover,
        url::{AllowedHost, FetchLimits, Fetcher},
    },
};
use cropmark_rules::FaultCode;
use tempfile::TempDir;

use crate::common::{engine, until};

const PRESET: &str = "version = 1
[generators.a]
widths = [10, 20]
operations = [{ op = \"resize\", width = 20 }]
output = { format = \"jpeg\" }
";

/// Orders to the test worker that begin as a JPEG does, with more in the middle than is fetched
/// before anybody wants it.
fn orders(first: &str, last: &str) -> Vec<u8> {
    let begin = format!("\n{first}\n");
    let middle = format!("#{}\n", "x".repeat(300_000));
    [b"\xff\xd8\xff".as_slice(), begin.as_bytes(), middle.as_bytes(), last.as_bytes()].concat()
}

/// A server that holds back the last bytes of the one source it has.
struct Server {
    host: String,
    rest: mpsc::Sender<Rest>,
}

/// What becomes of the last bytes.
enum Rest {
    Sent,
    NotSent,
}

/// How many bytes are held back.
const HELD_BACK: usize = 1000;

impl Server {
    fn start(source: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (rest, decided) = mpsc::channel();
        thread::spawn(move || {
            let mut known = None;
            // What fails while names are compared is fetched once more.
            while let Ok((mut stream, _)) = listener.accept() {
                let request = BufReader::new(&stream).lines();
                request.map(Result::unwrap).find(String::is_empty).unwrap();
                let length = source.len();
                write!(stream, "HTTP/1.1 200 x\r\nContent-Length: {length}\r\n\r\n").unwrap();
                let (first, last) = source.split_at(length - HELD_BACK);
                stream.write_all(first).unwrap();
                if let Rest::Sent = known.get_or_insert_with(|| decided.recv().unwrap()) {
                    stream.write_all(last).unwrap();
                }
            }
        });
        Self { host, rest }
    }
}

/// Begins a run of a server's source into a folder.
async fn begin(
    folder: &Path,
    engine: &Engine,
    server: &Server,
) -> (Run, tokio::sync::mpsc::Receiver<RunEvent>) {
    let preset = folder.join("p.preset.toml");
    fs::write(&preset, PRESET).unwrap();
    let preset = PresetText::of(&PresetSource::read(&preset).unwrap());
    let plan = RunPlan::new(RunOrigin::Studio, vec![preset], folder.join("out"));
    let hosts = [server.host.parse::<AllowedHost>().unwrap()].into_iter().collect();
    let fetcher = Fetcher::new(hosts, FetchLimits::default(), None);
    let context = plan.context(engine, None).unwrap().fetching(fetcher);
    let places = vec![format!("http://{}/a.jpg", server.host).into()];
    let sources = discover(&Search { places, ..Search::default() }, &false.into());
    Run::begin(context, Record::Nothing, sources).await.unwrap()
}

/// Runs a source, and lets the rest of it come, or not, once a worker has the job. Returns the rows.
async fn run(source: Vec<u8>, rest: Rest) -> (TempDir, Vec<Row>) {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(2).await;
    let server = Server::start(source);
    let decided = async {
        until(&engine, "a job of the arriving source", |now| now.eager.running == 1).await;
        server.rest.send(rest).unwrap();
    };
    // A run may begin only when it has planned the source.
    let ((_run, mut events), ()) = tokio::join!(begin(folder.path(), &engine, &server), decided);
    let mut rows = Vec::new();
    while let Some(event) = events.recv().await {
        match event {
            RunEvent::Row { row, .. } => rows.push(*row),
            RunEvent::SourceDone => break,
        }
    }
    (folder, rows)
}

fn results(folder: &TempDir, rows: &[Row]) -> Vec<String> {
    assert!(rows.iter().all(|row| row.status == Status::Rendered), "{rows:?}");
    let results = rows.iter().map(|row| {
        fs::read_to_string(folder.path().join("out").join(row.path.as_ref().unwrap())).unwrap()
    });
    results.collect()
}

#[tokio::test]
async fn variants_are_rendered_while_a_source_arrives() {
    let (folder, rows) = run(orders("say 1", ""), Rest::Sent).await;
    let results = results(&folder, &rows);
    assert_eq!(results.len(), 2);
    assert!(results.iter().all(|text| text.ends_with(", early")), "{results:?}");
}

#[tokio::test]
async fn what_cannot_be_rendered_early_is_rendered_after_the_download() {
    let (folder, rows) = run(orders("late", ""), Rest::Sent).await;
    let results = results(&folder, &rows);
    assert_eq!(results.len(), 2);
    assert!(!results.iter().any(|text| text.contains("early")), "{results:?}");
}

#[tokio::test]
async fn a_header_that_the_rest_changes_is_planned_and_rendered_anew() {
    let (folder, rows) = run(orders("size 100 80", "size 100 50\n"), Rest::Sent).await;
    let results = results(&folder, &rows);
    assert_eq!(rows.iter().map(|row| row.height).collect::<Vec<_>>(), [Some(5), Some(10)]);
    assert!(!results.iter().any(|text| text.contains("early")), "{results:?}");
}

#[tokio::test]
async fn a_download_that_breaks_is_one_row_with_its_cause() {
    let source = orders("say 1", "");
    let (length, come) = (source.len(), source.len() - HELD_BACK);
    let (folder, rows) = run(source, Rest::NotSent).await;
    assert_eq!(rows.len(), 1);
    let fault = rows[0].error.as_ref().unwrap();
    assert_eq!(fault.code, FaultCode::Unreadable);
    assert!(fault.message.contains(&format!("after {come} of {length} bytes")), "{fault}");
    assert_eq!(fs::read_dir(folder.path().join("out")).into_iter().flatten().count(), 0);
}
