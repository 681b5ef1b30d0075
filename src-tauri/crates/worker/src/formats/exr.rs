//! EXR, through the `image` crate: the first layer with red, green and blue. Its light is shown by
//! `source.exposure` and `source.tone`.

use std::io::Cursor;

use cropmark_rules::{Fault, Format};
use image::codecs::openexr::OpenExrDecoder;

use super::{
    Load,
    decoder::{Decoder, Picture},
    image_crate,
};
use crate::vips::Levels;

pub(super) struct Exr;

impl Decoder for Exr {
    const FORMAT: Format = Format::Exr;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        image_crate::describe(Self::FORMAT, OpenExrDecoder::new(Cursor::new(bytes)))
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        // Colours are stored multiplied by alpha (Technical Introduction to `OpenEXR`).
        image_crate::decode_light(Self::FORMAT, OpenExrDecoder::new(Cursor::new(bytes)), load, true)
    }
}
