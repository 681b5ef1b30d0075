//! Turns an image upright, as its orientation tag says.

use cropmark_rules::Fault;

use crate::{
    canvas::{Canvas, fault},
    vips::{Call, Turn},
};

/// As [`upright`], for what will be in memory in any case.
pub(crate) fn upright_now(mut canvas: Canvas, orientation: u8) -> Result<Canvas, Fault> {
    let turn = match orientation {
        5 => Turn { from_bottom: false, from_right: false },
        6 => Turn { from_bottom: true, from_right: false },
        7 => Turn { from_bottom: true, from_right: true },
        8 => Turn { from_bottom: false, from_right: true },
        _ => return upright(canvas, orientation),
    };
    let mut turned = Vec::with_capacity(canvas.frames.len());
    for frame in &canvas.frames {
        match frame.turned(turn).map_err(fault)? {
            Some(frame) => turned.push(frame),
            None => return upright(canvas, orientation),
        }
    }
    canvas.frames = turned;
    canvas.nominal = canvas.nominal.turned();
    Ok(canvas)
}

/// Turns and mirrors as the orientation tag says (1–8, as in EXIF).
pub(crate) fn upright(canvas: Canvas, orientation: u8) -> Result<Canvas, Fault> {
    let (angle, mirrored) = match orientation {
        2 => ("d0", true),
        3 => ("d180", false),
        4 => ("d180", true),
        5 => ("d90", true),
        6 => ("d90", false),
        7 => ("d270", true),
        8 => ("d270", false),
        _ => return Ok(canvas),
    };
    let nominal = if orientation >= 5 { canvas.nominal.turned() } else { canvas.nominal };
    let mut canvas = canvas;
    for frame in &mut canvas.frames {
        // Turning reads columns: the rows must be there.
        let mut turned = frame.materialize().map_err(fault)?;
        if angle != "d0" {
            turned = Call::new("rot")
                .image("in", &turned)
                .text("angle", angle)
                .output()
                .map_err(fault)?;
        }
        if mirrored {
            turned = Call::new("flip")
                .image("in", &turned)
                .text("direction", "horizontal")
                .output()
                .map_err(fault)?;
        }
        *frame = turned;
    }
    canvas.nominal = nominal;
    Ok(canvas)
}
