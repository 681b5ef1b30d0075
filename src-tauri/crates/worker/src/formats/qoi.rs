//! QOI, through the `image` crate.

use std::io::Cursor;

use cropmark_rules::{Fault, Format};
use image::codecs::qoi::QoiDecoder;

use super::{
    Load,
    decoder::{Decoder, Picture},
    image_crate,
};
use crate::vips::Levels;

pub(super) struct Qoi;

impl Decoder for Qoi {
    const FORMAT: Format = Format::Qoi;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        image_crate::describe(Self::FORMAT, QoiDecoder::new(Cursor::new(bytes)))
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        image_crate::decode(Self::FORMAT, QoiDecoder::new(Cursor::new(bytes)), load)
    }
}
