//! Sources that take much memory: it is the worker's limit that decides, and the rows say so.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::support::{Scene, encoded};

/// An animated WebP of so many equal frames of one colour.
fn animation(frames: u32, side: u32) -> Vec<u8> {
    let scene = Scene::new();
    scene.write(
        "p.preset.toml",
        "version = 1\n[generators.still]\noutput = { format = \"webp\", lossless = true }\n",
    );
    let frame = DynamicImage::from(RgbImage::from_pixel(side, side, Rgb([90, 120, 30])));
    scene.write("a.png", encoded(&frame, ImageFormat::Png));
    scene.render(&["a.png"]).expect(0);
    let still = std::fs::read(scene.path("out/still/a.webp")).unwrap();
    let place = still.windows(4).position(|name| name == b"VP8L").unwrap();
    let length = u32::from_le_bytes(still[place + 4..place + 8].try_into().unwrap());
    let pixels = chunk(*b"VP8L", &still[place + 8..][..length as usize]);
    let edge = (side - 1).to_le_bytes();
    let extent = [&edge[..3], &edge[..3]].concat();
    let mut chunks = chunk(*b"VP8X", &[&[2, 0, 0, 0][..], &extent].concat());
    chunks.extend(chunk(*b"ANIM", &[0; 6]));
    for _ in 0..frames {
        // At the corner, for 100 milliseconds.
        let header = [&[0; 6][..], &extent, &[100, 0, 0, 0]].concat();
        chunks.extend(chunk(*b"ANMF", &[&header, &pixels[..]].concat()));
    }
    chunk(*b"RIFF", &[b"WEBP", &chunks[..]].concat())
}

fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    let padding = vec![0; content.len() % 2];
    [&name[..], &length, content, &padding].concat()
}

#[test]
fn an_animation_of_more_than_a_hundred_mebibytes_is_rendered() {
    let scene = Scene::with_photos(&[]);
    let preset = "version = 1\n[generators.small]\n\
                  operations = [{ op = \"resize\", width = 50 }]\noutput = { format = \"webp\" }\n";
    scene.write("p.preset.toml", preset);
    scene.write("a.webp", animation(40, 1000));
    let rows = scene.render(&["a.webp"]).expect(0).rows();
    assert_eq!((&rows[0]["status"], &rows[0]["width"]), (&"rendered".into(), &50.into()));
}

#[test]
fn an_animation_beyond_the_memory_limit_is_said_to_be_that() {
    let scene = Scene::with_photos(&[]);
    scene.write("a.webp", animation(60, 4000));
    let rows = scene.render(&["a.webp"]).expect(1).rows();
    let error = &rows[0]["error"];
    assert_eq!(error["code"], "out_of_memory", "{error}");
    assert!(!error["message"].as_str().unwrap().contains("damaged"), "{error}");
}
