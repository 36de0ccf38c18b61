//! `--watch`: builds the functions again when their sources change, and replaces those that this changes.
//!
//! It compares the times of a few hundred files twice a second, which takes about a millisecond. A crate for the systems'
//! ways of telling would bring more code to build than this saves.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use local_launcher::workspace_root;

use crate::{binaries, lambda::Lambda, notices::Notices};

const FOLDERS: [&str; 2] = ["functions", "shared"];
/// Between two looks. Editors write several files, so a change counts once two looks find the same.
const PAUSE: Duration = Duration::from_millis(500);

/// What a file was like when it was looked at.
type Sources = BTreeMap<PathBuf, SystemTime>;

pub(crate) struct Watch {
    binaries: BTreeMap<String, PathBuf>,
    lambda: Arc<Lambda>,
    notices: Notices,
}

impl Watch {
    pub(crate) fn new(binaries: BTreeMap<String, PathBuf>, lambda: Arc<Lambda>, notices: Notices) -> Self {
        Self { binaries, lambda, notices }
    }

    /// Watches until dropped.
    pub(crate) async fn run(self) {
        let folders = FOLDERS.map(|folder| workspace_root().join(folder));
        let mut built = look(&folders).await;
        let mut running = self.versions();
        loop {
            tokio::time::sleep(PAUSE).await;
            let mut seen = look(&folders).await;
            if seen == built {
                continue;
            }
            loop {
                tokio::time::sleep(PAUSE).await;
                let now = look(&folders).await;
                if std::mem::replace(&mut seen, now) == seen {
                    break;
                }
            }
            built = seen;
            self.build(&mut running).await;
        }
    }

    async fn build(&self, running: &mut BTreeMap<String, Option<SystemTime>>) {
        self.notices.say("watch: a source has changed");
        let start = Instant::now();
        let names: Vec<String> = self.binaries.keys().cloned().collect();
        if binaries::build_again(&names, self.notices).await.is_err() {
            self.notices
                .say("watch: the build failed — the functions go on as they were; fix what the compiler says above");
            return;
        }
        let now = self.versions();
        let changed: Vec<&String> =
            now.iter().filter(|(name, at)| running.get(*name) != Some(at)).map(|(name, _)| name).collect();
        for name in &changed {
            if let Err(error) = self.lambda.replace(name).await {
                self.notices.warn(&error.to_string());
            }
        }
        let what = if changed.is_empty() {
            "no function".to_owned()
        } else {
            changed.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
        };
        self.notices.say(&format!("watch: replaced {what} ({:.1} s)", start.elapsed().as_secs_f64()));
        *running = now;
    }

    /// When each binary was linked.
    fn versions(&self) -> BTreeMap<String, Option<SystemTime>> {
        self.binaries.iter().map(|(name, path)| (name.clone(), modified(path))).collect()
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|data| data.modified()).ok()
}

async fn look(folders: &[PathBuf]) -> Sources {
    let folders = folders.to_vec();
    let look = move || {
        let mut sources = Sources::new();
        for folder in &folders {
            collect(folder, &mut sources);
        }
        sources
    };
    tokio::task::spawn_blocking(look).await.unwrap_or_default()
}

fn collect(folder: &Path, sources: &mut Sources) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // What editors keep beside the files that they have open.
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        if path.is_dir() {
            collect(&path, sources);
        } else if let Some(modified) = modified(&path) {
            sources.insert(path, modified);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy;

    #[tokio::test]
    async fn changed_new_and_deleted_sources_are_seen_and_editors_files_are_not() {
        let folder = std::env::temp_dir().join(format!("watch-{}", entropy::simple_id()));
        let file = |name: &str| folder.join("src").join(name);
        std::fs::create_dir_all(folder.join("src")).unwrap();
        std::fs::write(file("lib.rs"), "").unwrap();
        let folders = [folder.clone()];
        let mut before = look(&folders).await;
        let mut differs = async || {
            let now = look(&folders).await;
            std::mem::replace(&mut before, now) != before
        };
        assert!(!differs().await);
        let later = modified(&file("lib.rs")).unwrap() + Duration::from_secs(1);
        std::fs::File::options().write(true).open(file("lib.rs")).unwrap().set_modified(later).unwrap();
        assert!(differs().await);
        std::fs::write(file("new.rs"), "").unwrap();
        assert!(differs().await);
        std::fs::write(file(".lib.rs.swp"), "").unwrap();
        std::fs::write(file("lib.rs~"), "").unwrap();
        assert!(!differs().await);
        std::fs::remove_file(file("new.rs")).unwrap();
        assert!(differs().await);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
