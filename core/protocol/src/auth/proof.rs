//! The proof itself: made by a phone, read by a server.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{DeviceKey, DeviceSigner};
use crate::Code;

/// The method that a token request is made with.
pub const TOKEN_METHOD: &str = "POST";
/// The path that a token request goes to.
pub const TOKEN_PATH: &str = "/v1/token";

/// A proof of ours has about 450 bytes.
const LONGEST: usize = 2_048;
const LONGEST_JTI: usize = 64;

/// Why a proof is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not three base64url parts of the JSON that RFC 9449 describes.
    #[error("The proof is not a DPoP JWT")]
    Form,
    /// Signed by another key than the one it names.
    #[error("The signature of the proof does not hold")]
    Signature,
    /// Made for another method or address.
    #[error("The proof was made for another request")]
    Target,
    /// No point of P-256.
    #[error("The key is no P-256 public key")]
    Key,
    /// The key store did not sign.
    #[error("The device key did not sign")]
    Signer,
}

impl ProofError {
    /// Returns the stable code.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Form | Self::Signature | Self::Target | Self::Signer => Code::DpopBad,
            Self::Key => Code::DeviceKeyBad,
        }
    }
}

/// What a proof claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofClaims {
    /// Never used twice.
    pub jti: String,
    /// The method.
    pub htm: String,
    /// The address, without query.
    pub htu: String,
    /// When the phone made it, in seconds, by its own clock.
    pub iat: i64,
    /// The server's nonce; absent in the first try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Jwk,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

/// A proof whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DpopProof {
    /// The key that signed it.
    pub key: DeviceKey,
    /// What it claims; only the signer vouches for it.
    pub claims: ProofClaims,
}

impl DpopProof {
    /// Makes the text of a proof for `POST {htu}`; `random` makes it unique, `now_ms` is the phone's clock.
    ///
    /// # Errors
    /// `ProofError::Signer` when the key does not sign.
    pub fn sign(
        signer: &dyn DeviceSigner,
        htu: &str,
        nonce: Option<&str>,
        now_ms: i64,
        random: [u8; 16],
    ) -> Result<String, ProofError> {
        let claims = ProofClaims {
            jti: URL_SAFE_NO_PAD.encode(random),
            htm: TOKEN_METHOD.to_owned(),
            htu: htu.to_owned(),
            iat: now_ms.div_euclid(1_000),
            nonce: nonce.map(str::to_owned),
        };
        Self::sign_claims(signer, &claims)
    }

    /// Makes the text of a proof with these claims, whatever they are.
    ///
    /// # Errors
    /// `ProofError::Signer` when the key does not sign.
    pub fn sign_claims(signer: &dyn DeviceSigner, claims: &ProofClaims) -> Result<String, ProofError> {
        let (x, y) = signer.device_key().to_jwk();
        let jwk = Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x,
            y,
        };
        let header = Header {
            typ: "dpop+jwt".to_owned(),
            alg: "ES256".to_owned(),
            jwk,
        };
        let part = |json: Result<Vec<u8>, serde_json::Error>| {
            json.map(|json| URL_SAFE_NO_PAD.encode(json))
                .map_err(|_| ProofError::Form)
        };
        let head = part(serde_json::to_vec(&header))?;
        let body = part(serde_json::to_vec(claims))?;
        let message = format!("{head}.{body}");
        let signature = signer.sign_es256(message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Reads a proof and checks its signature with the key that it names. Whether that key is known, the nonce valid
    /// and the proof new is for the server to say.
    ///
    /// # Errors
    /// `ProofError::Form`, `Key` or `Signature`.
    pub fn verify(text: &str) -> Result<Self, ProofError> {
        if text.len() > LONGEST {
            return Err(ProofError::Form);
        }
        let (message, signature) = text.rsplit_once('.').ok_or(ProofError::Form)?;
        let (head, body) = message.split_once('.').ok_or(ProofError::Form)?;
        let header: Header = read(head)?;
        let same =
            header.typ == "dpop+jwt" && header.alg == "ES256" && header.jwk.kty == "EC" && header.jwk.crv == "P-256";
        if !same {
            return Err(ProofError::Form);
        }
        let key = DeviceKey::from_jwk(&header.jwk.x, &header.jwk.y)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| ProofError::Form)?;
        if !key.verifies(message.as_bytes(), &signature) {
            return Err(ProofError::Signature);
        }
        let claims: ProofClaims = read(body)?;
        if claims.jti.is_empty() || claims.jti.len() > LONGEST_JTI {
            return Err(ProofError::Form);
        }
        Ok(Self { key, claims })
    }

    /// Checks that the proof was made for this very request.
    ///
    /// # Errors
    /// `ProofError::Target` when it was made for another one.
    pub fn check_target(&self, htm: &str, htu: &str) -> Result<(), ProofError> {
        // Scheme and host know no case, and a phone may write the default port; nothing else may differ.
        let same = self.claims.htm == htm && normal(&self.claims.htu) == normal(htu);
        if same { Ok(()) } else { Err(ProofError::Target) }
    }
}

fn read<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, ProofError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| ProofError::Form)?;
    serde_json::from_slice(&bytes).map_err(|_| ProofError::Form)
}

fn normal(url: &str) -> Option<(String, String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let default = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let host = host.strip_suffix(default).unwrap_or(&host).to_owned();
    Some((scheme, host, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::SigningKey;

    use super::*;

    const HTU: &str = "https://keyturn.example/v1/token";

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_slice(&[seed; 32]).unwrap()
    }

    #[test]
    fn a_proof_reads_back() {
        let text = DpopProof::sign(&key(1), HTU, Some("n-1"), 1_700_000_000_999, [7; 16]).unwrap();
        let proof = DpopProof::verify(&text).unwrap();
        assert_eq!(proof.key, key(1).device_key());
        assert_eq!(proof.claims.iat, 1_700_000_000);
        assert_eq!(proof.claims.nonce.as_deref(), Some("n-1"));
        assert_eq!(proof.check_target("POST", HTU), Ok(()));
        assert_eq!(
            proof.check_target("POST", "HTTPS://KEYTURN.example:443/v1/token"),
            Ok(())
        );
        assert_eq!(proof.check_target("GET", HTU), Err(ProofError::Target));
        for other in [
            "https://other.example/v1/token",
            "https://keyturn.example/v1/sync",
            "nonsense",
            "",
        ] {
            assert_eq!(proof.check_target("POST", other), Err(ProofError::Target), "{other}");
        }
    }

    #[test]
    fn another_key_or_a_changed_letter_is_refused() {
        let ours = DpopProof::sign(&key(1), HTU, None, 0, [7; 16]).unwrap();
        let theirs = DpopProof::sign(&key(2), HTU, None, 0, [7; 16]).unwrap();
        let mixed = format!(
            "{}.{}",
            ours.rsplit_once('.').unwrap().0,
            theirs.rsplit_once('.').unwrap().1
        );
        assert_eq!(DpopProof::verify(&mixed), Err(ProofError::Signature));
        let bytes = ours.as_bytes();
        for at in 0..bytes.len() {
            let mut changed = bytes.to_vec();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(DpopProof::verify(&changed).is_err(), "letter {at}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let none = part(r#"{"typ":"dpop+jwt","alg":"none","jwk":{"kty":"EC","crv":"P-256","x":"","y":""}}"#);
        let long = "a".repeat(3_000);
        let deep = part(&"[".repeat(1_000));
        for text in [
            "",
            ".",
            "..",
            "a.b.c",
            &format!("{none}.e30."),
            &long,
            &format!("{deep}.{deep}.e30"),
        ] {
            assert!(DpopProof::verify(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_device_key_is_text_and_only_points_are_keys() {
        let key = key(3).device_key();
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<DeviceKey>(&json).unwrap(), key);
        assert!(serde_json::from_str::<DeviceKey>("\"AAAA\"").is_err());
        assert_eq!(
            DeviceKey::from_sec1(&[0x02; 33]).is_ok(),
            DeviceKey::from_sec1(&[0x02; 33]).is_ok()
        );
        assert_eq!(DeviceKey::from_sec1(&[0xff; 33]), Err(ProofError::Key));
    }
}
