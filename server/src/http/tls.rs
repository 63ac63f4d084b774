//! TLS from files. A certificate that was renewed is taken up without a restart.
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use keyturn_protocol::Code;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::Error;

/// How often somebody looks whether the files are new ones.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Who has not agreed on keys by then is let go of.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The files of a certificate and its key, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, its issuers behind it.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// What connections are opened with.
pub(crate) struct Tls {
    files: TlsFiles,
    current: Mutex<Current>,
}

struct Current {
    config: Arc<ServerConfig>,
    written: Option<SystemTime>,
    looked: Instant,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// `config_bad`, naming the file.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, Error> {
        let written = written(&files);
        let current = Current {
            config: load(&files)?,
            written,
            looked: Instant::now(),
        };
        Ok(Self {
            files,
            current: Mutex::new(current),
        })
    }

    /// Agrees on keys with whoever connected; none: they did not.
    pub(crate) async fn accept(&self, socket: TcpStream) -> Option<TlsStream<TcpStream>> {
        let acceptor = TlsAcceptor::from(self.config());
        match tokio::time::timeout(HANDSHAKE, acceptor.accept(socket)).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::debug!(%error, "No TLS with whoever connected");
                None
            }
            Err(_) => None,
        }
    }

    fn config(&self) -> Arc<ServerConfig> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked.elapsed() >= LOOK_EVERY {
            current.looked = Instant::now();
            self.look(&mut current);
        }
        Arc::clone(&current.config)
    }

    /// Takes up new files; what is broken is told, and the old ones stay.
    fn look(&self, current: &mut Current) {
        let now = written(&self.files);
        if now == current.written {
            return;
        }
        match load(&self.files) {
            Ok(config) => {
                (current.config, current.written) = (config, now);
                tracing::info!(file = %self.files.certificate.display(), "A new certificate is in use");
            }
            Err(error) => tracing::warn!(%error, "The new certificate cannot be used; the old one stays"),
        }
    }
}

/// The later time of the two files.
fn written(files: &TlsFiles) -> Option<SystemTime> {
    let of = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    of(&files.certificate).max(of(&files.key))
}

fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, Error> {
    let bad = |path: &Path, error: &dyn std::fmt::Display| {
        // Never what stands in the file.
        Error::refused(Code::ConfigBad, format!("{}: {error}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| bad(&files.certificate, &e))?;
    if chain.is_empty() {
        return Err(bad(&files.certificate, &"no certificate in it"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| bad(&files.key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| bad(&files.certificate, &e))?;
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::{Tls, TlsFiles};
    use std::path::Path;

    fn files(folder: &Path) -> TlsFiles {
        TlsFiles {
            certificate: folder.join("cert.pem"),
            key: folder.join("key.pem"),
        }
    }

    fn write(files: &TlsFiles, name: &str) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        std::fs::write(&files.certificate, made.cert.pem()).unwrap();
        std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    }

    #[test]
    fn a_missing_broken_or_foreign_file_is_named_and_a_renewed_one_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let told = |files: &TlsFiles| Tls::open(files.clone()).map(drop).unwrap_err().to_string();
        assert!(told(&files).contains("cert.pem"));
        write(&files, "one.example");
        let tls = Tls::open(files.clone()).unwrap();
        let first = tls.config();

        let mut current = tls.current.lock().unwrap();
        std::fs::write(&files.key, "no key").unwrap();
        current.written = None;
        tls.look(&mut current);
        assert!(std::sync::Arc::ptr_eq(&current.config, &first), "the old one stays");
        assert!(told(&files).contains("key.pem"));

        write(&files, "two.example");
        current.written = None;
        tls.look(&mut current);
        assert!(!std::sync::Arc::ptr_eq(&current.config, &first));
        drop(current);

        let other = tempfile::tempdir().unwrap();
        let foreign = self::files(other.path());
        write(&foreign, "three.example");
        let mixed = TlsFiles {
            key: foreign.key,
            ..files
        };
        assert!(told(&mixed).contains("cert.pem"), "a key of another certificate");
    }
}
