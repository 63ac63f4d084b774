//! Encrypted backups: the right key opens them, nothing else does, and damage is told from a wrong key.

use std::path::{Path, PathBuf};

use keyturn_protocol::Code;

use super::backup::{elsewhere, names, worked};
use super::world::World;
use crate::Error;
use crate::backup::{BackupOptions, BackupSource, Manifest, RestoreOptions, Restored, make, read_recipients, restore};
use crate::objects::StoredFile;
use crate::users::Actor;

/// A public and a secret key, for these tests only, and a secret key of somebody else.
const PUBLIC: &str = "age1s762km5cputcz42jqtdd6x2p9xaqxak8rv753kx2r3wfr68ah9eqe3ed8c";
const SECRET: &str = "AGE-SECRET-KEY-14WLE3HAYUV9CZRHU4PM5RD757UX8RK8TC3VMEVFJ39N50KWFMAYQ2ZSSW0";
const OTHER: &str = "AGE-SECRET-KEY-1M34Z0M0ZUX8T7J38CF7NWC9T746TP2PRDV3CJ46M8L0DCXDJGF9Q035PZS";

async fn restored(world: &World, backup: &Path, data: &Path, key: Option<PathBuf>) -> Result<Restored, Error> {
    let options = RestoreOptions {
        backup: BackupSource::Folder(backup.to_owned()),
        data: data.to_owned(),
        database: None,
        identity: key,
        erased: Vec::new(),
        clock: world.time.clone(),
        ids: world.ids.clone(),
    };
    restore(&options, &mut |_| ()).await
}

#[tokio::test]
async fn only_its_key_opens_an_encrypted_backup_and_damage_is_told() {
    let world = worked().await;
    let (target, dir) = (elsewhere(), world.dir.path());
    let file = |name: &str, text: &str| {
        let path = dir.join(name);
        std::fs::write(&path, format!("# a key\n{text}\n")).unwrap();
        path
    };
    let (secret, wrong, public) = (file("secret", SECRET), file("wrong", OTHER), file("public", PUBLIC));
    let options = BackupOptions {
        target: target.path().to_owned(),
        keep: None,
        recipients: read_recipients(&public).unwrap(),
        actor: Actor::Command,
    };
    let made = make(world.server.state(), &options, &mut |_| ()).await.unwrap();
    assert_eq!(names(&made.path), ["erased.jsonl", "keyturn.db.age", "manifest.json"]);
    let data = dir.join("new");
    let refused = async |key: Option<&PathBuf>| {
        let error = restored(&world, &made.path, &data, key.cloned()).await.unwrap_err();
        assert!(!data.exists(), "nothing is left: {error}");
        error.code()
    };
    assert_eq!(refused(None).await, Code::BackupKeyMissing);
    assert_eq!(refused(Some(&wrong)).await, Code::BackupKeyWrong);
    assert_eq!(refused(Some(&public)).await, Code::BackupKeyWrong);
    assert_eq!(refused(Some(&dir.join("nowhere"))).await, Code::ConfigBad);

    // Cut off or changed, also by somebody who writes down the sum of what they made of it.
    let stored = made.path.join("keyturn.db.age");
    let bytes = std::fs::read(&stored).unwrap();
    let manifest = std::fs::read(made.path.join("manifest.json")).unwrap();
    let mut changed = bytes.clone();
    let last = changed.len() - 5;
    changed[last] ^= 1;
    let mut head = bytes.clone();
    head[3] ^= 1;
    for wrong in [bytes[..bytes.len() - 20_000].to_vec(), changed, head, Vec::new()] {
        std::fs::write(&stored, &wrong).unwrap();
        assert_eq!(refused(Some(&secret)).await, Code::BackupDamaged);
        let mut told = Manifest::read(&made.path).unwrap();
        told.stored = StoredFile {
            bytes: wrong.len() as u64,
            sha256: hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&wrong)),
        };
        std::fs::write(made.path.join("manifest.json"), serde_json::to_vec(&told).unwrap()).unwrap();
        assert_eq!(refused(Some(&secret)).await, Code::BackupDamaged);
        std::fs::write(made.path.join("manifest.json"), &manifest).unwrap();
    }
    std::fs::write(&stored, &bytes).unwrap();
    let done = restored(&world, &made.path, &data, Some(secret)).await.unwrap();
    assert_eq!(done.manifest, made.manifest);
}

#[test]
fn recipients_are_checked_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let code = |text: &str| {
        let path = dir.path().join("recipients");
        std::fs::write(&path, text).unwrap();
        read_recipients(&path).map_err(|e| e.code())
    };
    assert_eq!(code(&format!("# office\n{PUBLIC}\n\n")).unwrap(), [PUBLIC]);
    for wrong in ["", "# nobody\n", "age1notakey\n", "AGE-SECRET-KEY-1\n"] {
        assert_eq!(code(wrong), Err(Code::ConfigBad), "{wrong}");
    }
}
