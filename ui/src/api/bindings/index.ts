// Made from the program's own types by `cargo test -p cropmark-api`: do not edit.

/**
 * What the engine does now.
 */
export type Activity = { 
/**
 * Work that a person waits for.
 */
on_demand: ClassActivity, 
/**
 * Work that nobody looks at: exports, eager generators.
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
 * A person's word on assets. It can be undone.
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
gesture: string | null, } | { "kind": "mark", 
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
set: boolean, };

/**
 * A failed command: a code where the window acts on it, and a sentence that people read.
 */
export type ApiError = { 
/**
 * `no_workspace`, `not_found`, `superseded`, `read_only`, `bad_call`, `system`, or a
 * variant's code such as `unreadable`.
 */
code: string, 
/**
 * What happened and what to do.
 */
message: string, 
/**
 * Whether the same may go better the next time.
 */
can_retry: boolean, };

/**
 * A source image.
 *
 * Its thumbnail is `variant://localhost/thumbnail/<id>/<version>/<pixels>` (the longer side; a
 * WebP or JPEG), a larger picture of it for comparing
 * `variant://localhost/original/<id>/<version>/<pixels>` (0: all its pixels).
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
 * Whether it was looked into, and why it cannot be read.
 */
state: AssetState, 
/**
 * The focal point.
 */
focal: FocalPoint | null, 
/**
 * Marks, such as `favourite`.
 */
marks: Array<string>, };

/**
 * An asset by its number.
 */
export type AssetArguments = { 
/**
 * The asset's number.
 */
asset: number, };

/**
 * What a source's header says, for people.
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
 * Whether an asset was looked into.
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
 * Whether all assets were looked at; if not, events `states` follow.
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
 * Whether the folder was looked through to its end; if not, events bring the rest.
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
 * What is wrong with it.
 */
problems: Array<Problem>, 
/**
 * Whether there are changes that are not saved.
 */
dirty: boolean, 
/**
 * The text on disk, if somebody else changed the file since the changes began: the person
 * chooses by `resolve_conflict`.
 */
conflict: string | null, };

/**
 * What was dropped on the window.
 */
export type DropArguments = { 
/**
 * Absolute paths. One folder, with no workspace open or above a hint, is opened; files are
 * copied into the open workspace, or, with none open, their folder is opened.
 */
paths: Array<string>, 
/**
 * The folder below the workspace that files are copied into; empty: the workspace's own.
 */
into: string, };

/**
 * What became of what was dropped.
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
 * One change.
 */
export type Edit = { "kind": "set", 
/**
 * Where.
 */
path: Array<Step>, 
/**
 * What; whole numbers stay whole.
 */
value: JsonValue, } | { "kind": "remove", 
/**
 * Which.
 */
path: Array<Step>, } | { "kind": "adopt", 
/**
 * Where.
 */
path: Array<Step>, 
/**
 * What it says there.
 */
value: JsonValue, 
/**
 * The other preset file.
 */
file: string, 
/**
 * Where in that.
 */
from: Array<Step>, } | { "kind": "give", 
/**
 * Which.
 */
path: Array<Step>, } | { "kind": "insert", 
/**
 * The array.
 */
path: Array<Step>, 
/**
 * Before which place; at or above the length: at the end.
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
 * From this place.
 */
from: number, 
/**
 * To this place, as it is afterwards.
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
 * Before which key of the same table; null: after all of them.
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
 * What the program tells the window without being asked.
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
 * Whether the folder was looked through to its end.
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
 * An absolute folder.
 */
destination: string, 
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
 * A CSV file with values, a row an asset.
 */
parameters_csv: string | null, };

/**
 * What an export would do.
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
 * What is wrong with the folder, if something is; the names are told all the same.
 */
folder: string | null, 
/**
 * What is wrong with the name template, if something is.
 */
template: string | null, 
/**
 * What else keeps the run from beginning: no generators, a wrong table of values.
 */
problems: Array<string>, 
/**
 * Assets that give nothing: unreadable, or taken by no generator.
 */
without: number, };

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
formats: Array<string>, };

/**
 * What can be undone and redone, in a person's words.
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
 * A command without arguments, or without a reply.
 */
export type Nothing = Record<symbol, never>;

/**
 * How much a notice matters.
 */
export type NoticeLevel = "information" | "warning" | "error";

/**
 * A folder or a file.
 */
export type PathArguments = { 
/**
 * An absolute path.
 */
path: string, };

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
 * Whether it is only a quick look.
 */
draft: boolean, 
/**
 * What the person should know: alpha dropped, a limit not met.
 */
notes: Array<string>, 
/**
 * The part of the upright original that the picture shows, where it follows from the
 * chain: left, top, width and height in shares (0–1). Null: unknown (trimmed, rotated,
 * chosen by what is to be seen).
 */
shows: [number, number, number, number] | null, };

/**
 * One variant to be shown.
 */
export type PreviewArguments = { 
/**
 * Who asks: a new request of the same slot takes the former one back, which then ends
 * with the code `superseded`.
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
 * Whether a quick look is wanted: the encoder's lowest effort and no search for a size or
 * score, so that the bytes are an estimate. The pixels are nearly those of the real one.
 */
draft: boolean, 
/**
 * Values for parameters.
 */
parameters: { [key in string]: string }, };

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
 * A workspace that was open before.
 */
export type RecentWorkspace = { 
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
 * An absolute path ending in `.csv`, `.json` or `.jsonl`.
 */
path: string, };

/**
 * How a conflict ends.
 */
export type ResolveArguments = { 
/**
 * The preset file.
 */
file: string, 
/**
 * The text to go on with: the one from disk, one's own, or a mixture. The document is then
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
 * Answers and events may overtake each other: what has the larger number was seen later.
 */
seen: number, 
/**
 * Where it stands.
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
 * What a person should know about the file: a limit not met, alpha dropped.
 */
notes: Array<string>, };

/**
 * Where a run stands.
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
 * What the window wants kept until its next start.
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
 * The settings. They are kept for the person, not in a workspace.
 */
export type Settings = { 
/**
 * Light, dark, or as the system has it.
 */
theme: ThemeSetting, 
/**
 * Jobs at once; null: chosen by the number of cores. Takes effect with the next start.
 */
workers: number | null, 
/**
 * Of 100 turns, those of work that a person waits for: 0–100.
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
 * Whether the system tells when a long batch ends.
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
 * What there is of it.
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
 * Which variants a text for web pages is about.
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
 * What stands before the names, such as `https://example.com/images/`.
 */
base: string, };

/**
 * What the window needs first.
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
 * What the window kept at its end, as it gave it; null at the first start.
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
 * Families of the fonts that ship with the product.
 */
fonts: Array<string>, 
/**
 * Why the folder that the program was started with is not open; until one is.
 */
refused: string | null, 
/**
 * Why workers cannot be started, if they cannot: nothing can be shown then.
 */
trouble: string | null, };

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
 * What there is of a variant.
 */
export type VariantState = "ready" | "missing" | "stale" | "rendering" | "failed";

/**
 * Which assets are on the screen.
 */
export type VisibleArguments = { 
/**
 * Their numbers, the most important first. Thumbnails of others that nobody has started on
 * are taken out of the queue; asking for them again later is right.
 */
assets: Array<number>, };

/**
 * One worker place.
 */
export type WorkerActivity = { 
/**
 * The process, while there is one.
 */
process: number | null, 
/**
 * Whether the place is kept for work that a person waits for.
 */
kept: boolean, 
/**
 * What it does.
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
 * What a worker place does.
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
 * Whether it is the person's copy of the samples.
 */
samples: boolean, 
/**
 * Why nothing can be kept in it, if so: another process has it open, no permission.
 */
read_only: string | null, 
/**
 * What was found and mended on opening.
 */
notices: Array<string>, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

export interface Commands {
  /** What the window needs first. */
  start_up: (arguments_: Nothing) => StartUp;
  /** Keeps what the window wants back at its next start. */
  save_session: (arguments_: SessionArguments) => Nothing;
  /** Changes the settings. */
  set_settings: (arguments_: Settings) => Settings;
  /** Forgets a recent workspace. */
  forget_recent: (arguments_: PathArguments) => Nothing;
  /** Versions, sandbox, limits, the engine's state and the log's tail, to be sent to somebody. */
  diagnostics: (arguments_: Nothing) => Text;
  /** Opens a folder as the workspace, in place of the one that is open. */
  open_workspace: (arguments_: PathArguments) => WorkspaceInfo;
  /** Opens the workspace that was open at the last end, if there was one. */
  reopen: (arguments_: Nothing) => Nothing;
  /** Opens the person's own copy of the samples. */
  open_samples: (arguments_: Nothing) => WorkspaceInfo;
  /** Closes the workspace. */
  close_workspace: (arguments_: Nothing) => Nothing;
  /** Takes what was dropped on the window. */
  drop_paths: (arguments_: DropArguments) => Dropped;
  /** The assets that are known. */
  assets: (arguments_: Nothing) => Assets;
  /** What is known of one. */
  asset_details: (arguments_: AssetArguments) => AssetDetails;
  /** Which assets are on the screen. */
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
  /** Ends a conflict with what somebody else wrote. */
  resolve_conflict: (arguments_: ResolveArguments) => Document;
  /** Makes a preset file, with a first generator. */
  create_preset: (arguments_: FileArguments) => Document;
  /** What can be undone and redone. */
  history: (arguments_: Nothing) => History;
  /** Undoes. */
  undo: (arguments_: Nothing) => Undone;
  /** Redoes. */
  redo: (arguments_: Nothing) => Undone;
  /** Renders a variant to be looked at. */
  preview: (arguments_: PreviewArguments) => Preview;
  /** All variants of an asset. */
  sheet: (arguments_: SheetArguments) => Sheet;
  /** States of many assets' variants. */
  matrix: (arguments_: MatrixArguments) => Matrix;
  /** Assets by the states of their variants. */
  asset_states: (arguments_: Nothing) => AssetStates;
  /** Texts for web pages. */
  snippet: (arguments_: SnippetArguments) => Snippet;
  /** The real file of a variant that is there, to be dragged to other programs. */
  variant_file: (arguments_: PreviewArguments) => Text;
  /** What an export would do. */
  plan_export: (arguments_: ExportArguments) => ExportPlan;
  /** Starts an export. */
  start_export: (arguments_: ExportArguments) => RunInfo;
  /** The runs. */
  runs: (arguments_: Nothing) => Runs;
  /** Rows of a run's report. */
  run_rows: (arguments_: RowsArguments) => Rows;
  /** Pauses a run. */
  pause_run: (arguments_: RunArguments) => RunInfo;
  /** Goes on with a run that is paused or was interrupted. */
  resume_run: (arguments_: RunArguments) => RunInfo;
  /** Ends a run; what is written stays. */
  cancel_run: (arguments_: RunArguments) => RunInfo;
  /** Tries rows that failed again. */
  retry_run: (arguments_: RetryArguments) => RunInfo;
  /** Forgets a run that is over. */
  forget_run: (arguments_: RunArguments) => Nothing;
  /** Saves a run's report. */
  save_report: (arguments_: ReportArguments) => Nothing;
}
