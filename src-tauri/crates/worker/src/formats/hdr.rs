//! Radiance HDR, through the `image` crate. Its light is shown by `source.exposure` and
//! `source.tone`.

use std::io::Cursor;

use cropmark_rules::{Fault, Format};
use image::codecs::hdr::HdrDecoder;

use super::{
    Load,
    decoder::{Decoder, Picture},
    image_crate,
};
use crate::vips::Levels;

pub(super) struct Hdr;

impl Decoder for Hdr {
    const FORMAT: Format = Format::Hdr;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        image_crate::describe(Self::FORMAT, HdrDecoder::new_nonstrict(Cursor::new(bytes)))
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        let decoder = HdrDecoder::new_nonstrict(Cursor::new(bytes));
        image_crate::decode_light(Self::FORMAT, decoder, load, false)
    }
}
