//! A folder of its own for each test, images to put there, and the program to run on them.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
    thread::sleep,
    time::{Duration, Instant},
};

use cropmark_store::TrustKey;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::Value;

/// A preset with one quick generator.
pub(crate) const SMALL: &str = r#"version = 1
[generators.small]
operations = [{ op = "resize", fit = "inside", width = 40, height = 40 }]
output = { format = "jpeg", quality = 80 }
"#;

/// A preset that keeps a worker busy for seconds.
pub(crate) const SLOW: &str = r#"version = 1
[generators.slow]
operations = [{ op = "resize", fit = "fill", width = 2400, height = 2400, enlarge = true }]
output = { format = "avif", quality = 90, effort = 9 }
"#;

/// A test's own folder.
pub(crate) struct Scene {
    folder: tempfile::TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Scene {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// One with the preset `SMALL` and these JPEG files, 90 x 60 each and no two alike.
    pub(crate) fn with_photos(names: &[&str]) -> Self {
        let scene = Self::new();
        scene.write("p.preset.toml", SMALL);
        for (index, name) in names.iter().enumerate() {
            scene.photo(name, index);
        }
        scene
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A JPEG of 90 x 60 pixels; each number gives another one.
    pub(crate) fn photo(&self, name: impl AsRef<Path>, number: usize) {
        self.write(name, encoded(&picture(90, 60, number), ImageFormat::Jpeg));
    }

    /// The program in this folder, with a cache of its own.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("XDG_CACHE_HOME", self.path(".cache"))
            .env("XDG_DATA_HOME", self.path(".data"))
            .env("XDG_CONFIG_HOME", self.path(".config"))
            .env_remove("CROPMARK_LOG")
            .env_remove("CROPMARK_WORKER")
            .env_remove("CROPMARK_FONTS")
            // Set where tests run in a hook of git.
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .stdin(Stdio::null());
        command
    }

    /// The key of the program in this folder.
    pub(crate) fn trust_key(&self) -> TrustKey {
        TrustKey::load(&self.path(".data/cropmark/trust.key")).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// `render … --preset p.preset.toml --json`, and `--out out` unless another one is given.
    pub(crate) fn render(&self, arguments: &[&str]) -> Run {
        let mut all = vec!["render", "--preset", "p.preset.toml", "--json"];
        if !arguments.contains(&"--out") {
            all.extend(["--out", "out"]);
        }
        all.extend(arguments);
        self.run(&all)
    }

    /// Every file below a folder with the hash of its content, `.cache` and `.data` aside.
    pub(crate) fn tree(&self, folder: &str) -> BTreeMap<String, String> {
        let root = self.path(folder);
        let hash = |name: &String| blake3::hash(&fs::read(root.join(name)).unwrap());
        let names = self.files(folder).into_iter();
        names.map(|name| (name.clone(), hash(&name).to_hex().to_string())).collect()
    }

    /// The names of all files of the scene, caches included.
    pub(crate) fn all_files(&self) -> Vec<String> {
        let entries = walkdir::WalkDir::new(self.folder.path()).into_iter().flatten();
        let files = entries.filter(|entry| entry.file_type().is_file());
        files.map(|entry| entry.path().to_string_lossy().into_owned()).collect()
    }

    /// The names of the files below a folder, in order, `.cache` and `.data` aside. A run may rename
    /// them meanwhile.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let root = self.path(folder);
        let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().flatten();
        let files = entries.filter(|entry| entry.file_type().is_file());
        let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let mut names: Vec<_> = files.map(|entry| name(entry.path())).collect();
        names.retain(|name| {
            !name.starts_with(".cache")
                && !name.starts_with(".data")
                && !name.starts_with(".config")
        });
        names.sort();
        names
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        let signal = || -output.status.signal().unwrap_or(0);
        Self {
            status: output.status.code().unwrap_or_else(signal),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Fails the test unless the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// The lines of JSON, the summary aside, sorted by source, generator, variation and format.
    #[track_caller]
    pub(crate) fn rows(&self) -> Vec<Value> {
        let lines = self.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut rows: Vec<Value> = lines.filter(|line| line.get("summary").is_none()).collect();
        rows.sort_by_key(|row| {
            ["source", "generator", "variation", "format"].map(|key| row[key].to_string())
        });
        rows
    }

    /// The only row.
    #[track_caller]
    pub(crate) fn row(&self) -> Value {
        let rows = self.rows();
        assert_eq!(rows.len(), 1, "{self:?}");
        rows.into_iter().next().unwrap()
    }

    /// One field of all rows, as texts.
    #[track_caller]
    pub(crate) fn column(&self, key: &str) -> Vec<String> {
        let text = |row: &Value| row[key].as_str().unwrap_or("null").to_owned();
        self.rows().iter().map(text).collect()
    }

    /// The last line's sums.
    #[track_caller]
    pub(crate) fn summary(&self) -> Value {
        let last = self.stdout.lines().last().expect("a last line");
        serde_json::from_str::<Value>(last).unwrap()["summary"].clone()
    }
}

/// A picture with some detail.
pub(crate) fn picture(width: u32, height: u32, number: usize) -> DynamicImage {
    let shade = |value: usize| u8::try_from(value % 256).unwrap();
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as usize, y as usize);
        Rgb([shade(x * 3 + number * 40), shade(y * 4), shade(x * y / 7 + number * 90)])
    })
    .into()
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The program; its worker is built first, since Cargo builds only this package's programs.
fn program() -> &'static Path {
    static BUILT: OnceLock<()> = OnceLock::new();
    let program = Path::new(env!("CARGO_BIN_EXE_cropmark"));
    BUILT.get_or_init(|| {
        let profile = program.parent().unwrap();
        let mut build = Command::new(env!("CARGO"));
        // With the features that the workspace has together, as everything else was built.
        build.args(["build", "--quiet", "--offline", "--workspace", "--bin", "cropmark-worker"]);
        build.arg("--target-dir").arg(profile.parent().unwrap());
        if profile.file_name() == Some(OsStr::new("release")) {
            build.arg("--release");
        }
        build.current_dir(env!("CARGO_MANIFEST_DIR"));
        assert!(build.status().unwrap().success(), "the worker was not built");
    });
    program
}

/// Waits until something is so, at most 20 seconds.
pub(crate) fn wait_for(what: &str, mut ready: impl FnMut() -> bool) {
    let began = Instant::now();
    while !ready() {
        assert!(began.elapsed() < Duration::from_secs(20), "{what} did not happen");
        sleep(Duration::from_millis(5));
    }
}
