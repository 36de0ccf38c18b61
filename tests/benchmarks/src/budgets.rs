//! What init and each request of a function may take, in instructions: `budgets.toml`.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use crate::{Result, count::Counts, table::thousands};

/// Counts vary by a few parts in a thousand: hash maps have random seeds, and ids have random digits.
const TOLERANCE_PERCENT: u64 = 5;

const HEAD: &str = "# Instructions of init and of each request of a function, as counted when this file was written.
# `.ci/budgets` fails when a count is more than 5 % higher. README.md says how to write the file anew.
";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("budgets.toml")
}

/// Writes what was counted over what there was of these functions.
pub(crate) fn write(counted: &BTreeMap<String, Counts>) -> Result<()> {
    let mut budgets = read().unwrap_or_default();
    budgets.extend(counted.clone());
    let mut text = HEAD.to_owned();
    for (function, counts) in &budgets {
        writeln!(text, "\n[{function}]")?;
        for (name, count) in counts {
            let name = if name.contains(' ') { format!("{name:?}") } else { name.clone() };
            writeln!(text, "{name} = {}", thousands(*count, '_'))?;
        }
    }
    Ok(std::fs::write(path(), text)?)
}

fn read() -> Result<BTreeMap<String, Counts>> {
    Ok(toml::from_str(&std::fs::read_to_string(path())?)?)
}

/// A line for each budget that is exceeded or missing.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn exceeded(counted: &BTreeMap<String, Counts>) -> Result<Vec<String>> {
    let budgets = read()?;
    let mut lines = Vec::new();
    for (function, counts) in counted {
        for (name, count) in counts {
            let Some(budget) = budgets.get(function).and_then(|budgets| budgets.get(name)) else {
                lines.push(format!("{function}: {name} has no budget"));
                continue;
            };
            if *count > budget + budget * TOLERANCE_PERCENT / 100 {
                let (count, budget, over) = (thousands(*count, ','), thousands(*budget, ','), percent(*count, *budget));
                lines.push(format!(
                    "{function}: {name} takes {count} instructions, {over} % more than its budget of {budget}"
                ));
            }
        }
    }
    Ok(lines)
}

fn percent(count: u64, budget: u64) -> u64 {
    (count.saturating_sub(budget) * 100).checked_div(budget).unwrap_or(100)
}
