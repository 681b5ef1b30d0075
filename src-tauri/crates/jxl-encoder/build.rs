//! Compiles libjxl's encoder, with the parts of Highway, Brotli and skcms that it needs, from the
//! sources in the package `jpegxl-src`. Of that package only these sources are used: nothing depends on
//! its own code.
//!
//! libjxl's own build compiles each vector loop for eight kinds of processors. Here it is two: those with
//! AVX2, and all others. That takes 340 s of processor time on a busy machine, once for all profiles.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

/// Processors that no loop is compiled for by itself (`hwy/detect_targets.h`): SSSE3, SSE4, and all
/// kinds of AVX-512.
const LEFT_OUT: &str = "(HWY_SSSE3|HWY_SSE4|HWY_AVX3|HWY_AVX3_DL|HWY_AVX3_ZEN4|HWY_AVX3_SPR)";

/// Where the package is, and its version.
const PACKAGE: &str = "/jpegxl-src-";

/// What else is there in the folders of the encoder: tests, and what only decodes.
const NOT_COMPILED: [&str; 8] = [
    "_test.cc",
    "_gbench.cc",
    "_testonly.cc",
    "box_content_decoder.cc",
    "/decode.cc",
    "/decode_to_jpeg.cc",
    "/dec_jpeg_data.cc",
    "/dec_jpeg_data_writer.cc",
];

/// Files of Highway and of skcms.
const HIGHWAY: [&str; 5] =
    ["/abort.cc", "/aligned_allocator.cc", "/per_target.cc", "/print.cc", "/targets.cc"];
const SKCMS: [&str; 2] = ["/skcms.cc", "/skcms_TransformBaseline.cc"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/encoder.cc");
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    let libjxl = sources();
    let headers = output.join("include");
    write_headers(&headers, &libjxl);

    // The library is the same for all profiles: target/<profile>/build/<crate>/out.
    let target = output.ancestors().nth(4).expect("cargo's output folder is deep enough");
    let library = target.join("tools").join(library_name(&libjxl));
    if !library.join("libcropmark-libjxl.a").exists() {
        build_library(&libjxl, &headers, &output, &library);
    }
    build(true, &libjxl, &headers).file("src/encoder.cc").compile("cropmark-jxl-encoder");
    println!("cargo:rustc-link-search=native={}", library.display());
    println!("cargo:rustc-link-lib=static=cropmark-libjxl");
}

/// A name that changes with all that the library is built by.
fn library_name(libjxl: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    include_str!("build.rs").hash(&mut hasher);
    ["CC", "CXX", "CFLAGS", "CXXFLAGS"].map(env::var_os).hash(&mut hasher);
    let system = env::var("TARGET").expect("set by cargo");
    format!("libjxl-{}-{system}-{:016x}", version(libjxl), hasher.finish())
}

/// Compiles libjxl into an archive, which gets its name once it is whole.
fn build_library(libjxl: &Path, headers: &Path, output: &Path, library: &Path) {
    let third_party = libjxl.join("third_party");
    let cpp = [
        files(&libjxl.join("lib/jxl"), &is_encoders),
        files(&third_party.join("highway/hwy"), &|path| ends_with_one(path, &HIGHWAY)),
        files(&third_party.join("skcms"), &|path| ends_with_one(path, &SKCMS)),
    ]
    .concat();
    let c = ["common", "enc"].map(|part| {
        files(&third_party.join("brotli/c").join(part), &|path| has_extension(path, "c"))
    });
    let mut archive = cc::Build::new();
    archive.cargo_metadata(false);
    for (is_cpp, files) in [(true, cpp), (false, c.concat())] {
        archive.objects(compiled(&files, || build(is_cpp, libjxl, headers)));
    }
    archive.compile("cropmark-libjxl");
    let name = "libcropmark-libjxl.a";
    let temporary = library.join(format!("{name}.{}", std::process::id()));
    fs::create_dir_all(library)
        .and_then(|()| fs::copy(output.join(name), &temporary))
        .and_then(|_| fs::rename(&temporary, library.join(name)))
        .expect("cargo's target folder can be written");
}

/// A compiler with the options of libjxl's own build for release.
fn build(is_cpp: bool, libjxl: &Path, headers: &Path) -> cc::Build {
    let third_party = libjxl.join("third_party");
    let includes = [
        headers.to_owned(),
        libjxl.to_owned(),
        libjxl.join("lib/include"),
        third_party.join("highway"),
        third_party.join("brotli/c/include"),
        third_party.join("skcms"),
    ];
    let mut build = cc::Build::new();
    build.cpp(is_cpp).includes(includes).warnings(false).opt_level(2).debug(false);
    build.define("NDEBUG", None).flag("-fvisibility=hidden").flag("-fno-math-errno");
    if is_cpp {
        build.std("c++17").flag("-fvisibility-inlines-hidden");
        build.define("JXL_STATIC_DEFINE", None).define("JXL_CMS_STATIC_DEFINE", None);
        build.define("JXL_INTERNAL_LIBRARY_BUILD", None);
        build.define("JPEGXL_ENABLE_SKCMS", "1").define("JPEGXL_BUNDLE_SKCMS", "1");
        build.define("SKCMS_DISABLE_HSW", None).define("SKCMS_DISABLE_SKX", None);
        build.define("HWY_STATIC_DEFINE", None).define("HWY_DISABLED_TARGETS", LEFT_OUT);
    }
    build
}

/// Compiles files with all processors, the largest first.
fn compiled(files: &[PathBuf], build: impl Fn() -> cc::Build + Sync) -> Vec<PathBuf> {
    let mut files = files.to_vec();
    files.sort_by_key(|file| std::cmp::Reverse(fs::metadata(file).map_or(0, |it| it.len())));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut objects = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            objects.extend(build().cargo_metadata(false).file(file).compile_intermediates());
        }
        objects
    };
    let count = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|it| it.join().expect("the compiler ran")).collect()
    })
}

/// The folder of libjxl in the package.
fn sources() -> PathBuf {
    let cargo = env::var_os("CARGO").expect("set by cargo");
    let words = ["metadata", "--format-version", "1", "--locked"];
    let said = Command::new(cargo).args(words).output().expect("cargo can be run");
    let text = String::from_utf8_lossy(&said.stdout);
    let manifests = text.split("\"manifest_path\":\"").skip(1);
    let manifest = manifests
        .filter_map(|rest| rest.split('"').next())
        .find(|path| path.rsplit_once('/').is_some_and(|(folder, _)| folder.contains(PACKAGE)));
    let manifest = manifest.unwrap_or_else(|| {
        panic!("the package jpegxl-src is not there: {}", String::from_utf8_lossy(&said.stderr))
    });
    Path::new(manifest).parent().expect("a manifest lies in a folder").join("libjxl")
}

fn is_encoders(path: &str) -> bool {
    let is_test = path.rsplit('/').next().is_some_and(|name| name.starts_with("test_"));
    has_extension(path, "cc") && !is_test && !ends_with_one(path, &NOT_COMPILED)
}

/// The files in a folder and below it that are taken, by their paths.
fn files(folder: &Path, is_taken: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().is_some_and(is_taken) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Writes the headers that its own build would make.
fn write_headers(folder: &Path, libjxl: &Path) {
    let folder = folder.join("jxl");
    fs::create_dir_all(&folder).expect("cargo's output folder can be written");
    let version = version(libjxl);
    let template = libjxl.join("lib/jxl/version.h.in");
    let mut text = fs::read_to_string(template).expect("libjxl has this file");
    for (part, number) in ["MAJOR", "MINOR", "PATCH"].iter().zip(version.split('.')) {
        text = text.replace(&format!("@JPEGXL_{part}_VERSION@"), number);
    }
    let nothing = |name: &str| {
        format!("#define {name}_EXPORT\n#define {name}_NO_EXPORT\n#define {name}_DEPRECATED\n")
    };
    let headers = [
        ("version.h", text),
        ("jxl_export.h", nothing("JXL")),
        ("jxl_cms_export.h", nothing("JXL_CMS")),
    ];
    for (name, text) in headers {
        fs::write(folder.join(name), text).expect("cargo's output folder can be written");
    }
}

/// The package's version, which is libjxl's, by the name of its folder.
fn version(libjxl: &Path) -> &str {
    let rest = libjxl.to_str().and_then(|path| path.split(PACKAGE).nth(1));
    rest.and_then(|rest| rest.split('/').next()).expect("the package's folder has its version")
}

fn ends_with_one(path: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| path.ends_with(end))
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}
