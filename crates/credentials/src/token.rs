//! A token together with the scheme word it is sent under.
//!
//! **Invariant**: does not know where a token is kept, nor for whom it is.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::Secret;

/// What goes into an `Authorization` header, whole.
///
/// Azure accepts a personal access token only as `Basic`, an Entra token as `Bearer`; cargo sends the stored
/// text verbatim. So the scheme word belongs to the token and is put on here, once.
#[derive(Debug, Clone)]
pub struct Token {
    header: Secret,
}

impl Token {
    /// A personal access token, or one that behaves like it: `Basic`, any user name.
    pub fn personal_access_token(token: &Secret) -> Self {
        let pair = format!("granary:{}", token.expose());
        Self {
            header: Secret::new(format!("Basic {}", STANDARD.encode(pair))),
        }
    }

    /// The value of the `Authorization` header.
    pub fn header(&self) -> &Secret {
        &self.header
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_access_token_is_sent_as_basic_on_one_line() {
        let token = Token::personal_access_token(&Secret::new("x".repeat(84)));
        let header = token.header().expose();
        let encoded = header.strip_prefix("Basic ").expect("the scheme comes first");
        assert!(!encoded.contains(char::is_whitespace), "{encoded}");
        assert_eq!(
            STANDARD.decode(encoded).unwrap(),
            format!("granary:{}", "x".repeat(84)).as_bytes()
        );
    }
}
