//! The list of commands: name, arguments, reply, and the function that does it.

use serde_json::Value;

use crate::{
    ApiError, Studio, documents, exports, library,
    model::{
        Annotation, AssetArguments, AssetDetails, AssetStates, Assets, Document, DropArguments,
        Dropped, EditArguments, ExportArguments, ExportPlan, FileArguments, History, Matrix,
        MatrixArguments, Nothing, PathArguments, PresetFile, Preview, PreviewArguments,
        ReportArguments, ResolveArguments, RetryArguments, Rows, RowsArguments, RunArguments,
        RunInfo, Runs, SessionArguments, SetTextArguments, Settings, Sheet, SheetArguments,
        Snippet, SnippetArguments, StartUp, Text, Undone, VisibleArguments, WorkspaceInfo,
    },
    person, previews, workspace,
};

macro_rules! commands {
    ($($(#[doc = $what:literal])+ $name:ident($arguments:ty) -> $reply:ty = $run:path;)+) => {
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
                match name {
                    $(stringify!($name) => {
                        let arguments: $arguments = serde_json::from_value(arguments)
                            .map_err(|error| bad_call(name, &error))?;
                        let reply: $reply = $run(self, arguments).await?;
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

commands! {
    /// What the window needs first.
    start_up(Nothing) -> StartUp = person::start_up;
    /// Keeps what the window wants back at its next start.
    save_session(SessionArguments) -> Nothing = person::save_session;
    /// Changes the settings.
    set_settings(Settings) -> Settings = person::set_settings;
    /// Forgets a recent workspace.
    forget_recent(PathArguments) -> Nothing = person::forget_recent;
    /// Versions, sandbox, limits, the engine's state and the log's tail, to be sent to somebody.
    diagnostics(Nothing) -> Text = person::diagnostics;

    /// Opens a folder as the workspace, in place of the one that is open.
    open_workspace(PathArguments) -> WorkspaceInfo = workspace::open;
    /// Opens the workspace that was open at the last end, if there was one.
    reopen(Nothing) -> Nothing = person::reopen;
    /// Opens the person's own copy of the samples.
    open_samples(Nothing) -> WorkspaceInfo = workspace::open_samples;
    /// Closes the workspace.
    close_workspace(Nothing) -> Nothing = workspace::close;
    /// Takes what was dropped on the window.
    drop_paths(DropArguments) -> Dropped = workspace::drop_paths;

    /// The assets that are known.
    assets(Nothing) -> Assets = library::assets;
    /// What is known of one.
    asset_details(AssetArguments) -> AssetDetails = library::details;
    /// Which assets are on the screen.
    set_visible(VisibleArguments) -> Nothing = library::set_visible;
    /// Sets focal points and marks.
    annotate(Annotation) -> Nothing = library::annotate;

    /// The preset files.
    presets(Nothing) -> Vec<PresetFile> = documents::presets;
    /// A preset's text with its changes.
    document(FileArguments) -> Document = documents::document;
    /// Changes a document by its form.
    edit(EditArguments) -> Document = documents::edit;
    /// Changes a document by its text.
    set_text(SetTextArguments) -> Document = documents::set_text;
    /// Writes a document to its file.
    save(FileArguments) -> Document = documents::save;
    /// Takes all unsaved changes of a document back. It can be undone.
    revert(FileArguments) -> Document = documents::revert;
    /// Ends a conflict with what somebody else wrote.
    resolve_conflict(ResolveArguments) -> Document = documents::resolve_conflict;
    /// Makes a preset file, with a first generator.
    create_preset(FileArguments) -> Document = documents::create;
    /// What can be undone and redone.
    history(Nothing) -> History = documents::history;
    /// Undoes.
    undo(Nothing) -> Undone = documents::undo;
    /// Redoes.
    redo(Nothing) -> Undone = documents::redo;

    /// Renders a variant to be looked at.
    preview(PreviewArguments) -> Preview = previews::preview;
    /// All variants of an asset.
    sheet(SheetArguments) -> Sheet = previews::sheet;
    /// States of many assets' variants.
    matrix(MatrixArguments) -> Matrix = previews::matrix;
    /// Assets by the states of their variants.
    asset_states(Nothing) -> AssetStates = previews::asset_states;
    /// Texts for web pages.
    snippet(SnippetArguments) -> Snippet = previews::snippet;
    /// The real file of a variant that is there, to be dragged to other programs.
    variant_file(PreviewArguments) -> Text = previews::variant_file;

    /// What an export would do.
    plan_export(ExportArguments) -> ExportPlan = exports::plan;
    /// Starts an export.
    start_export(ExportArguments) -> RunInfo = exports::start;
    /// The runs.
    runs(Nothing) -> Runs = exports::runs;
    /// Rows of a run's report.
    run_rows(RowsArguments) -> Rows = exports::rows;
    /// Pauses a run.
    pause_run(RunArguments) -> RunInfo = exports::pause;
    /// Goes on with a run that is paused or was interrupted.
    resume_run(RunArguments) -> RunInfo = exports::resume;
    /// Ends a run; what is written stays.
    cancel_run(RunArguments) -> RunInfo = exports::cancel;
    /// Tries rows that failed again.
    retry_run(RetryArguments) -> RunInfo = exports::retry;
    /// Forgets a run that is over.
    forget_run(RunArguments) -> Nothing = exports::forget;
    /// Saves a run's report.
    save_report(ReportArguments) -> Nothing = exports::save_report;
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use ts_rs::{Config, TS};

    use super::*;
    use crate::model::Event;

    /// The window's types are made from ours: where they differ, this test rewrites them, and
    /// fails so that the new ones are looked at and committed.
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
            SessionArguments,
            Settings,
            PathArguments,
            Text,
            WorkspaceInfo,
            DropArguments,
            Dropped,
            Assets,
            AssetArguments,
            AssetDetails,
            VisibleArguments,
            Annotation,
            PresetFile,
            FileArguments,
            Document,
            EditArguments,
            SetTextArguments,
            ResolveArguments,
            History,
            Undone,
            PreviewArguments,
            Preview,
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
            panic!("{} was not up to date; it was written anew", file.display());
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
            panic!("{} was not up to date; it was written anew", file.display());
        }
    }

    fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
    }
}
