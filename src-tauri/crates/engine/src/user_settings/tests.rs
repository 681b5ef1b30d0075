use std::{collections::BTreeSet, path::Path, time::Duration};

use super::{Origin, UserSettings, schema, table::TABLE, variable};
use crate::Settings;

const PATH: &str = "/home/u/settings.toml";

fn settings() -> UserSettings {
    UserSettings::new(Settings::new("worker".into()))
}

fn read(text: &str) -> Result<UserSettings, String> {
    let mut settings = settings();
    settings.read_text(Path::new(PATH), text).map_err(|error| error.to_string())?;
    Ok(settings)
}

#[test]
fn file_environment_and_flags_go_before_each_other() {
    let mut settings = read(
        "workers = 3\nmax_wait = 10\nmax_memory = \"2 GiB\"\nallowed_hosts = [\"a.example\", \"127.0.0.1:80\"]\n[cache]\ndisk = 5_000_000\n[limits]\nside = 9_000\n",
    )
    .unwrap();
    assert_eq!(settings.engine.workers, 3);
    assert_eq!(settings.engine.max_wait, Some(Duration::from_secs(10)));
    assert_eq!((settings.engine.max_memory, settings.engine.limits.side), (2 << 30, 9000));
    assert_eq!(settings.cache.variant_bytes, 5_000_000);
    let hosts: Vec<String> = settings.allowed_hosts.iter().map(ToString::to_string).collect();
    assert_eq!(hosts, ["a.example", "127.0.0.1:80"]);
    let get = |name: &str| match name {
        "CROPMARK_WORKERS" => Some("5".to_owned()),
        "CROPMARK_CACHE_DISK" => Some("7 MiB".to_owned()),
        "CROPMARK_MAX_WAIT" => Some(String::new()),
        _ => None,
    };
    settings.read_environment(get).unwrap();
    settings.read_flag("workers = 7").unwrap();
    settings.read_flag("max_wait=-1").unwrap();
    assert_eq!((settings.engine.workers, settings.engine.max_wait), (7, None));
    assert_eq!(settings.cache.variant_bytes, 7 << 20);

    let all = settings.all();
    let of = |name: &str| all.iter().find(|now| now.name == name).unwrap().clone();
    assert_eq!((of("workers").value.as_deref(), of("workers").origin), (Some("7"), Origin::Flag));
    assert_eq!((of("max_wait").value, of("timeout").origin), (None, Origin::Default));
    assert_eq!(of("cache.disk").origin, Origin::Environment("CROPMARK_CACHE_DISK".to_owned()));
    assert_eq!(of("cache.disk").value.as_deref(), Some("7 MiB"));
    assert_eq!(of("max_memory").origin, Origin::File(PATH.into()));
    assert!(settings.is_set("limits.side") && !settings.is_set("timeout"));
}

#[test]
fn faults_have_a_place_and_the_nearest_name() {
    let table = [
        (
            "workers = 3\nworkrs = 4\n",
            "settings.toml:2:1: there is no setting \"workrs\"; did you mean \"workers\"?",
        ),
        (
            "[cache]\n  dsik = 1\n",
            "settings.toml:2:3: there is no setting \"cache.dsik\"; did you mean \"cache.disk\"?",
        ),
        ("workers = 0", "settings.toml:1:1: workers: \"0\" is no whole number from 1 to 1024"),
        ("workers = \"many\"", "\"many\" is no whole number"),
        ("max_memory = \"2 TiB\"", "settings.toml:1:1: max_memory: \"2 TiB\" is no size"),
        ("timeout = -1", "is no time from 0.001 to 86400 seconds"),
        ("timeout = nan", "is no time"),
        ("store_generated = \"maybe\"", "neither true nor false"),
        ("workers = [3]", "settings.toml:1:11: workers: a number"),
        ("allowed_hosts = [\"*\"]", "write it as HOST or HOST:PORT"),
        ("workers = 0x10", "a number"),
        ("workers = ", "settings.toml:1:"),
    ];
    for (text, expected) in table {
        let error = read(text).map(|_| ()).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let mut settings = settings();
    let error = settings.read_flag("workers").unwrap_err().to_string();
    assert_eq!(error, "--set workers: write it as NAME=VALUE");
    let wrong = |_: &str| Some("x".to_owned());
    let error = settings.read_environment(wrong).unwrap_err().to_string();
    assert!(error.starts_with("CROPMARK_WORKERS: workers: \"x\""), "{error}");
}

#[test]
fn a_missing_file_says_nothing_and_what_is_written_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.read_file(&folder.path().join("settings.toml")).unwrap();
    assert!(settings.read_file(folder.path()).is_err());
    for now in settings.all() {
        let value = now.value.unwrap_or("-1".to_owned());
        let mut again = settings.clone();
        again.read_flag(&format!("{}={value}", now.name)).unwrap();
        assert!(again.is_set(now.name));
    }
}

#[test]
fn each_setting_has_its_own_variable_and_its_place_in_the_schema() {
    let variables: BTreeSet<String> = TABLE.iter().map(|row| variable(row.name)).collect();
    assert_eq!(variables.len(), TABLE.len());
    let own = ["CROPMARK_WORKER", "CROPMARK_FONTS", "CROPMARK_LOG", "CROPMARK_TOKEN"];
    assert!(own.iter().all(|name| !variables.contains(*name)));
    let schema = schema();
    for row in TABLE {
        let mut place = &schema;
        for part in row.name.split('.') {
            place = &place["properties"][part];
        }
        assert_eq!(place["description"], row.about, "{}", row.name);
    }
}

#[test]
fn bounds_are_those_of_the_schema() {
    let schema = schema();
    let of = |name: &str| {
        let parts = name.split('.');
        parts.fold(&schema, |place, part| &place["properties"][part]).clone()
    };
    let reads =
        |name: &str, value: String| settings().read_flag(&format!("{name}={value}")).is_ok();
    for row in TABLE {
        let bounds = of(row.name);
        let (least, most) = (bounds["minimum"].as_u64(), bounds["maximum"].as_u64());
        if let (Some(least), Some(most)) = (least, most) {
            assert!(reads(row.name, least.to_string()), "{} {least}", row.name);
            assert!(reads(row.name, most.to_string()), "{} {most}", row.name);
            assert!(!reads(row.name, (most + 1).to_string()), "{} {most} + 1", row.name);
            assert!(least == 0 || !reads(row.name, (least - 1).to_string()), "{}", row.name);
        }
        let bytes = &bounds["oneOf"][0];
        if let (Some(least), Some(most)) = (bytes["minimum"].as_u64(), bytes["maximum"].as_u64()) {
            assert!(reads(row.name, least.to_string()) && reads(row.name, most.to_string()));
            assert!(!reads(row.name, (most + 1).to_string()), "{} {most} + 1", row.name);
            assert!(least == 0 || !reads(row.name, (least - 1).to_string()), "{}", row.name);
        }
    }
    assert_eq!(of("workers")["maximum"], 1024);
    assert_eq!(of("limits.worker")["oneOf"][0]["minimum"], 64 << 20);
    assert_eq!(of("log.rotation")["enum"][1], "daily");
    assert!(!reads("log.rotation", "weekly".to_owned()));
}

#[test]
fn variables_that_are_nearly_those_of_settings_are_found() {
    let names = [
        "CROPMARK_WORKRS",
        "CROPMARK_WORKERS",
        "CROPMARK_CACHE_DSIK",
        "CROPMARK_TOKN",
        "CROPMARK_TOKEN",
        "CROPMARK_SOMETHING_ELSE",
        "WORKRS",
    ];
    let found =
        UserSettings::misspelt_variables(names.into_iter().map(str::to_owned), &["CROPMARK_TOKEN"]);
    let expected = [
        ("CROPMARK_WORKRS", "CROPMARK_WORKERS"),
        ("CROPMARK_CACHE_DSIK", "CROPMARK_CACHE_DISK"),
        ("CROPMARK_TOKN", "CROPMARK_TOKEN"),
    ];
    assert_eq!(found, expected.map(|(name, near)| (name.to_owned(), near.to_owned())));
}
