//! The menu bar. The page defines its lines from its list of actions, and gets back the one that
//! was chosen.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;
use tauri::{
    AppHandle, Wry,
    menu::{
        CheckMenuItem, CheckMenuItemBuilder, Menu, MenuItem, MenuItemBuilder, PredefinedMenuItem,
        Submenu,
    },
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
    Action {
        id: String,
        label: String,
        accelerator: Option<String>,
        enabled: bool,
        /// Whether it is the chosen one of several; none: it is a command.
        checked: Option<bool>,
    },
    /// A menu within the menu; off where it is empty.
    Submenu(MenuSpec),
    Separator {},
}

impl ItemSpec {
    /// Whether a line can be turned into `other` in place.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Action { id, accelerator, checked, .. },
                Self::Action { id: other, accelerator: keys, checked: check, .. },
            ) => id == other && accelerator == keys && checked.is_some() == check.is_some(),
            (Self::Submenu(one), Self::Submenu(other)) => one.is_like(other),
            (Self::Separator {}, Self::Separator {}) => true,
            _ => false,
        }
    }
}

impl MenuSpec {
    fn is_like(&self, other: &Self) -> bool {
        self.label == other.label
            && self.items.len() == other.items.len()
            && self.items.iter().zip(&other.items).all(|(one, other)| one.is_like(other))
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
    lines: HashMap<String, Line>,
}

/// A line as it is shown.
enum Line {
    Command(MenuItem<Wry>),
    Choice(CheckMenuItem<Wry>),
}

impl Line {
    fn change(&self, label: &str, enabled: bool, checked: Option<bool>) -> tauri::Result<()> {
        match self {
            Self::Command(item) => {
                item.set_text(label)?;
                item.set_enabled(enabled)
            }
            Self::Choice(item) => {
                item.set_text(label)?;
                item.set_enabled(enabled)?;
                item.set_checked(checked == Some(true))
            }
        }
    }
}

impl Bar {
    /// Shows these menus. A new bar flickers, so lines are changed in place where only labels and
    /// states differ, and menus without lines are filled.
    pub(crate) fn show(&self, app: &AppHandle, menus: Vec<MenuSpec>) -> tauri::Result<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = shown.as_mut().filter(|shown| is_outline(&shown.menus, &menus)) {
            shown.lines = fill_all(app, &shown.submenus, &menus)?;
            shown.menus = menus;
            return Ok(());
        }
        if let Some(shown) = shown.as_mut().filter(|shown| has_shape(&shown.menus, &menus)) {
            for (former, now) in actions(&shown.menus).into_iter().zip(actions(&menus)) {
                let ItemSpec::Action { id, label, enabled, checked, .. } = now else { continue };
                if let Some(line) = shown.lines.get(id).filter(|_| former != now) {
                    line.change(label, *enabled, *checked)?;
                }
            }
            shown.menus = menus;
            return Ok(());
        }
        let labels = menus.iter().map(|menu| Submenu::new(app, &menu.label, true));
        let submenus = labels.collect::<tauri::Result<Vec<_>>>()?;
        let lines = fill_all(app, &submenus, &menus)?;
        let bar = Menu::new(app)?;
        for submenu in &submenus {
            bar.append(submenu)?;
        }
        app.set_menu(bar)?;
        *shown = Some(Shown { menus, submenus, lines });
        Ok(())
    }

    /// Gives a line back the mark that it had before the user chose it: the page decides what is chosen.
    pub(crate) fn restore_mark(&self, id: &str) {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shown) = &*shown else { return };
        let Some(Line::Choice(item)) = shown.lines.get(id) else { return };
        for action in actions(&shown.menus) {
            if let ItemSpec::Action { id: own, checked: Some(checked), .. } = action
                && own == id
            {
                let _ = item.set_checked(*checked);
            }
        }
    }
}

/// All actions of the menus and of the menus within them, in order.
fn actions(menus: &[MenuSpec]) -> Vec<&ItemSpec> {
    let items = menus.iter().flat_map(|menu| &menu.items);
    items
        .flat_map(|item| match item {
            ItemSpec::Action { .. } => vec![item],
            ItemSpec::Submenu(menu) => actions(std::slice::from_ref(menu)),
            ItemSpec::Separator {} => Vec::new(),
        })
        .collect()
}

fn has_shape(former: &[MenuSpec], now: &[MenuSpec]) -> bool {
    former.len() == now.len() && former.iter().zip(now).all(|(former, now)| former.is_like(now))
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
fn fill_all(
    app: &AppHandle,
    submenus: &[Submenu<Wry>],
    menus: &[MenuSpec],
) -> tauri::Result<HashMap<String, Line>> {
    let mut lines = HashMap::new();
    for (submenu, menu) in submenus.iter().zip(menus) {
        fill(app, submenu, &menu.items, &mut lines)?;
    }
    Ok(lines)
}

fn fill(
    app: &AppHandle,
    menu: &Submenu<Wry>,
    items: &[ItemSpec],
    lines: &mut HashMap<String, Line>,
) -> tauri::Result<()> {
    for item in items {
        match item {
            ItemSpec::Separator {} => menu.append(&PredefinedMenuItem::separator(app)?)?,
            ItemSpec::Submenu(MenuSpec { label, items }) => {
                let within = Submenu::new(app, label, !items.is_empty())?;
                fill(app, &within, items, lines)?;
                menu.append(&within)?;
            }
            ItemSpec::Action { id, label, accelerator, enabled, checked: None } => {
                let mut line = MenuItemBuilder::with_id(id, label).enabled(*enabled);
                if let Some(keys) = accelerator {
                    line = line.accelerator(keys);
                }
                let line = line.build(app)?;
                menu.append(&line)?;
                lines.insert(id.clone(), Line::Command(line));
            }
            ItemSpec::Action { id, label, accelerator, enabled, checked: Some(checked) } => {
                let mut line = CheckMenuItemBuilder::with_id(id, label).enabled(*enabled);
                if let Some(keys) = accelerator {
                    line = line.accelerator(keys);
                }
                let line = line.checked(*checked).build(app)?;
                menu.append(&line)?;
                lines.insert(id.clone(), Line::Choice(line));
            }
        }
    }
    Ok(())
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
            checked: None,
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
        let within = |menus: Vec<MenuSpec>| {
            let items = menus.into_iter().map(ItemSpec::Submenu).collect();
            vec![MenuSpec { label: "Edit".to_owned(), items }]
        };
        let (one, other) =
            (within(former.clone()), within(menus("Redo", Some("CmdOrCtrl+Z"), true)));
        assert!(has_shape(&one, &other) && !has_shape(&one, &within(menus("Undo", None, true))));
        assert_eq!((actions(&one).len(), actions(&one)[0]), (1, &former[0].items[0]));
        let read = r#"[{"label":"Edit","items":[{"kind":"action","id":"edit.undo","label":"Undo",
            "accelerator":"CmdOrCtrl+Z","enabled":false,"checked":null},{"kind":"separator"}]}]"#;
        assert_eq!(serde_json::from_str::<Vec<MenuSpec>>(read).unwrap(), former);
    }
}
