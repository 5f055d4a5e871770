//! The texts of tokens and codes, each with a mark that is found again wherever it leaks.
//!
//! Documented: 84 characters of a personal access token with `AZDO` at 76 to 80, 52 of an older one. Inferred: that an
//! access token is a JWT of more than 1,280 characters and a refresh token some 1,200 or more; both are opaque to us.
//!
//! **Invariant**: every text made here is new and random; nothing can be guessed from another.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE32: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
const SIGNS: &[u8] = b"BCDFGHJKLMNPQRSTVWXYZ23456789";

/// A secret's text and what to look for in files and logs.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) text: String,
    pub(super) mark: String,
}

fn random(alphabet: &[u8], length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in Uuid::new_v4().as_bytes().iter().take(length - text.len()) {
            text.push(char::from(alphabet[usize::from(*byte) % alphabet.len()]));
        }
    }
    text
}

fn mark(kind: &str) -> String {
    format!("CANARY{kind}{}", Uuid::new_v4().simple())
}

/// A personal access token of the Services.
pub(super) fn personal() -> Made {
    let text = format!("{}AZDO{}", random(LETTERS, 76), random(LETTERS, 4));
    Made {
        mark: text.clone(),
        text,
    }
}

/// A personal access token of a server, in the older form.
pub(super) fn personal_of_server() -> Made {
    let text = random(BASE32, 52);
    Made {
        mark: text.clone(),
        text,
    }
}

/// What looks like a JWT; its signature is the mark and noise.
pub(super) fn jwt(kind: &str, claims: &Value, noise: usize) -> Made {
    let mark = mark(kind);
    let head = json!({ "typ": "JWT", "alg": "RS256", "kid": random(LETTERS, 27) });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!(
        "{}.{}.{mark}{}",
        part(&head),
        part(claims),
        random(LETTERS, noise)
    );
    Made { text, mark }
}

/// What looks like one of Entra's codes and refresh tokens.
pub(super) fn opaque(kind: &str, length: usize) -> Made {
    let mark = mark(kind);
    let noise = length.saturating_sub(mark.len() + 6);
    let text = format!("1.AXkA{mark}{}", random(LETTERS, noise));
    Made { text, mark }
}

/// What a person types at the device page.
pub(super) fn user_code() -> String {
    random(SIGNS, 9)
}

/// The id of an organization: the same in every answer.
pub(super) fn organization_id(name: &str) -> Uuid {
    let digest = Sha256::digest(name.as_bytes());
    Uuid::from_slice(&digest[..16]).unwrap_or_default()
}

/// The challenge that belongs to a verifier.
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// What is found of a text where it lies inside base64, whatever stands before it.
pub(super) fn veiled(text: &str) -> Vec<String> {
    let veil = |before: usize| {
        let encoded = STANDARD.encode([vec![0; before], text.as_bytes().to_vec()].concat());
        let (from, to) = ((before * 8).div_ceil(6), (before + text.len()) * 8 / 6);
        encoded.get(from..to).unwrap_or_default().to_owned()
    };
    (0..3).map(veil).collect()
}
