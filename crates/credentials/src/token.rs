//! A token together with the scheme word it is sent under, and when it ends.
//!
//! **Invariant**: does not know where a token is kept, nor for whom it is; time comes in as an argument.

use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::Secret;

/// The longest text that is taken for a token, in bytes.
const LONGEST: usize = 16 * 1024;
/// How long before its end a token is renewed at most, in seconds.
const MARGIN: f64 = 300.0;

/// What goes into an `Authorization` header, whole.
///
/// Azure accepts a personal access token only as `Basic`, an Entra token as `Bearer`; cargo sends the stored
/// text verbatim. So the scheme word belongs to the token and is put on here, once.
#[derive(Debug, Clone)]
pub struct Token {
    header: Secret,
    expires_at: Option<i64>,
}

/// Why a text cannot be a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAToken {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// There are blanks or line breaks inside.
    #[error("it has blanks or line breaks inside")]
    Blanks,
    /// There are signs no token has.
    #[error("it has signs that no token has")]
    Signs,
    /// It is longer than any token.
    #[error("it is longer than {LONGEST} signs")]
    Long,
}

impl Token {
    /// A personal access token, or one that behaves like it: `Basic`, any user name.
    pub fn personal_access_token(token: &Secret) -> Self {
        let pair = format!("granary:{}", token.expose());
        Self {
            header: Secret::new(format!("Basic {}", STANDARD.encode(pair))),
            expires_at: None,
        }
    }

    /// An Entra token, or a pipeline's: `Bearer`.
    pub fn bearer(token: &Secret, expires_at: Option<i64>) -> Self {
        Self {
            header: Secret::new(format!("Bearer {}", token.expose())),
            expires_at,
        }
    }

    /// A token somebody gave us, sent the way its kind wants it: an Entra token is a JWT, all else is personal.
    pub fn of_any_kind(token: &Secret) -> Self {
        match expiry_of_jwt(token.expose()) {
            Some(expires_at) => Self::bearer(token, expires_at),
            None => Self::personal_access_token(token),
        }
    }

    /// The value of the `Authorization` header.
    pub fn header(&self) -> &Secret {
        &self.header
    }

    /// When it ends, in seconds since 1970; none where nobody said.
    pub fn expires_at(&self) -> Option<i64> {
        self.expires_at
    }

    /// Whether this is the very same token.
    pub fn is(&self, other: &Self) -> bool {
        self.header == other.header
    }
}

/// What a person pasted, freed from what pages and scripts put around it: a scheme word, a user name in Base64.
pub(crate) fn pasted_token(text: &str) -> Result<Secret, NotAToken> {
    let text = text.trim().trim_matches(['"', '\'']);
    let bare = match text.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim().to_owned(),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("basic") => {
            // Base64 wrapped at 76 signs has a blank inside; whoever wrapped it meant none.
            let whole = rest.split_whitespace().collect::<String>();
            let pair = STANDARD
                .decode(&whole)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            let token = pair
                .as_deref()
                .and_then(|pair| pair.split_once(':'))
                .map(|(_, token)| token);
            token.unwrap_or(&whole).to_owned()
        }
        _ => text.to_owned(),
    };
    match bare.as_str() {
        "" => Err(NotAToken::Empty),
        long if long.len() > LONGEST => Err(NotAToken::Long),
        blank if blank.contains(char::is_whitespace) => Err(NotAToken::Blanks),
        odd if !odd.bytes().all(|byte| byte.is_ascii_graphic()) => Err(NotAToken::Signs),
        _ => Ok(Secret::new(bare)),
    }
}

/// Whether a token that began and ends at given moments can still be handed out.
///
/// A clock that went back makes every statement about it worthless, so that counts as ended too. Renewed ahead: five
/// minutes, or half its life where that is short. Seconds since 1970.
pub(crate) fn is_fresh(obtained_at: f64, expires_at: f64, now: f64) -> bool {
    let margin = ((expires_at - obtained_at) / 2.0).clamp(0.0, MARGIN);
    obtained_at - 60.0 <= now && now + margin < expires_at
}

/// For a JWT its `exp`, if it says one; none for what is no JWT. The signature is the server's business.
fn expiry_of_jwt(token: &str) -> Option<Option<i64>> {
    let claims = jwt_claims(token)?;
    Some(claims["exp"].as_i64())
}

/// What a JWT says, unchecked: good enough to show it, and to know when to renew.
pub(crate) fn jwt_claims(token: &str) -> Option<serde_json::Value> {
    let mut parts = token.split('.');
    let (head, body) = (parts.next()?, parts.next()?);
    parts.next().filter(|_| parts.next().is_none())?;
    let json = |part: &str| -> Option<serde_json::Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    json(head)?.get("alg")?;
    json(body)
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

    #[test]
    fn a_jwt_is_a_bearer_and_says_when_it_ends() {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let jwt = format!(
            "{}.{}.sig",
            part(r#"{"alg":"RS256"}"#),
            part(r#"{"exp":1800000000}"#)
        );
        let token = Token::of_any_kind(&Secret::new(&*jwt));
        assert!(token.header().expose().starts_with("Bearer ey"));
        assert_eq!(token.expires_at(), Some(1_800_000_000));
        let token = Token::of_any_kind(&Secret::new("a.b.c"));
        assert!(token.header().expose().starts_with("Basic "));
    }

    #[test]
    fn what_was_pasted_is_freed_from_its_wrapping() {
        let check = |text: &str, expected: Result<&str, NotAToken>| {
            let found = pasted_token(text).map(|token| token.expose().to_owned());
            assert_eq!(found, expected.map(str::to_owned), "{text}");
        };
        let long = "p".repeat(84);
        check(&long, Ok(&long));
        check(&format!("  \"{long}\"\n"), Ok(&long));
        check("Bearer ey.ey.s", Ok("ey.ey.s"));
        let encoded = STANDARD.encode(format!("PAT:{long}"));
        check(&format!("Basic {encoded}"), Ok(&long));
        check(
            &format!("Basic {}\n{}", &encoded[..76], &encoded[76..]),
            Ok(&long),
        );
        check(" ", Err(NotAToken::Empty));
        check("two words", Err(NotAToken::Blanks));
        check("pässe", Err(NotAToken::Signs));
        check(&"p".repeat(LONGEST + 1), Err(NotAToken::Long));
    }

    #[test]
    fn tokens_are_renewed_ahead_of_their_end() {
        let check = |obtained: f64, expires: f64, now: f64, fresh: bool| {
            assert_eq!(
                is_fresh(obtained, expires, now),
                fresh,
                "{obtained} {expires} {now}"
            );
        };
        check(1000.0, 4600.0, 1000.0, true);
        check(1000.0, 4600.0, 4299.0, true);
        check(1000.0, 4600.0, 4300.0, false);
        // One that lives two seconds is handed out in its first one.
        check(1000.0, 1002.0, 1000.9, true);
        check(1000.0, 1002.0, 1001.0, false);
        // The clock went back by ten minutes, or forward.
        check(1000.0, 4600.0, 400.0, false);
        check(1000.0, 4600.0, 5200.0, false);
    }
}
