//! The device flow: a code shown by a program, typed by a person somewhere else.
//!
//! Documented: fields and errors. Inferred: that a code once answered is redeemed once, and how early is too fast.
//!
//! **Invariant**: nothing is answered for the person but by the test.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::json;

use super::refusal::Refused;
use super::{Fields, check_client, check_scope, field, issue, required};
use crate::azure::refusal;
use crate::azure::secrets;
use crate::azure::state::{Device, Person, State};

pub(super) fn begin(
    state: &mut State,
    url: &str,
    authority: &str,
    fields: &Fields,
) -> Result<Response<Body>, Refused> {
    check_client(fields)?;
    check_scope(field(fields, "scope"))?;
    let text = state.issue(secrets::opaque("device", 200));
    let user_code = secrets::user_code();
    let (lifetime, interval) = (
        state.switches.device_lifetime.as_secs(),
        state.switches.device_interval,
    );
    let device = Device {
        user_code: user_code.clone(),
        authority: authority.to_owned(),
        scope: field(fields, "scope").to_owned(),
        expires: state.now() + state.switches.device_lifetime,
        interval,
        asked: None,
        answered: None,
        used: false,
    };
    state.devices.insert(text.clone(), device);
    let page = format!("{url}/devicelogin");
    let message = format!(
        "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
    );
    Ok(refusal::json(
        StatusCode::OK,
        &json!({
            "user_code": user_code, "device_code": text, "verification_uri": page, "expires_in": lifetime,
            "interval": interval, "message": message,
        }),
    ))
}

pub(super) fn redeem(state: &mut State, authority: &str, fields: &Fields) -> Result<Response<Body>, Refused> {
    let text = required(fields, "device_code")?;
    let now = state.now();
    let Some(device) = state
        .devices
        .get_mut(text)
        .filter(|device| device.authority == authority)
    else {
        return Err(Refused::new(
            "bad_verification_code",
            70_020,
            "The device code is not known.",
        ));
    };
    if device.used {
        let words = "OAuth2 Authorization code was already redeemed, please retry with a new valid code.";
        return Err(Refused::invalid_grant(54_005, words));
    }
    if device.expires <= now {
        let words = "The provided value for the input parameter 'device_code' has expired.";
        return Err(Refused::new("expired_token", 70_020, words));
    }
    // Clocks and wires are not exact: a little early is not too fast.
    let patience = Duration::from_millis(device.interval * 800);
    let too_fast = device.asked.is_some_and(|asked| asked.elapsed() < patience);
    device.asked = Some(Instant::now());
    if too_fast {
        device.interval += 5;
        return Err(Refused::new("slow_down", 70_016, "The program asks too often."));
    }
    match device.answered.clone() {
        None => {
            let words = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
            Err(Refused::new("authorization_pending", 70_016, words))
        }
        Some(Err(())) => {
            let words = "User declined the request to access the application.";
            Err(Refused::new("authorization_declined", 70_018, words))
        }
        Some(Ok(subject)) => {
            device.used = true;
            let scope = device.scope.clone();
            Ok(issue::tokens(state, subject, &scope, None))
        }
    }
}

/// The person types a code at the page, and does there what the test says; whether the code was known.
pub(in crate::azure) fn person_answers(state: &mut State, user_code: &str) -> bool {
    let mut devices = state.devices.iter();
    let Some((text, device)) = devices.find(|(_, device)| device.user_code == user_code) else {
        return false;
    };
    let answered = match &state.switches.person {
        Person::SignsIn(name) => issue::subject(state, name, &device.authority).map_err(drop),
        Person::NeverAnswers => return true,
        Person::Refuses | Person::LacksConsent | Person::NeedsAdministrator => Err(()),
    };
    let text = text.clone();
    if let Some(device) = state.devices.get_mut(&text) {
        device.answered = Some(answered);
    }
    true
}
