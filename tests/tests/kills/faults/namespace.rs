//! A small file system in a namespace of its own, so that nothing is left behind.

use std::path::Path;
use std::process::Command;

const INSIDE: &str = "KEYTURN_FULL_DISK";

/// Runs the test `name` again where mounting is allowed and ends with the test; true: this is that run.
pub fn in_namespace(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut unshare = Command::new("unshare");
    unshare.arg("--mount");
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if !root {
        unshare.args(["--user", "--map-root-user"]);
    }
    let own = std::env::current_exe().unwrap();
    let ended = unshare.arg(own).args(["--exact", name, "--nocapture"]).env(INSIDE, "1");
    let ended = ended.output().expect("unshare, of Debian's util-linux");
    let said = String::from_utf8_lossy(&ended.stdout);
    let why = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}\n{why}");
    false
}

/// Mounts 4 MB at a folder.
pub fn mount(dir: &Path) {
    mount_of(dir, "4m");
}

/// Mounts a file system of its own at a folder, in memory.
pub fn mount_of(dir: &Path, size: &str) {
    std::fs::create_dir_all(dir).unwrap();
    let mut mount = Command::new("mount");
    let size = format!("size={size}");
    let mount = mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir).status();
    assert!(
        mount.unwrap().success(),
        "a file system of its own, as root or with user namespaces"
    );
}

/// Fills what is left, to the last page.
pub fn fill(dir: &Path) {
    let mut size = 1 << 20;
    for n in 0.. {
        if size == 0 {
            break;
        }
        if std::fs::write(dir.join(format!("fill-{n}")), vec![1; size]).is_err() {
            let _ = std::fs::remove_file(dir.join(format!("fill-{n}")));
            size /= 2;
            if size < 4_096 {
                size = 0;
            }
        }
    }
}

/// Takes away what fills it.
pub fn make_room(dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with("fill-")) {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
}
