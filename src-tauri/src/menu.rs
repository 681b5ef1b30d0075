//! The menu bar. The page defines its lines from its list of actions, and gets back the one that
//! was chosen.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;
use tauri::{
    AppHandle, Wry,
    menu::{Menu, MenuItem, MenuItemBuilder, PredefinedMenuItem, Submenu},
};

/// A menu of the bar.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct MenuSpec {
    label: String,
    items: Vec<ItemSpec>,
}

/// A line of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ItemSpec {
    Action { id: String, label: String, accelerator: Option<String>, enabled: bool },
    Separator {},
}

impl ItemSpec {
    /// Whether a line can be turned into `other` in place.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Action { id, accelerator, .. },
                Self::Action { id: other, accelerator: keys, .. },
            ) => id == other && accelerator == keys,
            (Self::Separator {}, Self::Separator {}) => true,
            _ => false,
        }
    }
}

/// The bar as it is shown.
#[derive(Default)]
pub(crate) struct Bar {
    shown: Mutex<Option<Shown>>,
}

struct Shown {
    menus: Vec<MenuSpec>,
    submenus: Vec<Submenu<Wry>>,
    items: HashMap<String, MenuItem<Wry>>,
}

impl Bar {
    /// Shows these menus. A new bar flickers, so lines are changed in place where only labels and
    /// states differ, and menus without lines are filled.
    pub(crate) fn show(&self, app: &AppHandle, menus: Vec<MenuSpec>) -> tauri::Result<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = shown.as_mut().filter(|shown| is_outline(&shown.menus, &menus)) {
            shown.items = fill(app, &shown.submenus, &menus)?;
            shown.menus = menus;
            return Ok(());
        }
        if let Some(shown) = shown.as_mut().filter(|shown| has_shape(&shown.menus, &menus)) {
            for (former, now) in lines(&shown.menus).zip(lines(&menus)) {
                let ItemSpec::Action { id, label, enabled, .. } = now else { continue };
                if let Some(item) = shown.items.get(id).filter(|_| former != now) {
                    item.set_text(label)?;
                    item.set_enabled(*enabled)?;
                }
            }
            shown.menus = menus;
            return Ok(());
        }
        let labels = menus.iter().map(|menu| Submenu::new(app, &menu.label, true));
        let submenus = labels.collect::<tauri::Result<Vec<_>>>()?;
        let items = fill(app, &submenus, &menus)?;
        let bar = Menu::new(app)?;
        for submenu in &submenus {
            bar.append(submenu)?;
        }
        app.set_menu(bar)?;
        *shown = Some(Shown { menus, submenus, items });
        Ok(())
    }
}

fn lines(menus: &[MenuSpec]) -> impl Iterator<Item = &ItemSpec> {
    menus.iter().flat_map(|menu| &menu.items)
}

fn has_shape(former: &[MenuSpec], now: &[MenuSpec]) -> bool {
    former.len() == now.len()
        && former.iter().zip(now).all(|(former, now)| {
            former.label == now.label
                && former.items.len() == now.items.len()
                && former.items.iter().zip(&now.items).all(|(one, other)| one.is_like(other))
        })
}

/// Whether these are the same menus, but without lines.
fn is_outline(former: &[MenuSpec], now: &[MenuSpec]) -> bool {
    former.len() == now.len()
        && former
            .iter()
            .zip(now)
            .all(|(former, now)| former.label == now.label && former.items.is_empty())
}

/// Puts the lines into empty menus.
fn fill(
    app: &AppHandle,
    submenus: &[Submenu<Wry>],
    menus: &[MenuSpec],
) -> tauri::Result<HashMap<String, MenuItem<Wry>>> {
    let mut items = HashMap::new();
    for (submenu, menu) in submenus.iter().zip(menus) {
        for item in &menu.items {
            match item {
                ItemSpec::Separator {} => submenu.append(&PredefinedMenuItem::separator(app)?)?,
                ItemSpec::Action { id, label, accelerator, enabled } => {
                    let mut line = MenuItemBuilder::with_id(id, label).enabled(*enabled);
                    if let Some(keys) = accelerator {
                        line = line.accelerator(keys);
                    }
                    let line = line.build(app)?;
                    submenu.append(&line)?;
                    items.insert(id.clone(), line);
                }
            }
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menus(label: &str, keys: Option<&str>, enabled: bool) -> Vec<MenuSpec> {
        let accelerator = keys.map(str::to_owned);
        let action = ItemSpec::Action {
            id: "edit.undo".to_owned(),
            label: label.to_owned(),
            accelerator,
            enabled,
        };
        vec![MenuSpec { label: "Edit".to_owned(), items: vec![action, ItemSpec::Separator {}] }]
    }

    #[test]
    fn labels_and_states_change_in_place_and_nothing_else() {
        let former = menus("Undo", Some("CmdOrCtrl+Z"), false);
        assert!(has_shape(&former, &menus("Undo: quality", Some("CmdOrCtrl+Z"), true)));
        assert!(!has_shape(&former, &menus("Undo", None, false)));
        assert!(!has_shape(&former, &[]));
        let outline = vec![MenuSpec { label: "Edit".to_owned(), items: Vec::new() }];
        assert!(is_outline(&outline, &former) && !is_outline(&former, &outline));
        assert!(!has_shape(&outline, &former) && !is_outline(&[], &former));
        let read = r#"[{"label":"Edit","items":[{"kind":"action","id":"edit.undo","label":"Undo",
            "accelerator":"CmdOrCtrl+Z","enabled":false},{"kind":"separator"}]}]"#;
        assert_eq!(serde_json::from_str::<Vec<MenuSpec>>(read).unwrap(), former);
    }
}
