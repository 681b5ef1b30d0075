//! A PNG of any picture file, for programs that read few formats and for the window.

use std::{path::Path, sync::Arc};

use cropmark_engine::{
    Class,
    intake::{Accepts, ContentIdentity, Intake, IntakeRequest},
    presets::OverlayFiles,
    render::{Purpose, RenderJob, Target},
};
use cropmark_rules::{Format, protocol::Header};

use super::{Library, pictures::Recipe};
use crate::{ApiError, context::blocking, screen};

impl Library {
    /// Encodes a picture file as PNG, the first frame of an animation. Nothing of it is kept.
    pub(crate) async fn as_png(&self, file: &Path) -> Result<Arc<[u8]>, ApiError> {
        self.encoded(file, |_| Recipe::png()).await
    }

    /// Encodes a picture file in a format that the window shows: as PNG, an animation as WebP.
    /// Nothing of it is kept.
    pub(crate) async fn as_shown(
        &self,
        file: &Path,
    ) -> Result<(&'static str, Arc<[u8]>), ApiError> {
        let recipe = |header: &Header| {
            if header.frames > 1 { Recipe::original(header, 0) } else { Recipe::png() }
        };
        let bytes = self.encoded(file, recipe).await?;
        let format = if bytes.starts_with(b"RIFF") { Format::Webp } else { Format::Png };
        Ok((format.facts().media_type, bytes))
    }

    async fn encoded(
        &self,
        file: &Path,
        recipe: impl FnOnce(&Header) -> Recipe,
    ) -> Result<Arc<[u8]>, ApiError> {
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
        let variant = recipe(&known.facts.header).variant(known.facts.content_hash);
        let purpose = Purpose::Preview { keeps_decoded: false };
        let job = RenderJob::one(known, &variant, OverlayFiles::default(), purpose);
        let target = blocking(Target::unnamed).await??;
        Ok(screen::render(engine, job, target, |_, bytes| bytes).await?)
    }
}
