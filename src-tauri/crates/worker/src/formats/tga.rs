//! Truevision's TGA, through the `image` crate.

use std::io::Cursor;

use cropmark_rules::{Fault, Format};
use image::codecs::tga::TgaDecoder;

use super::{
    Load,
    decoder::{Decoder, Picture},
    image_crate,
};
use crate::vips::Levels;

pub(super) struct Tga;

impl Decoder for Tga {
    const FORMAT: Format = Format::Tga;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        image_crate::describe(Self::FORMAT, TgaDecoder::new(Cursor::new(bytes)))
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        image_crate::decode(Self::FORMAT, TgaDecoder::new(Cursor::new(bytes)), load)
    }
}
