//! What one stack has for itself: two ports and a data directory.

use std::{
    fs::{File, TryLockError},
    io::{Error, ErrorKind, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
};

use crate::holder;

/// Why a stack cannot have a port or a directory. Each message is one line that also says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Taken {
    /// Another process listens on the port.
    #[error(
        "port {port} ({what}) is in use{holder} — stop it, or choose another port with {option} (0 picks a free one)"
    )]
    Port {
        /// The port that was asked for.
        port: u16,
        /// What was to listen there.
        what: &'static str,
        /// The option that chooses it.
        option: &'static str,
        /// By which process, as far as it is known.
        holder: String,
    },
    /// No port could be had at all.
    #[error(
        "cannot listen on 127.0.0.1:{port} ({source}) — choose another port with {option}, or check the loopback interface"
    )]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// The option that chooses it.
        option: &'static str,
        /// What the system says.
        #[source]
        source: Error,
    },
    /// Another stack uses the same directory.
    #[error("{} is used by another local stack{holder} — stop it, or choose another directory with --data", path.display())]
    Data {
        /// The directory.
        path: PathBuf,
        /// By which process, as far as it is known.
        holder: String,
    },
    /// The data directory cannot be used.
    #[error("cannot use {} ({source}) — repair or delete it, or choose another directory with --data", path.display())]
    Directory {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: Error,
    },
}

/// Listens on a port of the loopback interface; 0 picks a free one.
///
/// # Errors
/// When the port is in use or not to be had.
pub fn listen(port: u16, what: &'static str, option: &'static str) -> Result<TcpListener, Taken> {
    TcpListener::bind(("127.0.0.1", port)).map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => Taken::Port { port, what, option, holder: holder::of(port) },
        _ => Taken::Listen { port, option, source },
    })
}

/// Locks a data directory while the file is open: two stacks would write over each other's state.
///
/// # Errors
/// When another stack has it, or it cannot be created.
pub fn lock(directory: &Path) -> Result<File, Taken> {
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |source| Taken::Directory { path, source }
    };
    std::fs::create_dir_all(directory).map_err(wrong(directory))?;
    let path = directory.join("lock");
    // Not truncated: it says which process has it.
    let options = File::options().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = options.map_err(wrong(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(source)) => return Err(wrong(&path)(source)),
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            // Whoever locked it may not have written yet.
            let _ = file.read_to_string(&mut process);
            let holder = process.trim().parse::<u32>().map(|id| format!(" (process {id})")).unwrap_or_default();
            return Err(Taken::Data { path: directory.to_owned(), holder });
        }
    }
    let id = std::process::id().to_string();
    file.set_len(0).and_then(|()| file.write_all(id.as_bytes())).map_err(wrong(&path))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_one_line_with_the_process_and_the_option() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let line = listen(port, "the HTTP API", "--api-port").unwrap_err().to_string();
        assert!(line.starts_with(&format!("port {port} (the HTTP API) is in use")), "{line}");
        assert!(line.contains("--api-port") && line.lines().count() == 1, "{line}");
        if cfg!(target_os = "linux") {
            assert!(line.contains(&format!("process {}", std::process::id())), "{line}");
        }
    }

    #[test]
    fn a_directory_is_used_by_one_stack_at_a_time() {
        let directory = std::env::temp_dir().join(format!("claims-{}", std::process::id()));
        let first = lock(&directory).unwrap();
        let line = lock(&directory).unwrap_err().to_string();
        assert!(line.contains(&format!("another local stack (process {})", std::process::id())), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        drop(first);
        lock(&directory).unwrap();
        std::fs::remove_dir_all(directory).unwrap();
    }
}
