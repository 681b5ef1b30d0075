//! Assets: the fingerprints by which an unchanged file is recognised without being read, what
//! its header said, and what people said about it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

use cropmark_rules::{
    AssetTexts, ContentHash, Format,
    protocol::{HEADER_VERSION, Header, stars},
    value::{CropFrame, FaceBox, Point},
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Blob, Json, Migration, PathColumn};
use crate::os;

// Headers are long and seldom needed; at the end of the row they do not stand in the way.
// `gone`: the file is no longer there, but a person's work on it is kept for its return, under
// this name or another.
pub(super) const MIGRATIONS: &[Migration] = &[
    (
        1,
        "CREATE TABLE assets (
        id       INTEGER NOT NULL PRIMARY KEY,
        path     TEXT NOT NULL UNIQUE,
        size     INTEGER NOT NULL CHECK (size >= 0),
        mtime_ns INTEGER NOT NULL,
        inode    INTEGER NOT NULL,
        content  BLOB CHECK (length(content) = 32),
        gone     INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
        focal_x  REAL CHECK (focal_x BETWEEN 0 AND 1),
        focal_y  REAL CHECK (focal_y BETWEEN 0 AND 1),
        marks    TEXT NOT NULL DEFAULT '[]',
        header   TEXT
     ) STRICT;
     CREATE INDEX assets_by_content ON assets (content) WHERE content IS NOT NULL;",
    ),
    (6, "ALTER TABLE assets ADD COLUMN crops TEXT NOT NULL DEFAULT '{}';"),
    (7, "ALTER TABLE assets ADD COLUMN texts TEXT NOT NULL DEFAULT '{}';"),
    (8, "ALTER TABLE assets ADD COLUMN faces TEXT;"),
];

/// The condition that people said something about an asset.
const ANNOTATED: &str = "(focal_x NOT NULL OR marks <> '[]' OR crops <> '{}' OR texts <> '{}'
                          OR faces NOT NULL)";

/// By what an unchanged file is recognised without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Relative to the workspace's folder.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970 of the last change.
    pub mtime_ns: i64,
    /// The file's number on its disk.
    pub inode: u64,
}

impl Fingerprint {
    /// That of a file whose metadata were just read.
    #[must_use]
    pub fn of(path: PathBuf, metadata: &std::fs::Metadata) -> Self {
        let (mtime_ns, inode) = (os::modified_ns(metadata), os::inode(metadata));
        Self { path, size: metadata.len(), mtime_ns, inode }
    }
}

/// A fingerprint, and the content that was read when the file had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAsset {
    /// The fingerprint.
    pub fingerprint: Fingerprint,
    /// The content's hash, once it was read.
    pub content: Option<ContentHash>,
}

/// All that is known of an asset.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// The fingerprint.
    pub fingerprint: Fingerprint,
    /// The content's hash, once it was read.
    pub content: Option<ContentHash>,
    /// The header, once it was read.
    pub header: Option<Header>,
    /// What people said about it.
    pub annotation: Annotation,
}

/// What lists of assets show, without the long rest of the header.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetBrief {
    /// The fingerprint.
    pub fingerprint: Fingerprint,
    /// The content's hash, once it was read.
    pub content: Option<ContentHash>,
    /// The header's beginning, once it was read.
    pub picture: Option<PictureBrief>,
    /// What people said about it.
    pub annotation: Annotation,
}

/// The part of a [`Header`] that lists show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureBrief {
    /// The file format.
    pub format: Format,
    /// Pixels, as stored.
    pub width: u32,
    /// Pixels of one frame, as stored.
    pub height: u32,
    /// Frames or pages.
    pub frames: u32,
    /// Whether there is an alpha channel.
    pub alpha: bool,
    /// The orientation tag, 1–8.
    pub orientation: u8,
    /// Stars, 1–5.
    pub rating: Option<u8>,
}

impl From<&Header> for PictureBrief {
    fn from(header: &Header) -> Self {
        let Header { format, width, height, frames, alpha, orientation, .. } = *header;
        Self { format, width, height, frames, alpha, orientation, rating: header.rating() }
    }
}

/// The column `header`. One of another version is as good as none.
#[derive(Debug, Serialize, Deserialize)]
struct KeptHeader {
    #[serde(default)]
    version: u32,
    #[serde(flatten)]
    header: Header,
}

impl KeptHeader {
    fn current(self) -> Option<Header> {
        (self.version == HEADER_VERSION).then_some(self.header)
    }
}

/// What lists need of that column: the rest, which may be long, is passed over.
#[derive(Debug, Deserialize)]
struct KeptBrief {
    #[serde(default)]
    version: u32,
    format: Format,
    width: u32,
    height: u32,
    frames: u32,
    alpha: bool,
    orientation: u8,
    #[serde(default)]
    metadata: KeptMetadata,
}

/// What lists need of a header's metadata.
#[derive(Debug, Default, Deserialize)]
struct KeptMetadata {
    #[serde(rename = "xmp.rating")]
    rating: Option<String>,
}

impl KeptBrief {
    fn current(self) -> Option<PictureBrief> {
        let Self { version, format, width, height, frames, alpha, orientation, metadata } = self;
        let rating = metadata.rating.and_then(|text| stars(&text));
        let picture = PictureBrief { format, width, height, frames, alpha, orientation, rating };
        (version == HEADER_VERSION).then_some(picture)
    }
}

/// A person's work on an asset.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Annotation {
    /// The focal point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focal: Option<Point>,
    /// The parts cut out by hand, by the names of the generators that they are for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub crops: BTreeMap<String, CropFrame>,
    /// The faces, where people have corrected those that are found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faces: Option<Vec<FaceBox>>,
    /// Marks such as `favourite`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub marks: BTreeSet<String>,
    /// What they wrote about it.
    #[serde(default, skip_serializing_if = "AssetTexts::is_empty")]
    pub texts: AssetTexts,
}

impl Annotation {
    fn is_empty(&self) -> bool {
        let Self { focal, crops, marks, texts, faces } = self;
        focal.is_none()
            && crops.is_empty()
            && marks.is_empty()
            && texts.is_empty()
            && faces.is_none()
    }
}

/// An asset that is new or has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetUpdate {
    /// The fingerprint, taken before the content was read.
    pub fingerprint: Fingerprint,
    /// The content's hash, if it was read.
    pub content: Option<ContentHash>,
    /// The header, if it was read.
    pub header: Option<Header>,
}

const COLUMNS: &str =
    "path, size, mtime_ns, inode, content, focal_x, focal_y, marks, crops, texts, faces, header";

fn known(row: &Row<'_>) -> rusqlite::Result<KnownAsset> {
    let fingerprint = Fingerprint {
        path: relative(row, 0)?,
        size: row.get::<_, i64>(1)?.cast_unsigned(),
        mtime_ns: row.get(2)?,
        inode: row.get::<_, i64>(3)?.cast_unsigned(),
    };
    let content: Option<Blob<ContentHash>> = row.get(4)?;
    Ok(KnownAsset { fingerprint, content: content.map(|Blob(hash)| hash) })
}

fn whole(row: &Row<'_>) -> rusqlite::Result<Asset> {
    let KnownAsset { fingerprint, content } = known(row)?;
    let header: Option<Json<KeptHeader>> = row.get(11)?;
    let header = header.and_then(|Json(header)| header.current());
    Ok(Asset { fingerprint, content, header, annotation: annotation(row, 5)? })
}

/// The annotation in six columns from `first` on.
fn annotation(row: &Row<'_>, first: usize) -> rusqlite::Result<Annotation> {
    let point: (Option<f64>, Option<f64>) = (row.get(first)?, row.get(first + 1)?);
    let Json(marks) = row.get(first + 2)?;
    let focal = if let (Some(x), Some(y)) = point { Some(Point { x, y }) } else { None };
    // A frame that makes no sense is left out, the others count.
    let Json(crops): Json<BTreeMap<String, Value>> = row.get(first + 3)?;
    let sound = |(name, frame)| Some((name, CropFrame::deserialize(&frame).ok()?));
    let crops = crops.into_iter().filter_map(sound).collect();
    let Json(texts) = row.get(first + 4)?;
    let faces: Option<Json<Vec<Value>>> = row.get(first + 5)?;
    let sound = |face: Value| FaceBox::deserialize(&face).ok();
    let faces =
        faces.map(|Json(faces)| faces.into_iter().filter_map(sound).take(FaceBox::MOST).collect());
    Ok(Annotation { focal, crops, faces, marks, texts })
}

/// A path that stays within the workspace, whatever a damaged index says.
fn relative(row: &Row<'_>, column: usize) -> rusqlite::Result<PathBuf> {
    let PathColumn(path): PathColumn<PathBuf> = row.get(column)?;
    if is_within(&path) {
        return Ok(path);
    }
    let (kind, detail) = (rusqlite::types::Type::Text, "the path leaves the workspace".into());
    Err(rusqlite::Error::FromSqlConversionFailure(column, kind, detail))
}

/// Whether a path is relative and has no `..`.
pub(crate) fn is_within(path: &Path) -> bool {
    let mut parts = path.components();
    !path.as_os_str().is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Every asset that is there, and how many rows could not be read.
pub(crate) fn all_known(connection: &Connection) -> rusqlite::Result<(Vec<KnownAsset>, usize)> {
    let sql = "SELECT path, size, mtime_ns, inode, content FROM assets WHERE gone = 0";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let (mut assets, mut unreadable) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        match known(row) {
            Ok(asset) => assets.push(asset),
            Err(_) => unreadable += 1,
        }
    }
    Ok((assets, unreadable))
}

/// What lists show of this many of the assets that are there, in the order of their paths from
/// the place `from` on; and how many rows that were, some of which may make no sense.
pub(crate) fn briefs(
    connection: &Connection,
    from: usize,
    count: usize,
) -> rusqlite::Result<(Vec<AssetBrief>, usize)> {
    let brief = |row: &Row<'_>| -> rusqlite::Result<AssetBrief> {
        let KnownAsset { fingerprint, content } = known(row)?;
        let picture: Option<Json<KeptBrief>> = row.get(11)?;
        let picture = picture.and_then(|Json(picture)| picture.current());
        Ok(AssetBrief { fingerprint, content, picture, annotation: annotation(row, 5)? })
    };
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let sql =
        format!("SELECT {COLUMNS} FROM assets WHERE gone = 0 ORDER BY path LIMIT ?1 OFFSET ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([number(count), number(from)])?;
    let (mut assets, mut read) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        read += 1;
        assets.extend(brief(row).ok());
    }
    Ok((assets, read))
}

pub(crate) fn get(connection: &Connection, path: &Path) -> rusqlite::Result<Option<Asset>> {
    let sql = format!("SELECT {COLUMNS} FROM assets WHERE path = ?1 AND gone = 0");
    connection.prepare_cached(&sql)?.query_row([PathColumn(path)], whole).optional()
}

pub(crate) fn with_content(
    connection: &Connection,
    content: ContentHash,
) -> rusqlite::Result<Vec<Asset>> {
    let sql = format!("SELECT {COLUMNS} FROM assets WHERE content = ?1 AND gone = 0 ORDER BY path");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map([Blob(content)], whole)?.collect()
}

/// Adds or changes one. An asset that was not here before takes over what people said about
/// another with the same content: a renamed or copied file keeps its focal point.
pub(crate) fn upsert(connection: &Connection, update: &AssetUpdate) -> rusqlite::Result<()> {
    let AssetUpdate { fingerprint, content, header } = update;
    let Fingerprint { path, size, mtime_ns, inode } = fingerprint;
    let header = header.clone().map(|header| Json(KeptHeader { version: HEADER_VERSION, header }));
    let values = params![
        PathColumn(path),
        size.cast_signed(),
        mtime_ns,
        inode.cast_signed(),
        content.map(Blob),
        header
    ];
    let change = "UPDATE assets SET size = ?2, mtime_ns = ?3, inode = ?4, content = ?5,
                  header = ?6, gone = 0 WHERE path = ?1";
    if connection.prepare_cached(change)?.execute(values)? > 0 {
        return Ok(());
    }
    let insert = "INSERT INTO assets (path, size, mtime_ns, inode, content, header)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(insert)?.execute(values)?;
    let Some(content) = content else { return Ok(()) };
    let inherit = format!(
        "UPDATE assets SET (focal_x, focal_y, marks, crops, texts, faces) =
           (SELECT focal_x, focal_y, marks, crops, texts, faces FROM assets
            WHERE content = ?2 AND path <> ?1 AND {ANNOTATED} ORDER BY gone DESC, id LIMIT 1)
         WHERE path = ?1 AND EXISTS
           (SELECT 1 FROM assets WHERE content = ?2 AND path <> ?1 AND {ANNOTATED})"
    );
    connection.prepare_cached(&inherit)?.execute(params![PathColumn(path), Blob(*content)])?;
    Ok(())
}

/// The file is no longer there.
pub(crate) fn remove(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    let keep = format!("UPDATE assets SET gone = 1, header = NULL WHERE path = ?1 AND {ANNOTATED}");
    if connection.prepare_cached(&keep)?.execute([PathColumn(path)])? == 0 {
        let sql = "DELETE FROM assets WHERE path = ?1";
        connection.prepare_cached(sql)?.execute([PathColumn(path)])?;
    }
    Ok(())
}

/// Sets what people said. `false`: there is no such asset.
pub(crate) fn annotate(
    connection: &Connection,
    path: &Path,
    annotation: &Annotation,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE assets SET focal_x = ?2, focal_y = ?3, marks = ?4, crops = ?5, texts = ?6,
               faces = ?7
               WHERE path = ?1";
    let focal = annotation.focal;
    let (x, y) = (focal.map(|point| point.x), focal.map(|point| point.y));
    let (marks, crops) = (Json(&annotation.marks), Json(&annotation.crops));
    let (texts, faces) = (Json(&annotation.texts), annotation.faces.as_ref().map(Json));
    let values = params![PathColumn(path), x, y, marks, crops, texts, faces];
    Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
}

/// All that people said, also about files that are gone.
pub(crate) fn annotations(
    connection: &Connection,
) -> rusqlite::Result<Vec<(PathBuf, Option<ContentHash>, Annotation)>> {
    let sql = format!(
        "SELECT path, content, focal_x, focal_y, marks, crops, texts, faces FROM assets
         WHERE {ANNOTATED} ORDER BY path"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let content: Option<Blob<ContentHash>> = row.get(1)?;
        let content = content.map(|Blob(hash)| hash);
        found.push((relative(row, 0)?, content, annotation(row, 2)?));
    }
    Ok(found)
}

/// Keeps what people said about a file that may not be here: for it, for those with its
/// content, and for the day that it comes.
pub(crate) fn import_annotation(
    connection: &Connection,
    path: &Path,
    content: Option<ContentHash>,
    annotation: &Annotation,
) -> rusqlite::Result<()> {
    if annotation.is_empty() || !is_within(path) {
        return Ok(());
    }
    let sql = "INSERT INTO assets (path, size, mtime_ns, inode, content, gone)
               VALUES (?1, 0, 0, 0, ?2, 1) ON CONFLICT (path) DO NOTHING";
    connection.prepare_cached(sql)?.execute(params![PathColumn(path), content.map(Blob)])?;
    annotate(connection, path, annotation)?;
    for asset in
        content.map(|content| with_content(connection, content)).transpose()?.into_iter().flatten()
    {
        if asset.annotation.is_empty() {
            annotate(connection, &asset.fingerprint.path, annotation)?;
        }
    }
    Ok(())
}

/// How many are there, and how many have a focal point, a crop, corrected faces or a mark.
pub(crate) fn totals(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
    let sql = format!("SELECT count(*), coalesce(sum({ANNOTATED}), 0) FROM assets WHERE gone = 0");
    connection.prepare_cached(&sql)?.query_row([], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned()))
    })
}

/// What is read of a damaged index: the columns of which table, and its order (`~` stands for
/// the direction). An index of an earlier version has no crops, no texts or no faces.
pub(crate) fn salvaged(old: &Connection) -> (String, &'static str) {
    let mut columns = COLUMNS.to_owned();
    for (later, default) in [("crops", "'{}'"), ("texts", "'{}'"), ("faces", "NULL")] {
        if old.prepare(&format!("SELECT {later} FROM assets")).is_err() {
            columns = columns.replace(later, default);
        }
    }
    (format!("{columns}, gone FROM assets"), "id ~")
}

pub(crate) fn salvage(row: &Row<'_>) -> rusqlite::Result<(Asset, bool)> {
    Ok((whole(row)?, row.get(12)?))
}

/// Puts an asset back as it was.
pub(crate) fn restore(
    connection: &Connection,
    (asset, gone): &(Asset, bool),
) -> rusqlite::Result<()> {
    let Asset { fingerprint, content, header, annotation } = asset.clone();
    let path = fingerprint.path.clone();
    upsert(connection, &AssetUpdate { fingerprint, content, header })?;
    annotate(connection, &path, &annotation)?;
    if *gone {
        remove(connection, &path)?;
    }
    Ok(())
}
