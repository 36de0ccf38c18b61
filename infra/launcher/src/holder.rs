//! Which process listens on a port, where the system says so without further tools: on Linux.

use std::{fs, path::Path};

/// ` by node (process 4242)`, or nothing.
pub(crate) fn of(port: u16) -> String {
    find(port).map(|(name, id)| format!(" by {name} (process {id})")).unwrap_or_default()
}

fn find(port: u16) -> Option<(String, u32)> {
    let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let socket = sockets.iter().flat_map(|table| table.lines()).find_map(|line| listening(line, port))?;
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes.filter(|process| has_open(&process.path(), &socket)).find_map(|process| {
        let name = fs::read_to_string(process.path().join("comm")).ok()?;
        Some((name.trim().to_owned(), process.file_name().to_str()?.parse().ok()?))
    })
}

/// The socket of a line of the system's table, if it listens on the port: `0: 0100007F:0BB8 00000000:0000 0A … 4711 …`.
fn listening(line: &str, port: u16) -> Option<String> {
    const LISTEN: &str = "0A";
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [_, local, _, LISTEN, _, _, _, _, _, inode, ..] = fields.as_slice() else { return None };
    local.ends_with(&format!(":{port:04X}")).then(|| format!("socket:[{inode}]"))
}

fn has_open(process: &Path, socket: &str) -> bool {
    // Other users' processes do not show theirs.
    let files = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read_link(file.path()).ok()).any(|target| target.as_os_str() == socket)
}
