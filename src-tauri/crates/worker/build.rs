//! Finds libvips and says how to link it.
//!
//! Normally the prebuilt library of the npm package `@img/sharp-libvips-*`, as `npm ci` has put
//! it into `node_modules`: one shared library that also holds GLib and GObject. It is copied
//! beside the binaries, and they look for it there. With `CROPMARK_SYSTEM_LIBVIPS=1` the
//! system's libvips (8.15 or newer) is used instead, through pkg-config.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

const OLDEST_SYSTEM_LIBVIPS: &str = "8.15";

fn main() {
    println!("cargo:rerun-if-env-changed=CROPMARK_SYSTEM_LIBVIPS");
    if env::var_os("CROPMARK_SYSTEM_LIBVIPS").is_some_and(|value| value != "0") {
        link_system_library();
    } else {
        link_prebuilt_library();
    }
}

fn link_system_library() {
    let probe = pkg_config::Config::new().atleast_version(OLDEST_SYSTEM_LIBVIPS).probe("vips");
    if let Err(error) = probe {
        panic!(
            "CROPMARK_SYSTEM_LIBVIPS is set, but pkg-config finds no libvips of version \
             {OLDEST_SYSTEM_LIBVIPS} or newer. Install its development package, or unset the \
             variable to use the prebuilt library.\n{error}"
        );
    }
}

fn link_prebuilt_library() {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    let root = manifest.ancestors().nth(3).expect("the crate stands three folders deep");
    let package = package_name();
    let folder = root.join("node_modules/@img").join(&package).join("lib");
    println!("cargo:rerun-if-changed={}", folder.display());
    let library = shared_library(&folder).unwrap_or_else(|| {
        panic!(
            "the prebuilt libvips is not at {}. Run `npm ci` in {}, or set \
             CROPMARK_SYSTEM_LIBVIPS=1 to link the system's libvips.",
            folder.display(),
            root.display()
        )
    });

    // The bindings ask for three libraries; all three are this one.
    let links = output.join("libvips");
    fs::create_dir_all(&links).expect("cargo's output folder can be written");
    let suffix = if cfg!(target_os = "macos") { "dylib" } else { "so" };
    for name in ["vips", "glib-2.0", "gobject-2.0"] {
        replace_link(&library, &links.join(format!("lib{name}.{suffix}")));
    }
    println!("cargo:rustc-link-search=native={}", links.display());

    // target/<profile>/build/<crate>/out: the binaries stand three folders up.
    let binaries = output.ancestors().nth(3).expect("cargo's output folder is deep enough");
    let beside = binaries.join(library.file_name().expect("a library has a name"));
    if fs::metadata(&beside).map(|facts| facts.len()).ok()
        != fs::metadata(&library).map(|facts| facts.len()).ok()
    {
        let temporary = beside.with_extension("new");
        fs::copy(&library, &temporary)
            .and_then(|_| fs::rename(&temporary, &beside))
            .expect("the library can be put beside the binaries");
    }
    let origin = if cfg!(target_os = "macos") { "@loader_path" } else { "$ORIGIN" };
    for place in ["", "/..", "/../lib/cropmark"] {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{origin}{place}");
    }
}

fn package_name() -> String {
    let system = env::var("CARGO_CFG_TARGET_OS").expect("set by cargo");
    let environment = env::var("CARGO_CFG_TARGET_ENV").unwrap_or_default();
    let processor = match env::var("CARGO_CFG_TARGET_ARCH").expect("set by cargo").as_str() {
        "x86_64" => "x64".to_owned(),
        "aarch64" => "arm64".to_owned(),
        other => other.to_owned(),
    };
    let system = match (system.as_str(), environment.as_str()) {
        ("linux", "musl") => "linuxmusl",
        ("macos", _) => "darwin",
        (other, _) => other,
    };
    format!("sharp-libvips-{system}-{processor}")
}

fn shared_library(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libvips-cpp.") && (name.contains(".so") || name.contains(".dylib"))
    })
}

#[cfg(unix)]
fn replace_link(library: &Path, link: &Path) {
    let _missing = fs::remove_file(link);
    std::os::unix::fs::symlink(library, link).expect("cargo's output folder can be written");
}

#[cfg(not(unix))]
fn replace_link(library: &Path, link: &Path) {
    fs::copy(library, link).expect("cargo's output folder can be written");
}
