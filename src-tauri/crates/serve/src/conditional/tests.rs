use std::time::{Duration, SystemTime};

use hyper::{HeaderMap, header::HeaderValue};

use super::{Part, Validators, part};

const ETAG: &str = "\"abc\"";

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
        .collect()
}

fn validators() -> Validators<'static> {
    // 1994-11-15 12:45:26.5
    let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(784_903_526_500);
    Validators { etag: ETAG, modified }
}

#[test]
fn tags_come_before_dates() {
    let date = "Tue, 15 Nov 1994 12:45:26 GMT";
    let earlier = "Tue, 15 Nov 1994 12:45:25 GMT";
    let table: [(&[(&str, &str)], bool); 10] = [
        (&[], false),
        (&[("if-none-match", "\"abc\"")], true),
        (&[("if-none-match", "W/\"abc\"")], true),
        (&[("if-none-match", "\"x\", \"abc\"")], true),
        (&[("if-none-match", "*")], true),
        (&[("if-none-match", "\"x\""), ("if-modified-since", date)], false),
        (&[("if-modified-since", date)], true),
        (&[("if-modified-since", earlier)], false),
        (&[("if-modified-since", "Wed, 16 Nov 1994 12:45:26 GMT")], true),
        (&[("if-modified-since", "yesterday")], false),
    ];
    for (pairs, expected) in table {
        assert_eq!(validators().is_known(&headers(pairs)), expected, "{pairs:?}");
    }
}

#[test]
fn ranges_are_cut_to_what_there_is() {
    let table = [
        ("bytes=0-0", Part::Bytes(0..1)),
        ("bytes=2-5", Part::Bytes(2..6)),
        ("bytes=2-", Part::Bytes(2..10)),
        ("bytes=2-99999999999999999999999", Part::Bytes(2..10)),
        ("bytes=-3", Part::Bytes(7..10)),
        ("bytes=-30", Part::Bytes(0..10)),
        ("bytes=10-", Part::Unsatisfiable),
        ("bytes=99999999999999999999999-", Part::Unsatisfiable),
        ("bytes=-0", Part::Unsatisfiable),
        ("bytes=5-2", Part::Whole),
        ("bytes=-", Part::Whole),
        ("bytes=a-b", Part::Whole),
        ("bytes=+1-2", Part::Whole),
        ("bytes=0-1,3-4", Part::Whole),
        ("items=0-1", Part::Whole),
        ("bytes", Part::Whole),
    ];
    for (range, expected) in table {
        assert_eq!(part(&headers(&[("range", range)]), 10, &validators()), expected, "{range}");
    }
    assert_eq!(part(&headers(&[("range", "bytes=0-")]), 0, &validators()), Part::Unsatisfiable);
    assert_eq!(part(&headers(&[]), 10, &validators()), Part::Whole);
}

#[test]
fn a_range_of_another_state_is_the_whole() {
    let of = |condition| {
        part(&headers(&[("range", "bytes=0-1"), ("if-range", condition)]), 10, &validators())
    };
    assert_eq!(of("\"abc\""), Part::Bytes(0..2));
    assert_eq!(of("Tue, 15 Nov 1994 12:45:26 GMT"), Part::Bytes(0..2));
    assert_eq!(of("\"x\""), Part::Whole);
    assert_eq!(of("W/\"abc\""), Part::Whole);
    assert_eq!(of("Wed, 16 Nov 1994 12:45:26 GMT"), Part::Whole);
}
