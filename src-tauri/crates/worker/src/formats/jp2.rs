//! JPEG 2000: files and bare code streams, by `hayro-jpeg2000`. Smaller pictures are decoded from
//! fewer levels of the wavelet.

use cropmark_rules::{Fault, Format};
use hayro_jpeg2000::{ColorSpace, DecodeError, DecodeSettings, DecoderContext, Image};

use super::{
    Load,
    decoder::{Decoder, Model, Picture, broken, unsupported},
};
use crate::vips::{Band, Levels};

pub(super) struct Jp2;

impl Decoder for Jp2 {
    const FORMAT: Format = Format::Jp2;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        picture(&opened(bytes, None)?)
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        let whole = opened(bytes, None)?;
        let reduced = |side: u32| side.div_ceil(load.shrink.max(1));
        let size = (load.shrink > 1).then(|| (reduced(whole.width()), reduced(whole.height())));
        let image = opened(bytes, size)?;
        let picture = picture(&image)?;
        let mut context = DecoderContext::default();
        let decoded = image.decode(&mut context).map_err(fault_of)?;
        let planes: Vec<(&[f32], f32)> = decoded
            .components()
            .iter()
            .take(picture.bands() as usize)
            .map(|plane| (plane.samples(), highest(plane.bit_depth())))
            .collect();
        let count = picture.width as usize * picture.height as usize;
        if planes.len() != picture.bands() as usize || planes.iter().any(|it| it.0.len() != count) {
            return Err(broken(Format::Jp2, "its bands are of different sizes"));
        }
        let levels = (0..count).flat_map(|at| {
            planes.iter().map(move |(plane, highest)| (plane[at] / highest).clamp(0.0, 1.0))
        });
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1")]
        let levels = if picture.band == Band::Short {
            Levels::Shorts(levels.map(|level| (level * 65_535.0 + 0.5) as u16).collect())
        } else {
            Levels::Bytes(levels.map(|level| (level * 255.0 + 0.5) as u8).collect())
        };
        Ok((picture, levels))
    }
}

fn opened(bytes: &[u8], size: Option<(u32, u32)>) -> Result<Image<'_>, Fault> {
    let settings = DecodeSettings { target_resolution: size, ..DecodeSettings::default() };
    Image::new(bytes, &settings).map_err(fault_of)
}

/// The highest level of so many bits.
#[expect(clippy::cast_precision_loss, reason = "of at most 38 bits, of which 24 count")]
fn highest(bits: u8) -> f32 {
    ((1u64 << bits.clamp(1, 38)) - 1) as f32
}

fn picture(image: &Image<'_>) -> Result<Picture, Fault> {
    let space = image.color_space();
    let model = match space.num_channels() {
        1 => Model::Grey,
        3 => Model::Rgb,
        4 => Model::Cmyk,
        count => return Err(unsupported(Format::Jp2, format!("it has {count} colours"))),
    };
    let bits = u32::from(image.original_bit_depth());
    let mut picture = Picture::new(image.width(), image.height(), model, image.has_alpha(), bits);
    if let ColorSpace::Icc { profile, .. } = space {
        picture.profile = Some(profile.clone());
    }
    Ok(picture)
}

fn fault_of(error: DecodeError) -> Fault {
    broken(Format::Jp2, error)
}
