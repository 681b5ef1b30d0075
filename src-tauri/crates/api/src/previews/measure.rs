//! Measures a variant: its size and its score, as it is or at several qualities.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use cropmark_rules::{Encoding, Key, canonical, plan::PlannedVariant};

use super::{
    Previews,
    render::Keeping,
    resolve::{Request, Resolved, encoded},
};
use crate::{
    ApiError,
    model::{MeasureArguments, Measured, MeasuredPoint},
};

/// The most qualities of one request.
const QUALITIES: usize = 20;

/// The most measurements that are remembered; then all are forgotten.
const REMEMBERED: usize = 4096;

/// What was measured, by the key of the variant that was rendered for it.
#[derive(Debug, Default)]
pub(super) struct Cache {
    points: Mutex<HashMap<Key, MeasuredPoint>>,
}

impl Cache {
    fn get(&self, key: Key) -> Option<MeasuredPoint> {
        self.points().get(&key).copied()
    }

    fn put(&self, key: Key, point: MeasuredPoint) {
        let mut points = self.points();
        if points.len() >= REMEMBERED {
            points.clear();
        }
        points.insert(key, point);
    }

    fn points(&self) -> MutexGuard<'_, HashMap<Key, MeasuredPoint>> {
        self.points.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Previews {
    /// Renders a variant at each of the qualities, and returns sizes and scores. A newer request of
    /// the same slot ends this one as `superseded`.
    pub(crate) async fn measure(&self, arguments: MeasureArguments) -> Result<Measured, ApiError> {
        if arguments.qualities.len() > QUALITIES
            || arguments.qualities.iter().any(|quality| !(1..=100).contains(quality))
        {
            return Err(ApiError::invalid("At most 20 qualities from 1 to 100 are measured."));
        }
        self.in_slot(&arguments.variant.slot, self.points(&arguments)).await
    }

    async fn points(&self, arguments: &MeasureArguments) -> Result<Measured, ApiError> {
        let wanted = &arguments.variant;
        let resolved = self.resolve(wanted.asset, Request::from(wanted)).await?;
        let exact = &resolved.variant.encoding;
        let encodings = if arguments.qualities.is_empty() {
            vec![Encoding { scored: true, ..exact.clone() }]
        } else {
            arguments.qualities.iter().map(|quality| at_quality(exact, *quality)).collect()
        };
        let mut points = Vec::with_capacity(encodings.len());
        for encoding in encodings {
            let encoding = canonical::encoding(encoding);
            let variant = encoded(&resolved.variant, resolved.asset.facts(), encoding);
            points.push(self.point(&resolved, &variant).await?);
        }
        Ok(Measured { points })
    }

    async fn point(
        &self,
        resolved: &Resolved,
        variant: &PlannedVariant,
    ) -> Result<MeasuredPoint, ApiError> {
        if let Some(point) = self.inner.measured.get(variant.key) {
            return Ok(point);
        }
        let rendered = self.render(resolved, variant, Keeping::InMemory).await?.rendered;
        let point = MeasuredPoint {
            quality: rendered.quality,
            bytes: rendered.bytes,
            score: rendered.score,
        };
        self.inner.measured.put(variant.key, point);
        Ok(point)
    }
}

/// The encoding at a quality, without what would choose another one or the original's bytes.
fn at_quality(exact: &Encoding, quality: u8) -> Encoding {
    Encoding {
        quality: Some(quality),
        max_bytes: None,
        target_score: None,
        never_larger: false,
        trials: BTreeMap::new(),
        scored: true,
        ..exact.clone()
    }
}
