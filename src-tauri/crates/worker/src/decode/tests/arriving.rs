//! Reading a source while its file grows.

use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    os::fd::{AsFd as _, OwnedFd},
    thread,
};

use cropmark_rules::{Fault, FaultCode, Format, Limits, SourceRules};

use super::{WHOLE, picture, samples, saved};
use crate::{
    content::Content,
    decode::{Opened, Reduction, cut, file_of, open, open_bytes},
    vips::{Image, Library},
};

/// A source of which these bytes have come, and what makes it grow.
fn arriving(come: &[u8], all: usize) -> (Content, File, OwnedFd) {
    let (signals, signaller) = rustix::pipe::pipe().unwrap();
    let mut file = file_of(come);
    let content = Content::arriving(file.as_fd(), all as u64, signals.as_fd()).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    (content, file, signaller)
}

/// Opens a source of which nothing has come but these bytes, and nothing more will.
fn opened_half(come: &[u8], all: usize) -> Result<Opened, Fault> {
    let (content, _file, signaller) = arriving(come, all);
    drop(signaller);
    open(content, &Limits::default())
}

/// The first rows of a picture, read as they are decoded.
fn first_rows(opened: &Opened) -> Image {
    let in_order = Reduction { random: false, ..WHOLE };
    let canvas = opened.load(&SourceRules::default(), in_order).unwrap();
    let rows = cut(canvas.first(), 0, 64).unwrap();
    rows.materialize().unwrap()
}

/// A picture that takes many more bytes than a decoder reads ahead.
fn large() -> Image {
    picture(1200, 900, 3)
}

#[test]
fn rows_are_decoded_before_the_rest_has_come() {
    for saver in ["jpegsave_buffer", "pngsave_buffer"] {
        let all = saved(saver, &large());
        let whole = first_rows(&open_bytes(&all).unwrap()).to_bytes().unwrap();
        let opened = opened_half(&all[..all.len() / 2], all.len()).unwrap();
        assert!(first_rows(&opened).to_bytes().unwrap() == whole, "{saver}");
        let fault = opened.wait_for_rest().unwrap_err();
        assert_eq!(fault.code, FaultCode::Unreadable, "{saver}");
        assert!(fault.message.contains("before all of it had come"), "{saver}: {fault}");
    }
}

#[test]
fn a_reduced_jpeg_is_decoded_before_the_rest_has_come() {
    let all = saved("jpegsave_buffer", &large());
    let opened = opened_half(&all[..all.len() / 2], all.len()).unwrap();
    let quarter = Reduction { shrink: 4, density: 0.25, random: false };
    let canvas = opened.load(&SourceRules::default(), quarter).unwrap();
    assert_eq!(canvas.first().width(), 300);
    cut(canvas.first(), 0, 64).unwrap().materialize().unwrap();
}

#[test]
fn every_format_is_the_same_as_from_a_whole_file() {
    Library::start().unwrap();
    let mut samples = samples();
    let heic =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/cli/inputs/formats/turned.heic");
    samples.push((Format::Heic, fs::read(heic).unwrap()));
    samples.push((Format::Tiff, saved("tiffsave_buffer", &large())));
    samples.push((Format::Webp, saved("webpsave_buffer", &large())));
    for (format, all) in samples {
        let whole = open_bytes(&all).unwrap();
        let pixels = |opened: &Opened| {
            let canvas = opened.load(&SourceRules::default(), WHOLE).unwrap();
            canvas.first().to_bytes().unwrap()
        };
        let (content, mut file, signaller) = arriving(&[], all.len());
        let bytes = all.clone();
        let feeding = thread::spawn(move || {
            for part in bytes.chunks(bytes.len().div_ceil(9)) {
                file.write_all(part).unwrap();
                rustix::io::write(&signaller, &[1]).unwrap();
                thread::yield_now();
            }
        });
        let opened = open(content, &Limits::default()).unwrap();
        assert_eq!(opened.header, whole.header, "{format:?}");
        assert!(pixels(&opened) == pixels(&whole), "{format:?}");
        opened.wait_for_rest().unwrap();
        assert!(*opened.read_whole().unwrap() == all, "{format:?}");
        feeding.join().unwrap();
    }
}

#[test]
fn a_source_that_does_not_come_is_a_fault_in_every_format() {
    for (format, all) in samples() {
        let fault = match opened_half(&all[..all.len() - 1], all.len()) {
            Ok(opened) => opened.wait_for_rest().unwrap_err(),
            Err(fault) => fault,
        };
        assert_eq!(fault.code, FaultCode::Unreadable, "{format:?}: {fault}");
        assert!(fault.message.contains("before all of it had come"), "{format:?}: {fault}");
    }
}

#[test]
fn what_is_read_otherwise_as_a_whole_is_refused_at_the_end() {
    let jpeg = saved("jpegsave_buffer", &picture(60, 40, 3));
    let mut png = saved("pngsave_buffer", &picture(60, 40, 3));
    let end = png.len() - 12;
    let text = b"tEXtAuthor\0Anna W";
    let mut checksum = flate2::Crc::new();
    checksum.update(text);
    let behind = [&[0, 0, 0, 13], text.as_slice(), &checksum.sum().to_be_bytes()].concat();
    png.splice(end..end, behind);
    for all in [&jpeg[..jpeg.len() - 2], &png] {
        open_bytes(all).unwrap();
        let opened = opened_half(all, all.len()).unwrap();
        assert_eq!(opened.wait_for_rest().unwrap_err().code, FaultCode::Unsupported);
    }
}

#[test]
fn readers_have_places_of_their_own_and_wait_only_for_what_has_not_come() {
    use crate::{arriving::ArrivingFile, vips::ReadAt as _};
    let (signals, signaller) = rustix::pipe::pipe().unwrap();
    let mut file = file_of(b"abcd");
    file.seek(SeekFrom::End(0)).unwrap();
    let arriving = ArrivingFile::new(file.try_clone().unwrap(), 8, signals);
    let read = |place| {
        let mut buffer = [0; 4];
        arriving.read_at(&mut buffer, place).map(|read| buffer[..read].to_vec())
    };
    assert_eq!(read(2).unwrap(), b"cd");
    assert_eq!(read(0).unwrap(), b"abcd");
    thread::scope(|scope| {
        let waiting: Vec<_> = [4, 5].into_iter().map(|at| scope.spawn(move || read(at))).collect();
        file.write_all(b"ef").unwrap();
        rustix::io::write(&signaller, &[1]).unwrap();
        let read: Vec<_> = waiting.into_iter().map(|it| it.join().unwrap().unwrap()).collect();
        assert_eq!(read, [b"ef".to_vec(), b"f".to_vec()]);
    });
    drop(signaller);
    assert_eq!(read(6).unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    assert_eq!(read(5).unwrap(), b"f");
    file.write_all(b"gh").unwrap();
    assert_eq!(read(6).unwrap(), b"gh");
    assert_eq!(read(8).unwrap(), b"");
}
