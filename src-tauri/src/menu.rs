//! The menu bar. The page says what is in it, from its list of actions, and gets back which
//! one was chosen.

use serde::Deserialize;
use tauri::{
    AppHandle, Runtime,
    menu::{Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder},
};

/// A menu of the bar.
#[derive(Debug, Deserialize)]
pub(crate) struct MenuSpec {
    label: String,
    items: Vec<ItemSpec>,
}

/// A line of a menu.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ItemSpec {
    Action { id: String, label: String, accelerator: Option<String>, enabled: bool },
    Separator {},
}

/// Builds the menu bar.
pub(crate) fn build<R: Runtime>(
    app: &AppHandle<R>,
    menus: &[MenuSpec],
) -> tauri::Result<Menu<R>> {
    let mut bar = MenuBuilder::new(app);
    for menu in menus {
        let mut submenu = SubmenuBuilder::new(app, &menu.label);
        for item in &menu.items {
            submenu = match item {
                ItemSpec::Separator {} => submenu.separator(),
                ItemSpec::Action { id, label, accelerator, enabled } => {
                    let mut line = MenuItemBuilder::with_id(id, label).enabled(*enabled);
                    if let Some(keys) = accelerator {
                        line = line.accelerator(keys);
                    }
                    submenu.item(&line.build(app)?)
                }
            };
        }
        bar = bar.item(&submenu.build()?);
    }
    bar.build()
}
