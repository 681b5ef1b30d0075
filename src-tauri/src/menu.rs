//! The menu bar. The page says what is in it, from its list of actions, and gets back which
//! one was chosen.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;
use tauri::{
    AppHandle, Wry,
    menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder, SubmenuBuilder},
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
    /// Whether another line of the same place differs in what can be changed in place at most.
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
    items: HashMap<String, MenuItem<Wry>>,
}

impl Bar {
    /// Shows these menus: changes lines in place where only labels and states are others, since
    /// a new bar flickers.
    pub(crate) fn show(&self, app: &AppHandle, menus: Vec<MenuSpec>) -> tauri::Result<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
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
        let (bar, items) = build(app, &menus)?;
        app.set_menu(bar)?;
        *shown = Some(Shown { menus, items });
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

type Built = (Menu<Wry>, HashMap<String, MenuItem<Wry>>);

fn build(app: &AppHandle, menus: &[MenuSpec]) -> tauri::Result<Built> {
    let (mut bar, mut items) = (MenuBuilder::new(app), HashMap::new());
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
                    let line = line.build(app)?;
                    items.insert(id.clone(), line.clone());
                    submenu.item(&line)
                }
            };
        }
        bar = bar.item(&submenu.build()?);
    }
    Ok((bar.build()?, items))
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
        let read = r#"[{"label":"Edit","items":[{"kind":"action","id":"edit.undo","label":"Undo",
            "accelerator":"CmdOrCtrl+Z","enabled":false},{"kind":"separator"}]}]"#;
        assert_eq!(serde_json::from_str::<Vec<MenuSpec>>(read).unwrap(), former);
    }
}
