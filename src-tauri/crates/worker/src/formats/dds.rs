//! Microsoft texture files (DDS) compressed as DXT1, DXT3 and DXT5, through the `image` crate: the first
//! surface at its full size.

use std::io::Cursor;

use cropmark_rules::{Fault, Format};
use image::codecs::dds::DdsDecoder;

use super::{
    Load,
    decoder::{Decoder, Picture},
    image_crate,
};
use crate::vips::Levels;

pub(super) struct Dds;

impl Decoder for Dds {
    const FORMAT: Format = Format::Dds;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        image_crate::describe(Self::FORMAT, DdsDecoder::new(Cursor::new(bytes)))
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        image_crate::decode(Self::FORMAT, DdsDecoder::new(Cursor::new(bytes)), load)
    }
}
