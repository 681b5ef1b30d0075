//! A PNG of any picture file, for programs that read few formats.

use std::{path::Path, sync::Arc};

use cropmark_engine::{
    Class,
    intake::{Accepts, ContentIdentity, Intake, IntakeRequest},
    presets::OverlayFiles,
    render::{Purpose, RenderJob, Target},
};

use super::{Library, pictures::Recipe};
use crate::{ApiError, context::blocking, screen};

impl Library {
    /// Encodes a picture file as PNG, the first frame of an animation. Nothing of it is kept.
    pub(crate) async fn as_png(&self, file: &Path) -> Result<Arc<[u8]>, ApiError> {
        let engine = self.inner.context.engine()?;
        let request = IntakeRequest {
            remote: None,
            path: file.to_owned(),
            asset: file.to_string_lossy().into_owned(),
            known_as: None,
            class: Class::OnDemand,
            accepts: Accepts::Everything,
            identity: ContentIdentity::Bytes,
        };
        let taken = Intake::new(engine.clone(), None).take(request).await;
        let known = taken.map_err(|error| ApiError::from(error.fault))?;
        let variant = Recipe::png().variant(known.facts.content_hash);
        let purpose = Purpose::Preview { keeps_decoded: false };
        let job = RenderJob::one(known, &variant, OverlayFiles::default(), purpose);
        let target = blocking(Target::unnamed).await??;
        Ok(screen::render(engine, job, target, |_, bytes| bytes).await?)
    }
}
