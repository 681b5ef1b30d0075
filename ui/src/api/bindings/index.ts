// Made from the program's own types by `cargo test -p cropmark-api`: do not edit.

/**
 * The engine's activity.
 */
export type Activity = { 
/**
 * Work that the user waits for.
 */
on_demand: ClassActivity, 
/**
 * Background work: exports, eager generators.
 */
eager: ClassActivity, 
/**
 * Bytes of memory that the running jobs take, by estimate.
 */
memory_used: number, 
/**
 * The most bytes that they may take.
 */
memory_limit: number, 
/**
 * Whether the next job waits for memory.
 */
memory_waiting: boolean, 
/**
 * One a worker place.
 */
workers: Array<WorkerActivity>, 
/**
 * Jobs done since the start.
 */
jobs: number, 
/**
 * Workers that died.
 */
crashed: number, 
/**
 * Workers stopped because a variant took too long.
 */
timed_out: number, 
/**
 * Variants tried a second time.
 */
retried: number, };

/**
 * An annotation of assets by the user. It can be undone.
 */
export type Annotation = { "kind": "focal", 
/**
 * The asset's number.
 */
asset: number, 
/**
 * The point; null: none.
 */
point: FocalPoint | null, 
/**
 * Changes with the same gesture (a drag) are undone together.
 */
gesture: string | null, } | { "kind": "crop", 
/**
 * The asset's number.
 */
asset: number, 
/**
 * The generator's name.
 */
generator: string, 
/**
 * The part; null: what the generator's rule shows.
 */
frame: CropFrame | null, 
/**
 * Changes with the same gesture (a drag) are undone together.
 */
gesture: string | null, } | { "kind": "faces", 
/**
 * The asset's number.
 */
asset: number, 
/**
 * All faces; null: as they are found.
 */
faces: Array<FaceBox> | null, } | { "kind": "mark", 
/**
 * The assets' numbers.
 */
assets: Array<number>, 
/**
 * The mark.
 */
mark: string, 
/**
 * Whether they have it afterwards.
 */
set: boolean, } | { "kind": "texts", 
/**
 * The asset's number.
 */
asset: number, 
/**
 * The title; empty: none.
 */
title: string, 
/**
 * The description; empty: none.
 */
alt: string, 
/**
 * Changes with the same gesture (typing without a pause) are undone together.
 */
gesture: string | null, };

/**
 * A failed command: a code that the window acts on, and a sentence for the user.
 */
export type ApiError = { 
/**
 * `no_workspace`, `not_found`, `not_granted`, `unmatched` (the generator does not apply to
 * the asset), `superseded`, `read_only`, `bad_call`, `system`, or a variant's code such as
 * `unreadable`.
 */
code: string, 
/**
 * What happened and what to do.
 */
message: string, 
/**
 * Whether trying again can help.
 */
can_retry: boolean, };

/**
 * A source image.
 *
 * Its thumbnail is `variant://localhost/thumbnail/<id>/<version>/<pixels>` (the longer side; a
 * WebP or JPEG), a larger picture of it for comparing
 * `variant://localhost/original/<id>/<version>/<pixels>` (0: all its pixels), and the same without
 * loss, to compute with, `variant://localhost/lossless/<id>/<version>/<pixels>`.
 */
export type Asset = { 
/**
 * Its number while the workspace is open.
 */
id: number, 
/**
 * Below the workspace's folder, with forward slashes.
 */
path: string, 
/**
 * Changes with its content; part of its URLs.
 */
version: string, 
/**
 * The file's length.
 */
bytes: number, 
/**
 * When the file was changed: milliseconds since 1970.
 */
changed_ms: number, 
/**
 * Whether it was read, and why it cannot be.
 */
state: AssetState, 
/**
 * The focal point.
 */
focal: FocalPoint | null, 
/**
 * The parts of it cut out by hand, by the names of the generators that they are for.
 */
crops: { [key in string]: CropFrame }, 
/**
 * Its faces as the user has set them; null: as they are found.
 */
faces: Array<FaceBox> | null, 
/**
 * Marks, such as `favourite`.
 */
marks: Array<string>, 
/**
 * Its title, as the user wrote it; null: none.
 */
title: string | null, 
/**
 * A description for people who do not see it; null: none.
 */
alt: string | null, 
/**
 * The stars that its metadata give it, 1–5.
 */
rating: number | null, };

/**
 * An asset by its number.
 */
export type AssetArguments = { 
/**
 * The asset's number.
 */
asset: number, };

/**
 * A source's header and metadata for display.
 */
export type AssetDetails = { 
/**
 * The asset.
 */
asset: Asset, 
/**
 * Absolute path.
 */
absolute: string, 
/**
 * The colour model: `srgb`, `grey`, `cmyk` …
 */
space: string | null, 
/**
 * The embedded colour profile's name.
 */
profile: string | null, 
/**
 * Bands, alpha included.
 */
bands: number | null, 
/**
 * Bits a band.
 */
depth: number | null, 
/**
 * The orientation tag, 1–8.
 */
orientation: number | null, 
/**
 * Metadata by name, such as `exif.Artist`.
 */
metadata: { [key in string]: string }, 
/**
 * A ThumbHash of it, base64, for pages that load; null where it cannot be read.
 */
thumbhash: string | null, };

/**
 * Whether an asset was read.
 */
export type AssetState = { "kind": "waiting", } | { "kind": "ready", 
/**
 * The file format, by its bytes.
 */
format: string, 
/**
 * Pixels, upright.
 */
width: number, 
/**
 * Pixels of one frame, upright.
 */
height: number, 
/**
 * Frames or pages.
 */
frames: number, 
/**
 * Whether it has an alpha channel.
 */
alpha: boolean, } | { "kind": "unreadable", 
/**
 * The kind of the fault.
 */
code: string, 
/**
 * What is wrong and what to do.
 */
message: string, };

/**
 * The numbers of assets by state, for filters; an asset counts in each state of its variants.
 */
export type AssetStates = { 
/**
 * Those with a variant missing.
 */
missing: Array<number>, 
/**
 * Those with a stale one.
 */
stale: Array<number>, 
/**
 * Those with one that failed, or that cannot be read.
 */
failed: Array<number>, 
/**
 * Whether all assets are counted; if not, events `states` follow.
 */
complete: boolean, };

/**
 * The assets that are known, in the order of their paths.
 */
export type Assets = { 
/**
 * The assets.
 */
assets: Array<Asset>, 
/**
 * Whether the whole folder is listed; if not, events bring the rest.
 */
complete: boolean, };

/**
 * The work of one class.
 */
export type ClassActivity = { 
/**
 * Jobs that wait for their turn.
 */
queued: number, 
/**
 * Jobs of paused runs.
 */
held: number, 
/**
 * Jobs that run.
 */
running: number, };

/**
 * What happens where a name is taken.
 */
export type ConflictPolicy = "unique" | "overwrite" | "if-changed" | "skip";

/**
 * A copy of a preset file with its changes.
 */
export type CopyArguments = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The id of the grant of the copy's path.
 */
grant: string, };

/**
 * Which preset file is made, and from what.
 */
export type CreateArguments = { 
/**
 * Below the workspace's folder.
 */
file: string, 
/**
 * The preset that it begins as; null: one with a single generator.
 */
starter: Starter | null, };

/**
 * A part of a picture that is upright, cut out by hand: shares of its sides.
 */
export type CropFrame = { 
/**
 * From the left edge of the picture to that of the part.
 */
x: number, 
/**
 * From the top edge of the picture to that of the part.
 */
y: number, 
/**
 * The part's width.
 */
width: number, 
/**
 * The part's height.
 */
height: number, };

/**
 * A preset's text with its changes.
 */
export type Document = { 
/**
 * The preset file.
 */
file: string, 
/**
 * Rises with each change.
 */
revision: number, 
/**
 * The text.
 */
text: string, 
/**
 * What it says, as JSON of the same structure as the TOML: also keys that are unknown.
 * Null where it is no TOML; the form keeps the last one then.
 */
value: JsonValue, 
/**
 * What the files say that it extends, merged, in the same form; null where there are none.
 */
inherited: JsonValue, 
/**
 * What is wrong with it.
 */
problems: Array<Problem>, 
/**
 * What it says and surely does not mean.
 */
warnings: Array<Warning>, 
/**
 * Whether there are changes that are not saved.
 */
dirty: boolean, 
/**
 * The text on disk, if another program changed the file since the changes began: the user
 * chooses by `resolve_conflict`.
 */
conflict: string | null, };

/**
 * The grant of what was dropped on the window, and what to do with it.
 */
export type DropArguments = { 
/**
 * The grant's id.
 */
grant: string, 
/**
 * The folder below the open workspace that files are copied into; empty: the workspace's own.
 * A single folder is opened instead. Null: the folder, or that of the first file, is opened.
 */
into: string | null, };

/**
 * The outcome of a drop.
 */
export type Dropped = { 
/**
 * The workspace that was opened, if one was.
 */
opened: WorkspaceInfo | null, 
/**
 * How many files were copied in.
 */
copied: number, 
/**
 * Those that were not, with the reason.
 */
refused: Array<string>, };

/**
 * One edit.
 */
export type Edit = { "kind": "set", 
/**
 * The key.
 */
path: Array<Step>, 
/**
 * Its new value; whole numbers stay whole.
 */
value: JsonValue, } | { "kind": "remove", 
/**
 * The key or element.
 */
path: Array<Step>, } | { "kind": "remove_with_comments", 
/**
 * The table.
 */
path: Array<Step>, } | { "kind": "import", 
/**
 * The key that gets it.
 */
path: Array<Step>, 
/**
 * What the table says.
 */
value: JsonValue, 
/**
 * The other preset file.
 */
file: string, 
/**
 * The table's path in that file.
 */
from: Array<Step>, } | { "kind": "insert", 
/**
 * The array.
 */
path: Array<Step>, 
/**
 * The element's place; at or above the length: at the end.
 */
index: number, 
/**
 * The element.
 */
value: JsonValue, } | { "kind": "move", 
/**
 * The array.
 */
path: Array<Step>, 
/**
 * The element's place.
 */
from: number, 
/**
 * Its place afterwards.
 */
to: number, } | { "kind": "rename", 
/**
 * The key.
 */
path: Array<Step>, 
/**
 * Its new name.
 */
to: string, } | { "kind": "duplicate", 
/**
 * The table.
 */
path: Array<Step>, 
/**
 * The copy's name.
 */
to: string, } | { "kind": "reorder", 
/**
 * The key.
 */
path: Array<Step>, 
/**
 * The key of the same table that follows it afterwards; null: none.
 */
before: string | null, };

/**
 * Changes of a document by its form: keys, comments and order stay.
 */
export type EditArguments = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The changes, all or none.
 */
edits: Array<Edit>, 
/**
 * What is done, for 'Undo …': `Change quality`.
 */
label: string, 
/**
 * Changes with the same gesture (a slider's drag) are undone together.
 */
gesture: string | null, };

/**
 * An event that the program sends to the window.
 */
export type Event = { "kind": "workspace", 
/**
 * The one that is open now.
 */
workspace: WorkspaceInfo | null, } | { "kind": "assets", 
/**
 * As they are now.
 */
changed: Array<Asset>, 
/**
 * The numbers of those that are gone.
 */
removed: Array<number>, 
/**
 * Whether the whole folder is listed.
 */
complete: boolean, } | { "kind": "states", 
/**
 * The assets' numbers; empty: all.
 */
assets: Array<number>, } | { "kind": "presets", } | { "kind": "document", 
/**
 * The preset file.
 */
file: string, 
/**
 * The text's number, rising.
 */
revision: number, } | { "kind": "history" } & History | { "kind": "activity" } & Activity | { "kind": "run" } & RunInfo | { "kind": "notice", 
/**
 * How much it matters.
 */
level: NoticeLevel, 
/**
 * A sentence.
 */
message: string, };

/**
 * What to export, and where to.
 */
export type ExportArguments = { 
/**
 * The assets' numbers; empty: all.
 */
assets: Array<number>, 
/**
 * The generators.
 */
generators: Array<GeneratorChoice>, 
/**
 * The grant of the folder; null: none is chosen yet.
 */
destination: string | null, 
/**
 * The name template, such as `{generator}/{path}/{stem}{variation}.{ext}`.
 */
template: string, 
/**
 * What happens where a name is taken.
 */
on_conflict: ConflictPolicy, 
/**
 * Values for parameters, for all assets.
 */
parameters: { [key in string]: string }, 
/**
 * The grant of a CSV file with values, a row an asset.
 */
parameters_csv: string | null, };

/**
 * The forecast of an export.
 */
export type ExportPlan = { 
/**
 * How many files.
 */
total: number, 
/**
 * How many variants cannot be made, as far as that is known beforehand.
 */
refused: number, 
/**
 * The first names that will be written (at most 200).
 */
names: Array<PlannedName>, 
/**
 * Outputs of the same name, each pair as a sentence.
 */
clashes: Array<string>, 
/**
 * Why the folder cannot be used, if so; the names are listed all the same.
 */
folder: string | null, 
/**
 * Why the name template cannot be used, if so.
 */
template: string | null, 
/**
 * What else keeps the run from beginning: no generators, a wrong table of values.
 */
problems: Array<string>, 
/**
 * Assets that give nothing: unreadable, or taken by no generator.
 */
without: number, 
/**
 * The first of these assets (at most 200).
 */
skipped: Array<SkippedAsset>, 
/**
 * Bytes of the files, estimated from what the workspace keeps; null: nothing is known yet.
 */
bytes: number | null, };

/**
 * The choices of an export under a name, to be used again in any workspace.
 */
export type ExportProfile = { 
/**
 * Its name, unique among the profiles.
 */
name: string, 
/**
 * The generators; those that a workspace lacks are left out there.
 */
generators: Array<GeneratorChoice>, 
/**
 * The folder, if one was chosen.
 */
destination: Grant | null, 
/**
 * The name template.
 */
template: string, 
/**
 * What happens where a name is taken.
 */
on_conflict: ConflictPolicy, 
/**
 * Values for parameters, for all assets.
 */
parameters: { [key in string]: string }, };

/**
 * The saved profiles, by name.
 */
export type ExportProfiles = { 
/**
 * The profiles.
 */
profiles: Array<ExportProfile>, };

/**
 * The box of a face in a picture that is upright, from forehead to chin: shares of its sides.
 */
export type FaceBox = { 
/**
 * From the left edge of the picture to that of the box.
 */
x: number, 
/**
 * From the top edge of the picture to that of the box.
 */
y: number, 
/**
 * The box's width.
 */
width: number, 
/**
 * The box's height.
 */
height: number, };

/**
 * Why something failed.
 */
export type FaultInfo = { 
/**
 * The kind.
 */
code: string, 
/**
 * What happened and what to do.
 */
message: string, };

/**
 * A preset file by its path.
 */
export type FileArguments = { 
/**
 * Below the workspace's folder.
 */
file: string, };

/**
 * A point of a picture that is upright: 0–1 from the left and from the top.
 */
export type FocalPoint = { 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, };

/**
 * Fonts that texts can be set in.
 */
export type Fonts = { 
/**
 * The families, in alphabetical order.
 */
families: Array<string>, };

/**
 * A generator of a preset file.
 */
export type GeneratorChoice = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The generator.
 */
generator: string, };

/**
 * A generator, for lists.
 */
export type GeneratorInfo = { 
/**
 * The name.
 */
name: string, 
/**
 * What it is for.
 */
description: string | null, 
/**
 * Whether it is rendered in the background.
 */
eager: boolean, 
/**
 * Whether it is off because of a problem.
 */
broken: boolean, 
/**
 * The names of its variations (widths, themes' ones as `theme/name`).
 */
variations: Array<string>, 
/**
 * The formats it writes, as the preset names them.
 */
formats: Array<string>, 
/**
 * The file that the preset extends and that alone says what this generator is.
 */
from: string | null, };

/**
 * The permission to use a file or a folder that the user chose, or that belongs to the workspace.
 */
export type Grant = { 
/**
 * The name of the permission in commands; it cannot be guessed.
 */
id: string, 
/**
 * The path, to be shown.
 */
path: string, };

/**
 * A folder by its grant.
 */
export type GrantArguments = { 
/**
 * The grant's id.
 */
grant: string, };

/**
 * How often each level, from dark to light, is in a picture: 256 counts of pixels, transparent ones
 * aside.
 */
export type Histogram = { 
/**
 * Brightness as the eye weighs it (Rec. 709, of the encoded values).
 */
luminance: Array<number>, 
/**
 * Red.
 */
red: Array<number>, 
/**
 * Green.
 */
green: Array<number>, 
/**
 * Blue.
 */
blue: Array<number>, };

/**
 * The next steps to undo and to redo, as labels.
 */
export type History = { 
/**
 * The next to be undone.
 */
undo: string | null, 
/**
 * The next to be redone.
 */
redo: string | null, };

/**
 * A row an asset, a cell a generator.
 */
export type Matrix = { 
/**
 * In the order of the arguments.
 */
rows: Array<MatrixRow>, };

/**
 * States of many assets' variants.
 */
export type MatrixArguments = { 
/**
 * The assets' numbers (those on the screen; at most 500).
 */
assets: Array<number>, 
/**
 * The preset files; empty: all.
 */
files: Array<string>, };

/**
 * The variants of one asset by one generator.
 */
export type MatrixCell = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The generator.
 */
generator: string, 
/**
 * The least good state among them: failed, rendering, stale, missing, ready.
 */
state: VariantState, 
/**
 * How many there are.
 */
total: number, 
/**
 * How many of them are ready.
 */
ready: number, 
/**
 * A picture of one that is there.
 */
url: string | null, 
/**
 * The first fault.
 */
fault: FaultInfo | null, };

/**
 * One asset's cells.
 */
export type MatrixRow = { 
/**
 * The asset's number.
 */
asset: number, 
/**
 * One a generator that takes the asset.
 */
cells: Array<MatrixCell>, };

/**
 * Which variant is measured, at which qualities.
 */
export type MeasureArguments = { 
/**
 * The variant; whether a draft is wanted does not count.
 */
variant: PreviewArguments, 
/**
 * The qualities, 1 to 100 and at most 20 of them; empty: the variant as it is.
 */
qualities: Array<number>, };

/**
 * A variant's size and score, at each quality that was asked for.
 */
export type Measured = { 
/**
 * In the order of the qualities.
 */
points: Array<MeasuredPoint>, };

/**
 * A variant's size and score at one quality.
 */
export type MeasuredPoint = { 
/**
 * The quality; null where the format has none.
 */
quality: number | null, 
/**
 * Bytes of the file.
 */
bytes: number, 
/**
 * SSIMULACRA2 against the pixels before encoding: 90 cannot be told apart, 70 is high, 50
 * medium quality; null: the picture is too small to be scored.
 */
score: number | null, };

/**
 * A command without arguments, or without a reply.
 */
export type Nothing = Record<symbol, never>;

/**
 * How much a notice matters.
 */
export type NoticeLevel = "information" | "warning" | "error";

/**
 * A name that will be written.
 */
export type PlannedName = { 
/**
 * The asset's path, below the workspace's folder.
 */
source: string, 
/**
 * The generator.
 */
generator: string, 
/**
 * Below the destination; null where only the result knows, or nothing can be made.
 */
name: string | null, 
/**
 * Why nothing can be made, where that is known.
 */
fault: FaultInfo | null, 
/**
 * Whether a file has this name already.
 */
taken: boolean, };

/**
 * A preset file of the workspace.
 */
export type PresetFile = { 
/**
 * Below the workspace's folder.
 */
file: string, 
/**
 * Its generators, in the order of the file.
 */
generators: Array<GeneratorInfo>, 
/**
 * Its themes, in the order of the file.
 */
themes: Array<ThemeInfo>, 
/**
 * What is wrong with it.
 */
problems: Array<Problem>, 
/**
 * Whether there are changes that are not saved.
 */
dirty: boolean, 
/**
 * Whether the file was changed on disk as well since the changes began.
 */
conflict: boolean, 
/**
 * Why it cannot be read at all.
 */
trouble: string | null, };

/**
 * A variant that can be shown.
 */
export type Preview = { 
/**
 * Where the page gets it: `variant://localhost/variant/<key>.<extension>`.
 */
url: string, 
/**
 * The variant's key.
 */
key: string, 
/**
 * The format.
 */
format: string, 
/**
 * Pixels.
 */
width: number, 
/**
 * Pixels of one frame.
 */
height: number, 
/**
 * Frames.
 */
frames: number, 
/**
 * The file's length.
 */
bytes: number, 
/**
 * The original file's length.
 */
source_bytes: number, 
/**
 * The quality that was used, where the format has one.
 */
quality: number | null, 
/**
 * The SSIMULACRA2 score, where it was measured.
 */
score: number | null, 
/**
 * Milliseconds that it cost.
 */
ms: number, 
/**
 * Whether it was there already.
 */
cached: boolean, 
/**
 * Whether it is a draft.
 */
draft: boolean, 
/**
 * Remarks for the user: alpha dropped, a limit not met.
 */
notes: Array<string>, 
/**
 * Where the upright original lies in the picture: the affine map `[a, b, c, d, e, f]` from
 * shares of the original's sides to shares of the picture's, `x' = a x + c y + e` and
 * `y' = b x + d y + f`. Null: unknown (another page, windows that were not recorded).
 */
placement: [number, number, number, number, number, number] | null, 
/**
 * The original's faces, where the operations ask for faces; else null.
 */
faces: Array<FaceBox> | null, };

/**
 * One variant to be shown.
 */
export type PreviewArguments = { 
/**
 * Where it is shown: a new request of the same slot ends the former one with the code
 * `superseded`.
 */
slot: string, 
/**
 * The asset's number.
 */
asset: number, 
/**
 * The preset file; its document counts, saved or not.
 */
file: string, 
/**
 * The generator.
 */
generator: string, 
/**
 * The variation, as `GeneratorInfo.variations` names it; null: the first.
 */
variation: string | null, 
/**
 * The format, where the generator writes several; null: the first.
 */
format: string | null, 
/**
 * Whether a draft is wanted: the encoder's lowest effort and no search for a size or score, so
 * that the bytes are an estimate. The pixels are nearly those of the exact variant.
 */
draft: boolean, 
/**
 * Values for parameters.
 */
parameters: { [key in string]: string }, 
/**
 * Edits of the document that hold for this variant only. The document stays as it is.
 */
edits?: Array<Edit>, };

/**
 * What is wrong at one place of a preset file.
 */
export type Problem = { 
/**
 * From 1.
 */
line: number, 
/**
 * From 1, in characters.
 */
column: number, 
/**
 * How many characters are meant, where they are on one line.
 */
length: number | null, 
/**
 * What is wrong, and what would be right, as a sentence.
 */
message: string, 
/**
 * The generator that is off because of it.
 */
generator: string | null, };

/**
 * A profile by its name.
 */
export type ProfileArguments = { 
/**
 * The name.
 */
name: string, };

/**
 * The use that a grant is for.
 */
export type Purpose = "workspace" | "destination" | "table" | "overlay" | "report" | "preset_copy" | "variant_file" | "drop" | "file";

/**
 * A workspace that was open before.
 */
export type RecentWorkspace = { 
/**
 * The id of the grant to open it; empty in the user's file.
 */
grant: string, 
/**
 * The folder.
 */
path: string, 
/**
 * The folder's name.
 */
name: string, 
/**
 * Whether it is there now.
 */
exists: boolean, 
/**
 * Whether it was open when the program ended: then the next start opens it.
 */
open: boolean, 
/**
 * When it was last opened: milliseconds since 1970.
 */
opened_ms: number, };

/**
 * Where a report is saved.
 */
export type ReportArguments = { 
/**
 * The run's number.
 */
id: number, 
/**
 * The grant of a new file whose name ends in `.csv`, `.json` or `.jsonl`.
 */
grant: string, };

/**
 * How a conflict ends.
 */
export type ResolveArguments = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The text to continue with: the one from disk, the edited one, or a mixture. The document is then
 * compared with what is on disk now.
 */
text: string, };

/**
 * Which rows are tried again.
 */
export type RetryArguments = { 
/**
 * The run's number.
 */
id: number, 
/**
 * Their places; empty: all that failed and that trying again can help.
 */
positions: Array<number>, };

/**
 * Rows of a run's report.
 */
export type Rows = { 
/**
 * How many there are in all.
 */
total: number, 
/**
 * The rows.
 */
rows: Array<RunRow>, };

/**
 * Some rows of a run's report.
 */
export type RowsArguments = { 
/**
 * The run's number.
 */
id: number, 
/**
 * Only those that failed.
 */
failed: boolean, 
/**
 * From this row on.
 */
offset: number, 
/**
 * At most so many.
 */
limit: number, };

/**
 * A run by its number.
 */
export type RunArguments = { 
/**
 * The run's number.
 */
id: number, };

/**
 * An export run.
 */
export type RunInfo = { 
/**
 * Its number in the workspace.
 */
id: number, 
/**
 * Answers and events may overtake each other: the larger number is the later state.
 */
seen: number, 
/**
 * Its state.
 */
state: RunState, 
/**
 * Why it is paused or has failed, as a sentence.
 */
reason: string | null, 
/**
 * When it began: milliseconds since 1970.
 */
created_ms: number, 
/**
 * The folder that it writes to.
 */
destination: string, 
/**
 * The generators' names.
 */
generators: Array<string>, 
/**
 * Variants in all; null while they are being counted.
 */
total: number | null, 
/**
 * Rendered.
 */
rendered: number, 
/**
 * Taken from the cache.
 */
cached: number, 
/**
 * There already.
 */
skipped: number, 
/**
 * Failed.
 */
failed: number, 
/**
 * Whether trying some of the failed ones again can help.
 */
can_retry: boolean, 
/**
 * Bytes written.
 */
bytes: number, 
/**
 * Seconds of work so far.
 */
seconds: number, 
/**
 * Files a second lately.
 */
rate: number, 
/**
 * Seconds that it will still take, by the rate.
 */
eta_seconds: number | null, };

/**
 * A variant of a run.
 */
export type RunRow = { 
/**
 * Its place in the run.
 */
position: number, 
/**
 * The source's path, below the workspace's folder where it lies there.
 */
source: string, 
/**
 * The generator.
 */
generator: string | null, 
/**
 * The variation.
 */
variation: string | null, 
/**
 * `waiting`, `running`, `rendered`, `cached`, `skipped` or `failed`.
 */
status: string, 
/**
 * The file.
 */
path: string | null, 
/**
 * Pixels.
 */
width: number | null, 
/**
 * Pixels.
 */
height: number | null, 
/**
 * The file's length.
 */
bytes: number | null, 
/**
 * Milliseconds that it cost.
 */
ms: number | null, 
/**
 * Why it failed.
 */
fault: FaultInfo | null, 
/**
 * Whether it failed and trying again can help; not where the rule refuses the source, say.
 */
can_retry: boolean, 
/**
 * Remarks about the file for the user: a limit not met, alpha dropped.
 */
notes: Array<string>, };

/**
 * The state of a run.
 */
export type RunState = "running" | "paused" | "cancelled" | "done";

/**
 * All runs of the workspace, the newest first.
 */
export type Runs = { 
/**
 * The runs.
 */
runs: Array<RunInfo>, };

/**
 * A variant to be saved under a name that the user chose.
 */
export type SaveVariantArguments = { 
/**
 * The variant.
 */
variant: PreviewArguments, 
/**
 * The id of the grant of the file's path.
 */
grant: string, };

/**
 * The window's state to be kept until its next start.
 */
export type SessionArguments = { 
/**
 * Anything, up to 256 KiB.
 */
session: JsonValue, };

/**
 * A new text of a document, from the text view.
 */
export type SetTextArguments = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The whole text.
 */
text: string, 
/**
 * Changes with the same gesture (typing without a pause) are undone together.
 */
gesture: string | null, };

/**
 * The settings. They are the user's, not a workspace's.
 */
export type Settings = { 
/**
 * Light, dark, or as the system has it.
 */
theme: ThemeSetting, 
/**
 * The size of the window's text and controls, in percent: 100–150.
 */
interface_scale: number, 
/**
 * Jobs at once; null: chosen by the number of cores. Takes effect with the next start.
 */
workers: number | null, 
/**
 * Of 100 turns, those of work that the user waits for: 0–100.
 */
on_demand_share: number, 
/**
 * The most bytes of memory for all running jobs; null: half of the machine's.
 */
max_memory: number | null, 
/**
 * Seconds a variant may take.
 */
timeout_seconds: number, 
/**
 * The most bytes of kept variants in a workspace.
 */
cache_bytes: number, 
/**
 * Whether generators marked eager are rendered while the workspace is open.
 */
render_eager: boolean, 
/**
 * Whether the system shows a notice when a long batch ends.
 */
notify: boolean, };

/**
 * Every variant of one asset.
 */
export type Sheet = { 
/**
 * What can be rendered, in the order of the presets.
 */
variants: Array<SheetVariant>, 
/**
 * The generators that do not take the asset, with the reason.
 */
unmatched: Array<Unmatched>, };

/**
 * An asset's variants.
 */
export type SheetArguments = { 
/**
 * The asset's number.
 */
asset: number, 
/**
 * The preset files; empty: all.
 */
files: Array<string>, };

/**
 * A variant, resolved but perhaps not rendered.
 */
export type SheetVariant = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The generator.
 */
generator: string, 
/**
 * The variation, as `GeneratorInfo.variations` names it.
 */
variation: string | null, 
/**
 * The format; `smallest` where only the result knows.
 */
format: string, 
/**
 * The size, where it follows from the header.
 */
size: [number, number] | null, 
/**
 * Its state.
 */
state: VariantState, 
/**
 * Where the page gets it, if it is there.
 */
url: string | null, 
/**
 * The file's length, if it is there.
 */
bytes: number | null, 
/**
 * Why it cannot be rendered, or failed when it was last tried.
 */
fault: FaultInfo | null, };

/**
 * An asset that an export leaves out.
 */
export type SkippedAsset = { 
/**
 * The asset's path, below the workspace's folder.
 */
source: string, 
/**
 * Why it cannot be read; null: no chosen generator takes it.
 */
reason: string | null, };

/**
 * A place of the window that shows variants, as [`PreviewArguments`] names it.
 */
export type SlotArguments = { 
/**
 * Its name.
 */
slot: string, };

/**
 * Texts for web pages.
 */
export type Snippet = { 
/**
 * A `<picture>` element with `srcset`, sizes in it and the placeholder.
 */
html: string, 
/**
 * The same facts as JSON.
 */
manifest: string, 
/**
 * The ThumbHash, base64.
 */
thumbhash: string | null, };

/**
 * The variants for the texts for web pages.
 */
export type SnippetArguments = { 
/**
 * The asset's number.
 */
asset: number, 
/**
 * The preset file.
 */
file: string, 
/**
 * The generator.
 */
generator: string, 
/**
 * The name template of the files.
 */
template: string, 
/**
 * The prefix of the names, such as `https://example.com/images/`.
 */
base: string, };

/**
 * The data that the window starts with.
 */
export type StartUp = { 
/**
 * The program's version.
 */
version: string, 
/**
 * The workspaces that were open before, the last one first.
 */
recent: Array<RecentWorkspace>, 
/**
 * The workspace that is open already: named at the start, or still open.
 */
workspace: WorkspaceInfo | null, 
/**
 * The folder that the user chose last to export to.
 */
destination: Grant | null, 
/**
 * The session that the window saved last; null at the first start.
 */
session: JsonValue, 
/**
 * The settings.
 */
settings: Settings, 
/**
 * The preset file's JSON Schema: all operations and options with their types, ranges,
 * defaults and descriptions.
 */
schema: JsonValue, 
/**
 * Formats that can be written, by the names that presets use.
 */
writes: Array<string>, 
/**
 * Why the folder that the program was started with is not open; until one is.
 */
refused: string | null, 
/**
 * Why workers cannot be started, if they cannot: nothing can be shown then.
 */
trouble: string | null, };

/**
 * A preset to begin with.
 */
export type Starter = "responsive" | "social" | "shop" | "thumbnails" | "print" | "favicons" | "newsletter" | "densities" | "documentation";

/**
 * A step on the way to a value: a table's key or an array's place.
 */
export type Step = number | string;

/**
 * A text to be copied.
 */
export type Text = { 
/**
 * The text.
 */
text: string, };

/**
 * A theme, for lists.
 */
export type ThemeInfo = { 
/**
 * The name.
 */
name: string, 
/**
 * What it is for.
 */
description: string | null, 
/**
 * The generator whose sizes it varies.
 */
generator: string, 
/**
 * The names of its variations.
 */
variations: Array<string>, };

/**
 * Light or dark.
 */
export type ThemeSetting = "system" | "light" | "dark";

/**
 * What an undo or a redo touched, so that the window can show it.
 */
export type Undone = { 
/**
 * What was done.
 */
label: string | null, 
/**
 * The preset file, if it was about one.
 */
file: string | null, 
/**
 * The assets, if it was about some.
 */
assets: Array<number>, };

/**
 * A generator that does not take an asset.
 */
export type Unmatched = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The generator.
 */
generator: string, 
/**
 * Why, as a sentence about the asset.
 */
reason: string, };

/**
 * A preset file with changes that cannot be saved where it is, or not be kept until the workspace is
 * opened again.
 */
export type UnsavablePreset = { 
/**
 * The preset file.
 */
file: string, 
/**
 * Why, as a sentence.
 */
reason: string, };

/**
 * The state of a variant.
 */
export type VariantState = "ready" | "missing" | "stale" | "rendering" | "failed";

/**
 * Which assets are on the screen.
 */
export type VisibleArguments = { 
/**
 * Their numbers, the most important first. Waiting thumbnails of all other
 * assets leave the queue; the window requests them again when they return.
 */
assets: Array<number>, };

/**
 * What stands at one place of a preset file and is surely not meant.
 */
export type Warning = { 
/**
 * From 1.
 */
line: number, 
/**
 * From 1, in characters.
 */
column: number, 
/**
 * How many characters are meant, where they are on one line.
 */
length: number | null, 
/**
 * What will happen, and what to do instead, as a sentence.
 */
message: string, 
/**
 * The generator concerned; it works.
 */
generator: string | null, 
/**
 * The change that mends it, where one certainly does.
 */
fix: Edit | null, };

/**
 * One worker place.
 */
export type WorkerActivity = { 
/**
 * The process, while there is one.
 */
process: number | null, 
/**
 * Whether the place is kept for work that the user waits for.
 */
kept: boolean, 
/**
 * Its activity.
 */
state: WorkerState, 
/**
 * Jobs that this process has finished.
 */
jobs: number, 
/**
 * Bytes that it held after its last job.
 */
resident_bytes: number, };

/**
 * The activity of a worker place.
 */
export type WorkerState = "starting" | "idle" | "on_demand" | "eager" | "ending" | "down";

/**
 * The open workspace.
 */
export type WorkspaceInfo = { 
/**
 * The folder.
 */
path: string, 
/**
 * The folder's name.
 */
name: string, 
/**
 * Whether it is the user's copy of the samples.
 */
samples: boolean, 
/**
 * Why nothing can be kept in it, if so: another process has it open, no permission.
 */
read_only: string | null, 
/**
 * Damage that was found and repaired on opening, and other news.
 */
notices: Array<string>, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

export interface Commands {
  /** The data that the window starts with. */
  start_up: (arguments_: Nothing) => StartUp;
  /** Keeps the window's state for its next start. */
  save_session: (arguments_: SessionArguments) => Nothing;
  /** The families of fonts that texts can be set in. */
  fonts: (arguments_: Nothing) => Fonts;
  /** Changes the settings. */
  set_settings: (arguments_: Settings) => Settings;
  /** Forgets a recent workspace. */
  forget_recent: (arguments_: GrantArguments) => Nothing;
  /** Versions, sandbox, limits, the engine's state and the log's tail, for a report to the makers. */
  diagnostics: (arguments_: Nothing) => Text;
  /** Opens a folder as the workspace, in place of the one that is open. */
  open_workspace: (arguments_: GrantArguments) => WorkspaceInfo;
  /** Opens the workspace that was open at the last end, if there was one. */
  reopen: (arguments_: Nothing) => Nothing;
  /** Opens the user's own copy of the samples. */
  open_samples: (arguments_: Nothing) => WorkspaceInfo;
  /** Closes the workspace. */
  close_workspace: (arguments_: Nothing) => Nothing;
  /** Opens a dropped folder, or copies dropped files into the workspace. */
  drop_paths: (arguments_: DropArguments) => Dropped;
  /** The assets that are known. */
  assets: (arguments_: Nothing) => Assets;
  /** Header and metadata of one asset. */
  asset_details: (arguments_: AssetArguments) => AssetDetails;
  /** How often each level is in an asset's picture. */
  histogram: (arguments_: AssetArguments) => Histogram;
  /** Sets the assets that are on the screen. */
  set_visible: (arguments_: VisibleArguments) => Nothing;
  /** Sets focal points and marks. */
  annotate: (arguments_: Annotation) => Nothing;
  /** The preset files. */
  presets: (arguments_: Nothing) => Array<PresetFile>;
  /** A preset's text with its changes. */
  document: (arguments_: FileArguments) => Document;
  /** Changes a document by its form. */
  edit: (arguments_: EditArguments) => Document;
  /** Changes a document by its text. */
  set_text: (arguments_: SetTextArguments) => Document;
  /** Writes a document to its file. */
  save: (arguments_: FileArguments) => Document;
  /** Takes all unsaved changes of a document back. It can be undone. */
  revert: (arguments_: FileArguments) => Document;
  /** The preset files with changes that closing the workspace could not save, or not keep. */
  unsavable: (arguments_: Nothing) => Array<UnsavablePreset>;
  /** Writes a preset with its changes to another file; the reply is a grant to show that. */
  save_copy: (arguments_: CopyArguments) => Grant;
  /** Takes all unsaved changes of a document back, also those that are kept for the next time. */
  discard: (arguments_: FileArguments) => Nothing;
  /** Ends a conflict with what another program wrote. */
  resolve_conflict: (arguments_: ResolveArguments) => Document;
  /** Makes a preset file, with a first generator. */
  create_preset: (arguments_: CreateArguments) => Document;
  /** The next steps to undo and redo. */
  history: (arguments_: Nothing) => History;
  /** Undoes the last step. */
  undo: (arguments_: Nothing) => Undone;
  /** Redoes the step that was undone last. */
  redo: (arguments_: Nothing) => Undone;
  /** Renders a variant for the screen. */
  preview: (arguments_: PreviewArguments) => Preview;
  /** A variant's size and score, as it is or at several qualities. */
  measure: (arguments_: MeasureArguments) => Measured;
  /** Ends the request of a slot, if one is under way, as `superseded`. */
  end_request: (arguments_: SlotArguments) => Nothing;
  /** All variants of an asset. */
  sheet: (arguments_: SheetArguments) => Sheet;
  /** States of many assets' variants. */
  matrix: (arguments_: MatrixArguments) => Matrix;
  /** Assets by the states of their variants. */
  asset_states: (arguments_: Nothing) => AssetStates;
  /** Texts for web pages. */
  snippet: (arguments_: SnippetArguments) => Snippet;
  /** Copies a variant to a file with a readable name, to be dragged to another program. */
  variant_file: (arguments_: PreviewArguments) => Grant;
  /** The name that a variant's file has if the user chooses no other. */
  variant_name: (arguments_: PreviewArguments) => Text;
  /** Writes a variant to a file that the user chose; the reply is a grant to show that. */
  save_variant: (arguments_: SaveVariantArguments) => Grant;
  /** The file of an asset, to be shown or dragged out. */
  asset_file: (arguments_: AssetArguments) => Grant;
  /** Forecasts an export: names, counts, problems. */
  plan_export: (arguments_: ExportArguments) => ExportPlan;
  /** Starts an export. */
  start_export: (arguments_: ExportArguments) => RunInfo;
  /** The runs. */
  runs: (arguments_: Nothing) => Runs;
  /** Rows of a run's report. */
  run_rows: (arguments_: RowsArguments) => Rows;
  /** Pauses a run. */
  pause_run: (arguments_: RunArguments) => RunInfo;
  /** Continues a run that is paused or was interrupted. */
  resume_run: (arguments_: RunArguments) => RunInfo;
  /** Ends a run; the files that are written stay. */
  cancel_run: (arguments_: RunArguments) => RunInfo;
  /** Tries rows that failed again. */
  retry_run: (arguments_: RetryArguments) => RunInfo;
  /** Forgets a run that is over. */
  forget_run: (arguments_: RunArguments) => Nothing;
  /** Saves a run's report. */
  save_report: (arguments_: ReportArguments) => Nothing;
  /** The saved profiles of exports. */
  export_profiles: (arguments_: Nothing) => ExportProfiles;
  /** Saves a profile, in place of the one of the same name. */
  save_export_profile: (arguments_: ExportProfile) => ExportProfiles;
  /** Deletes a profile. */
  forget_export_profile: (arguments_: ProfileArguments) => ExportProfiles;
  /** The choices that a run was started with, to export again. */
  run_choices: (arguments_: RunArguments) => ExportProfile;
  /** The folder that a run writes to, to be shown. */
  run_folder: (arguments_: RunArguments) => Grant;
}
