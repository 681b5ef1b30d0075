//! URLs in other systems' languages: which paths are some, and what they ask for.
//!
//! A language has a module of its own. imgproxy's and Konifer's URLs bring their rules along; those of
//! Magnolia name generators and themes of the workspace.

use std::{borrow::Cow, sync::Arc};

use hyper::{HeaderMap, Response, Uri};

use crate::{
    body::Body,
    hints::Hints,
    imgproxy::{ImgproxyPath, ImgproxySettings},
    konifer::{KoniferSettings, KoniferUrl, Reference},
    magnolia::MagnoliaPath,
    negotiation::Negotiation,
    refusal::Refusal,
    resolve::Address,
    shared::ServeSettings,
};

/// A URL in another system's language.
#[derive(Debug)]
pub(crate) enum ForeignUrl<'u> {
    Imgproxy(&'u ImgproxySettings, ImgproxyPath<'u>),
    Konifer(&'u KoniferSettings, KoniferUrl<'u>),
    Magnolia(MagnoliaPath<'u>),
}

impl<'u> ForeignUrl<'u> {
    /// Takes a URL that is in a language which is answered.
    pub(crate) fn of(settings: &'u ServeSettings, uri: &'u Uri) -> Option<Self> {
        let path = uri.path();
        if let Some(konifer) = &settings.konifer
            && let Some(url) = KoniferUrl::of(uri)
        {
            return Some(Self::Konifer(konifer, url));
        }
        if settings.magnolia
            && let Some(path) = MagnoliaPath::of(path)
        {
            return Some(Self::Magnolia(path));
        }
        let imgproxy = settings.imgproxy.as_ref()?;
        Some(Self::Imgproxy(imgproxy, imgproxy.path(path)?))
    }

    /// Checks the signature; returns whether there is one that counts.
    pub(crate) fn check(&self) -> Result<bool, Refusal> {
        match self {
            Self::Imgproxy(imgproxy, path) => imgproxy.check(*path),
            Self::Konifer(konifer, url) => konifer.check(*url),
            Self::Magnolia(_) => Ok(false),
        }
    }

    /// Leaves those headers of a request that the answer depends on.
    pub(crate) fn heeded<'h>(&self, negotiation: Negotiation<'h>) -> Negotiation<'h> {
        match self {
            Self::Imgproxy(..) => Negotiation::default(),
            Self::Konifer(..) => Negotiation { hints: Hints::Off, ..negotiation },
            Self::Magnolia(_) => negotiation,
        }
    }

    /// What the URL is remembered by: everything that its meaning depends on, headers aside.
    pub(crate) fn name(&self) -> Cow<'u, str> {
        match self {
            Self::Imgproxy(_, path) => path.whole().into(),
            Self::Konifer(_, url) => url.name().into(),
            Self::Magnolia(path) => path.whole().into(),
        }
    }

    /// How the picture is referred to, where it is not given itself.
    pub(crate) fn reference(&self, headers: &HeaderMap) -> Result<Option<Reference>, Refusal> {
        match self {
            Self::Konifer(konifer, url) => konifer.reference(*url, headers),
            Self::Imgproxy(..) | Self::Magnolia(_) => Ok(None),
        }
    }

    /// Reads what is asked for.
    pub(crate) fn read(&self, accept: Option<&str>) -> Result<Address, Refusal> {
        match self {
            Self::Imgproxy(imgproxy, path) => Ok(Address::Foreign(Arc::new(imgproxy.read(*path)?))),
            Self::Konifer(konifer, url) => {
                Ok(Address::Foreign(Arc::new(konifer.read(*url, accept)?)))
            }
            Self::Magnolia(path) => path.read().map(Address::Magnolia),
        }
    }

    /// Adds the headers that only this language's answers have.
    pub(crate) fn mark(&self, answer: &mut Response<Body>, was_kept: bool) {
        if let Self::Konifer(..) = self {
            KoniferUrl::mark(answer, was_kept);
        }
    }
}
