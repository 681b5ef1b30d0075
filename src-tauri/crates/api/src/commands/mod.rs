//! The commands of the window, each once: name, arguments, reply, and the call that does the work.
//!
//! Only this module and its children see [`Studio`]; what they call gets the open workspace's
//! parts.

mod diagnostics;
mod documents;
mod exports;
mod pictures;
mod session;
mod workspace;

use std::path::PathBuf;

use serde_json::Value;

use self::documents::on_documents;
use crate::{
    ApiError, Studio,
    documents::Direction,
    model::{
        Annotation, AssetArguments, AssetDetails, AssetStates, Assets, CopyArguments,
        CreateArguments, Document, DropArguments, Dropped, EditArguments, ExportArguments,
        ExportPlan, ExportProfile, ExportProfiles, FileArguments, Fonts, Grant, GrantArguments,
        Histogram, History, Matrix, MatrixArguments, MeasureArguments, Measured, Nothing,
        PresetFile, Preview, PreviewArguments, ProfileArguments, Purpose, ReportArguments,
        ResolveArguments, RetryArguments, Rows, RowsArguments, RunArguments, RunInfo, Runs,
        SaveVariantArguments, SessionArguments, SetTextArguments, Settings, Sheet, SheetArguments,
        SlotArguments, Snippet, SnippetArguments, StartUp, Text, Undone, UnsavablePreset,
        VisibleArguments, WorkspaceInfo,
    },
};

macro_rules! commands {
    ($studio:ident, $given:ident: $(
        $(#[doc = $what:literal])+
        $name:ident($arguments:ty) -> $reply:ty = $work:expr;
    )+) => {
        /// The names of all commands.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),+];

        impl Studio {
            /// Runs a command; its reply as JSON text, which for ten thousand assets is made in
            /// half the time of a value.
            ///
            /// # Errors
            /// With the code `bad_call` where there is no such command or its arguments are
            /// wrong; else as the command says.
            pub async fn call_text(
                &self,
                name: &str,
                arguments: Value,
            ) -> Result<String, ApiError> {
                let $studio = self;
                match name {
                    $(stringify!($name) => {
                        let $given: $arguments = serde_json::from_value(arguments)
                            .map_err(|error| bad_call(name, &error))?;
                        let _ = &$given;
                        let reply: $reply = $work?;
                        serde_json::to_string(&reply).map_err(|error| bad_call(name, &error))
                    })+
                    _ => Err(ApiError::new("bad_call", format!("there is no command {name:?}"))),
                }
            }

            /// Runs a command.
            ///
            /// # Errors
            /// As [`Self::call_text`].
            pub async fn call(&self, name: &str, arguments: Value) -> Result<Value, ApiError> {
                let text = self.call_text(name, arguments).await?;
                serde_json::from_str(&text).map_err(|error| bad_call(name, &error))
            }
        }

        /// The commands for TypeScript: an interface with a function type for each.
        #[cfg(test)]
        pub(crate) fn typescript(config: &ts_rs::Config) -> String {
            use ts_rs::TS as _;
            let mut text = String::from("export interface Commands {\n");
            $(
                for line in [$($what),+] {
                    text.push_str(&format!("  /**{line} */\n"));
                }
                text.push_str(&format!(
                    "  {}: (arguments_: {}) => {};\n",
                    stringify!($name),
                    <$arguments>::name(config),
                    <$reply>::name(config),
                ));
            )+
            text.push_str("}\n");
            text
        }
    };
}

fn bad_call(name: &str, error: &serde_json::Error) -> ApiError {
    ApiError::new("bad_call", format!("{name}: {error}"))
}

commands! { studio, given:
    /// The data that the window starts with.
    start_up(Nothing) -> StartUp = session::start_up(studio);
    /// Keeps the window's state for its next start.
    save_session(SessionArguments) -> Nothing = session::save(studio, given);
    /// The families of fonts that texts can be set in.
    fonts(Nothing) -> Fonts = session::fonts(studio).await;
    /// Changes the settings.
    set_settings(Settings) -> Settings = session::set_settings(studio, given);
    /// Forgets a recent workspace.
    forget_recent(GrantArguments) -> Nothing = {
        let path = studio.grants().path(Purpose::Workspace, &given.grant)?;
        studio.profile().forget_recent(&path.to_string_lossy());
        Ok::<_, ApiError>(Nothing {})
    };
    /// Versions, sandbox, limits, the engine's state and the log's tail, for a report to the makers.
    diagnostics(Nothing) -> Text = Ok::<_, ApiError>(diagnostics::text(studio));

    /// Opens a folder as the workspace, in place of the one that is open.
    open_workspace(GrantArguments) -> WorkspaceInfo = {
        let path = studio.grants().path(Purpose::Workspace, &given.grant)?;
        workspace::open(studio, path).await
    };
    /// Opens the workspace that was open at the last end, if there was one.
    reopen(Nothing) -> Nothing = workspace::reopen(studio).await;
    /// Opens the user's own copy of the samples.
    open_samples(Nothing) -> WorkspaceInfo = workspace::open_samples(studio).await;
    /// Closes the workspace.
    close_workspace(Nothing) -> Nothing = done(workspace::close(studio).await);
    /// Opens a dropped folder, or copies dropped files into the workspace.
    drop_paths(DropArguments) -> Dropped = workspace::drop_paths(studio, given).await;

    /// The assets that are known.
    assets(Nothing) -> Assets = Ok::<_, ApiError>(studio.workspace()?.library.all());
    /// Header and metadata of one asset.
    asset_details(AssetArguments) -> AssetDetails =
        studio.workspace()?.library.details(given.asset).await;
    /// How often each level is in an asset's picture.
    histogram(AssetArguments) -> Histogram =
        studio.workspace()?.library.histogram(given.asset).await;
    /// Sets the assets that are on the screen.
    set_visible(VisibleArguments) -> Nothing =
        done(studio.workspace()?.library.set_visible(given.assets));
    /// Sets focal points and marks.
    annotate(Annotation) -> Nothing = documents::annotate(studio, given).await;

    /// The preset files.
    presets(Nothing) -> Vec<PresetFile> =
        on_documents(studio, |documents| Ok(documents.presets())).await;
    /// A preset's text with its changes.
    document(FileArguments) -> Document =
        on_documents(studio, move |documents| documents.document(&given.file)).await;
    /// Changes a document by its form.
    edit(EditArguments) -> Document = documents::edit(studio, given).await;
    /// Changes a document by its text.
    set_text(SetTextArguments) -> Document = on_documents(studio, move |documents| {
        documents.set_text(&given.file, &given.text, given.gesture.as_deref())
    }).await;
    /// Writes a document to its file.
    save(FileArguments) -> Document =
        on_documents(studio, move |documents| documents.save(&given.file)).await;
    /// Takes all unsaved changes of a document back. It can be undone.
    revert(FileArguments) -> Document =
        on_documents(studio, move |documents| documents.revert(&given.file)).await;
    /// The preset files with changes that closing the workspace could not save, or not keep.
    unsavable(Nothing) -> Vec<UnsavablePreset> = documents::unsavable(studio).await;
    /// Writes a preset with its changes to another file; the reply is a grant to show that.
    save_copy(CopyArguments) -> Grant = documents::save_copy(studio, given).await;
    /// Takes all unsaved changes of a document back, also those that are kept for the next time.
    discard(FileArguments) -> Nothing = done(
        on_documents(studio, move |documents| documents.discard(&given.file)).await?
    );
    /// Ends a conflict with what another program wrote.
    resolve_conflict(ResolveArguments) -> Document =
        on_documents(studio, move |documents| documents.resolve(&given.file, &given.text)).await;
    /// Makes a preset file, with a first generator.
    create_preset(CreateArguments) -> Document =
        on_documents(studio, move |documents| documents.create(&given.file, given.starter)).await;
    /// The next steps to undo and redo.
    history(Nothing) -> History =
        on_documents(studio, |documents| Ok(documents.history())).await;
    /// Undoes the last step.
    undo(Nothing) -> Undone = documents::step(studio, Direction::Undo).await;
    /// Redoes the step that was undone last.
    redo(Nothing) -> Undone = documents::step(studio, Direction::Redo).await;

    /// Renders a variant for the screen.
    preview(PreviewArguments) -> Preview = studio.workspace()?.previews.preview(given).await;
    /// A variant's size and score, as it is or at several qualities.
    measure(MeasureArguments) -> Measured = studio.workspace()?.previews.measure(given).await;
    /// Ends the request of a slot, if one is under way, as `superseded`.
    end_request(SlotArguments) -> Nothing =
        done(studio.workspace()?.previews.end_request(&given.slot));
    /// All variants of an asset.
    sheet(SheetArguments) -> Sheet = studio.workspace()?.previews.sheet(given).await;
    /// States of many assets' variants.
    matrix(MatrixArguments) -> Matrix = studio.workspace()?.states.matrix(given).await;
    /// Assets by the states of their variants.
    asset_states(Nothing) -> AssetStates =
        Ok::<_, ApiError>(studio.workspace()?.states.by_state());
    /// Texts for web pages.
    snippet(SnippetArguments) -> Snippet = studio.workspace()?.previews.snippet(given).await;
    /// Copies a variant to a file with a readable name, to be dragged to another program.
    variant_file(PreviewArguments) -> Grant =
        grant_file(studio, studio.workspace()?.previews.drag_out(given).await?);
    /// The name that a variant's file has if the user chooses no other.
    variant_name(PreviewArguments) -> Text = {
        let text = studio.workspace()?.previews.file_name(given).await?;
        Ok::<_, ApiError>(Text { text })
    };
    /// Writes a variant to a file that the user chose; the reply is a grant to show that.
    save_variant(SaveVariantArguments) -> Grant = {
        let to = studio.grants().path(Purpose::VariantFile, &given.grant)?;
        let written = studio.workspace()?.previews.save_as(given.variant, to).await?;
        grant_file(studio, written)
    };
    /// The file of an asset, to be shown or dragged out.
    asset_file(AssetArguments) -> Grant =
        grant_file(studio, studio.workspace()?.library.file(given.asset)?);

    /// Forecasts an export: names, counts, problems.
    plan_export(ExportArguments) -> ExportPlan =
        studio.workspace()?.exports.forecast(exports::granted(studio, given)?).await;
    /// Starts an export.
    start_export(ExportArguments) -> RunInfo =
        studio.workspace()?.exports.start(exports::granted(studio, given)?).await;
    /// The runs.
    runs(Nothing) -> Runs = studio.workspace()?.exports.all().await;
    /// Rows of a run's report.
    run_rows(RowsArguments) -> Rows = studio.workspace()?.exports.rows(given).await;
    /// Pauses a run.
    pause_run(RunArguments) -> RunInfo = studio.workspace()?.exports.pause(given.id).await;
    /// Continues a run that is paused or was interrupted.
    resume_run(RunArguments) -> RunInfo = studio.workspace()?.exports.resume(given.id).await;
    /// Ends a run; the files that are written stay.
    cancel_run(RunArguments) -> RunInfo = studio.workspace()?.exports.cancel(given.id).await;
    /// Tries rows that failed again.
    retry_run(RetryArguments) -> RunInfo = studio.workspace()?.exports.retry(given).await;
    /// Forgets a run that is over.
    forget_run(RunArguments) -> Nothing =
        done(studio.workspace()?.exports.forget(given.id).await?);
    /// Saves a run's report.
    save_report(ReportArguments) -> Nothing = {
        let path = studio.grants().path(Purpose::Report, &given.grant)?;
        done(studio.workspace()?.exports.save_report(given.id, path).await?)
    };
    /// The saved profiles of exports.
    export_profiles(Nothing) -> ExportProfiles = exports::profiles(studio);
    /// Saves a profile, in place of the one of the same name.
    save_export_profile(ExportProfile) -> ExportProfiles = exports::save_profile(studio, given);
    /// Deletes a profile.
    forget_export_profile(ProfileArguments) -> ExportProfiles =
        exports::forget_profile(studio, &given.name);
    /// The choices that a run was started with, to export again.
    run_choices(RunArguments) -> ExportProfile = exports::choices(studio, given).await;
    /// The folder that a run writes to, to be shown.
    run_folder(RunArguments) -> Grant =
        grant_file(studio, studio.workspace()?.exports.folder(given.id).await?);
}

/// Grants a file or folder of the workspace, to be shown or dragged out.
fn grant_file(studio: &Studio, path: PathBuf) -> Result<Grant, ApiError> {
    studio.grant(Purpose::File, vec![path])
}

/// The reply of a command that has none.
#[expect(clippy::unnecessary_wraps, reason = "stands where other commands give a result")]
fn done((): ()) -> Result<Nothing, ApiError> {
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use ts_rs::{Config, TS};

    use super::*;
    use crate::model::Event;

    /// The page's types are made from these: where they differ, this test rewrites them, and fails
    /// so that the new ones are reviewed and committed.
    #[test]
    fn the_windows_types_are_these() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/api/bindings");
        let made = tempfile::tempdir().unwrap();
        let config = Config::new().with_out_dir(made.path()).with_large_int("number");
        macro_rules! export {
            ($($type:ty),+ $(,)?) => { $(<$type>::export_all(&config).unwrap();)+ };
        }
        export!(
            ApiError,
            Event,
            StartUp,
            Fonts,
            SessionArguments,
            Settings,
            Grant,
            GrantArguments,
            Purpose,
            Text,
            WorkspaceInfo,
            DropArguments,
            Dropped,
            Assets,
            AssetArguments,
            AssetDetails,
            Histogram,
            VisibleArguments,
            Annotation,
            PresetFile,
            FileArguments,
            CreateArguments,
            Document,
            EditArguments,
            SetTextArguments,
            ResolveArguments,
            UnsavablePreset,
            CopyArguments,
            History,
            Undone,
            PreviewArguments,
            Preview,
            SaveVariantArguments,
            MeasureArguments,
            Measured,
            SlotArguments,
            SheetArguments,
            Sheet,
            MatrixArguments,
            Matrix,
            AssetStates,
            SnippetArguments,
            Snippet,
            ExportArguments,
            ExportPlan,
            RunInfo,
            Runs,
            RowsArguments,
            Rows,
            RunArguments,
            RetryArguments,
            ReportArguments,
            ExportProfiles,
            ProfileArguments,
            Nothing,
        );
        let mut types: Vec<String> = Vec::new();
        let mut names: Vec<_> = walk(made.path());
        names.sort();
        for path in names {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text
                .lines()
                .filter(|line| !line.starts_with("import ") && !line.starts_with("// This file"));
            types.push(lines.collect::<Vec<_>>().join("\n").trim().to_owned());
        }
        let head =
            "// Made from the program's own types by `cargo test -p cropmark-api`: do not edit.";
        let text = format!("{head}\n\n{}\n\n{}", types.join("\n\n"), typescript(&config));
        let file = folder.join("index.ts");
        if fs::read_to_string(&file).ok().as_deref() != Some(&text) {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&file, &text).unwrap();
            panic!("{} was not up to date; it was rewritten", file.display());
        }
    }

    /// The window's tests hold its form against the preset file's schema.
    #[test]
    fn the_windows_schema_is_this() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/api/bindings");
        let file = folder.join("schema.json");
        let text = serde_json::to_string_pretty(cropmark_rules::preset_schema()).unwrap() + "\n";
        if fs::read_to_string(&file).ok().as_deref() != Some(&text) {
            fs::write(&file, &text).unwrap();
            panic!("{} was not up to date; it was rewritten", file.display());
        }
    }

    fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
    }
}
