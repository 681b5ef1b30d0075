//! Reads lines of `width height reference distorted`, tabs between, on standard input, the two being files of
//! 8-bit RGB pixels, and writes the SSIMULACRA2 score of each pair on a line of its own.

use std::{
    error::Error,
    fs,
    io::{BufRead, stdin},
};

use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        println!("{:.3}", score(&line?)?);
    }
    Ok(())
}

fn score(line: &str) -> Result<f64, Box<dyn Error>> {
    let words: Vec<&str> = line.splitn(4, '\t').collect();
    let [width, height, reference, distorted] = words[..] else {
        return Err(format!("not four words between tabs: {line}").into());
    };
    let (width, height) = (width.parse()?, height.parse()?);
    let reference = pixels(reference, width, height)?;
    let distorted = pixels(distorted, width, height)?;
    Ok(compute_frame_ssimulacra2(reference, distorted)?)
}

fn pixels(path: &str, width: usize, height: usize) -> Result<Rgb, Box<dyn Error>> {
    let bytes = fs::read(path)?;
    let (samples, _rest) = bytes.as_chunks::<3>();
    let samples = samples.iter().map(|sample| sample.map(|value| f32::from(value) / 255.0));
    Ok(Rgb::new(
        samples.collect(),
        width,
        height,
        TransferCharacteristic::SRGB,
        ColorPrimaries::BT709,
    )?)
}
