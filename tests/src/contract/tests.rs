//! The look at exchanges, on ones that are as described and on ones that are not. The description here is a small one
//! of our own; Microsoft's is read by the journey.

use serde_json::{Value, json};

use super::operation::FILES;
use super::*;

fn description() -> Value {
    let version = json!({ "in": "query", "name": "api-version", "required": true, "type": "string" });
    let segment = |name: &str| json!({ "in": "path", "name": name, "required": true, "type": "string" });
    let list = json!({ "type": "array", "items": { "$ref": "#/definitions/Room" } });
    let one = json!({ "$ref": "#/definitions/Room" });
    json!({
        "paths": {
            "/{organization}/{project}/_apis/packaging/rooms": {
                "get": {
                    "x-ms-docs-override-version": "7.1",
                    "parameters": [segment("organization"), segment("project"), version,
                        { "in": "query", "name": "kind", "required": true, "enum": ["small", "large"] },
                        { "in": "query", "name": "$top", "type": "integer" }],
                    "responses": { "200": { "schema": list } },
                },
                "post": {
                    "x-ms-docs-override-version": "7.1",
                    "parameters": [segment("organization"), version, { "in": "body", "name": "body", "required": true,
                        "schema": one }],
                    "responses": { "200": { "schema": one } },
                },
            },
            "/{organization}/_apis/packaging/rooms/{roomId}": {
                "delete": {
                    "x-ms-docs-override-version": "7.1-preview.1",
                    "parameters": [{ "in": "path", "name": "roomId", "required": true, "type": "string",
                        "format": "uuid" }, version],
                    "responses": { "200": {} },
                },
                "patch": {
                    "x-ms-docs-override-version": "7.1",
                    "parameters": [segment("roomId"), version, { "in": "body", "name": "body", "required": true,
                        "schema": { "$ref": "#/definitions/JsonPatchDocument" } }],
                    "responses": { "200": {} },
                },
            },
        },
        "definitions": {
            "Room": {
                "type": "object",
                "allOf": [{ "$ref": "#/definitions/Space" }],
                "required": ["name"],
                "properties": {
                    "_links": { "$ref": "#/definitions/ReferenceLinks" },
                    "kind": { "enum": ["small", "large"] },
                    "built": { "type": "string", "format": "date-time" },
                    "doors": { "type": "array", "items": { "type": "integer" } },
                    "height": { "type": "number" },
                    "number": { "type": "integer", "readOnly": true },
                    "owner": { "$ref": "#/definitions/IdentityDescriptor" },
                    "marks": { "type": "object" },
                },
            },
            "Space": {
                "type": "object",
                "properties": { "id": { "type": "string", "format": "uuid" }, "name": { "type": "string" },
                    "open": { "type": "boolean" } },
            },
            "ReferenceLinks": { "type": "object", "properties": { "links": { "type": "object" } } },
            "IdentityDescriptor": { "type": "object", "properties": { "identifier": { "type": "string" },
                "identityType": { "type": "string" } } },
            "JsonPatchDocument": { "type": "object", "allOf": [{ "type": "array",
                "items": { "$ref": "#/definitions/JsonPatchOperation" } }] },
            "JsonPatchOperation": { "type": "object", "properties": { "op": { "enum": ["add", "replace"] },
                "path": { "type": "string" }, "value": { "type": "object" } } },
        },
    })
}

fn contract() -> Contract {
    let text = format!("\u{feff}{}", description());
    Contract {
        operations: described(&FILES[0], &text).unwrap(),
    }
}

const ID: &str = "01234567-89ab-cdef-0123-456789ABCDEF";

fn room() -> Value {
    json!({
        "id": ID, "name": "kitchen", "open": true, "kind": "small", "built": "2025-10-11T02:38:05.0521588Z",
        "doors": [1, 2], "height": 2.5, "number": 7, "owner": "Kind;somebody", "marks": { "any": ["thing"] },
        "_links": { "self": { "href": "there" } },
    })
}

fn listing(rooms: &Value) -> Exchange {
    Exchange {
        host: "feeds.dev.azure.com".to_owned(),
        method: "GET".to_owned(),
        path: "/contoso/My%20Project/_apis/Packaging/Rooms".to_owned(),
        query: "kind=small&%24top=5&api-version=7.1".to_owned(),
        request_body: None,
        status: 200,
        content_type: Some("application/json; charset=utf-8; api-version=7.1".to_owned()),
        response_body: Some(json!({ "count": rooms.as_array().map(Vec::len), "value": rooms })),
    }
}

fn creation(body: Value) -> Exchange {
    Exchange {
        method: "POST".to_owned(),
        query: "api-version=7.1".to_owned(),
        request_body: Some(body),
        response_body: Some(room()),
        ..listing(&json!([]))
    }
}

#[track_caller]
fn check_good(exchange: &Exchange, expected: &[Deviation]) {
    match contract().check(exchange) {
        Verdict::AsDescribed { deviations, .. } => {
            let expected = expected.iter().copied().chain([Deviation::ByteOrderMark]);
            assert_eq!(deviations, expected.collect());
        }
        verdict => panic!("{verdict:?}"),
    }
}

#[track_caller]
fn check_wrong(exchange: &Exchange, words: &str) {
    match contract().check(exchange) {
        Verdict::Wrong(lines) => assert!(lines.iter().any(|line| line.contains(words)), "{lines:#?}"),
        verdict => panic!("{verdict:?} and not: {words}"),
    }
}

#[test]
fn what_is_as_described() {
    use Deviation::*;
    check_good(
        &listing(&json!([room(), { "name": "hall", "open": null }])),
        &[WrappedList, FlatLinks, DescriptorIsText, NullOrUnlisted],
    );
    let mut of_all = listing(&json!([]));
    of_all.path = "/contoso/_apis/packaging/rooms".to_owned();
    check_good(&of_all, &[WrappedList, NoProject]);
    of_all.host = "server.example:8080".to_owned();
    of_all.path = "/tfs/contoso/main/_apis/packaging/rooms".to_owned();
    of_all.query = "kind=large&api-version=7.1-preview.1".to_owned();
    check_good(&of_all, &[WrappedList, PreviewOfReleased]);
    of_all.path = "/tfs/contoso/_apis/packaging/rooms".to_owned();
    check_good(&of_all, &[WrappedList, NoProject, PreviewOfReleased]);
    check_good(
        &creation(json!({ "name": "kitchen", "owner": "Kind;me" })),
        &[FlatLinks, DescriptorIsText],
    );
    let patch = Exchange {
        method: "PATCH".to_owned(),
        path: format!("/contoso/_apis/packaging/rooms/{ID}"),
        response_body: None,
        ..creation(json!([{ "op": "replace", "path": "/open", "value": false }]))
    };
    check_good(&patch, &[PatchIsList, AnyPatchValue]);
    let refused = Exchange {
        status: 404,
        response_body: Some(json!({ "message": "no", "typeKey": "NoRoomException" })),
        ..listing(&json!([]))
    };
    check_good(&refused, &[]);
    let bad = Exchange {
        status: 400,
        request_body: Some(json!({ "colour": "red" })),
        ..refused
    };
    check_good(&bad, &[]);
}

#[test]
fn answers_that_are_not() {
    let changed = |field: &str, value: Value| {
        let mut room = room();
        room[field] = value;
        listing(&json!([room]))
    };
    check_wrong(&changed("open", json!("yes")), "value[0].open is no boolean");
    check_wrong(&changed("doors", json!([1.5])), "doors[0] is no integer");
    check_wrong(&changed("doors", json!({ "0": 1 })), "doors is no array");
    check_wrong(&changed("id", json!("kitchen")), "id is no uuid");
    check_wrong(&changed("built", json!("yesterday")), "built is no date-time");
    check_wrong(&changed("kind", json!("Small")), "kind cannot be");
    check_wrong(&changed("colour", json!("red")), "colour is unknown");
    check_wrong(&changed("name", Value::Null), "name is null");
    check_wrong(&changed("owner", json!("somebody")), "owner is no descriptor");
    check_wrong(
        &changed("_links", json!({ "links": { "self": "there" } })),
        "has no address",
    );
    check_wrong(&listing(&json!([{ "open": true }])), "value[0].name is missing");
    let with = |body: Value| Exchange {
        response_body: Some(body),
        ..listing(&json!([]))
    };
    check_wrong(&with(json!([room()])), "not wrapped");
    check_wrong(&with(json!({ "count": 2, "value": [room()] })), "`count` is 2");
    check_wrong(
        &with(json!({ "count": 0, "value": [], "next": 1 })),
        "answer.next is unknown",
    );
    let without = Exchange {
        response_body: None,
        ..listing(&json!([]))
    };
    check_wrong(&without, "has no JSON");
    let plain = Exchange {
        content_type: Some("text/html".to_owned()),
        ..listing(&json!([]))
    };
    check_wrong(&plain, "says it is `text/html`");
    let accepted = Exchange {
        status: 202,
        ..listing(&json!([]))
    };
    check_wrong(&accepted, "status 202 is not described");
    let refused = Exchange {
        status: 400,
        response_body: Some(json!({ "error": "no" })),
        ..listing(&json!([]))
    };
    check_wrong(&refused, "no `message`");
}

#[test]
fn requests_that_are_not() {
    let asking = |query: &str| Exchange {
        query: query.to_owned(),
        ..listing(&json!([]))
    };
    check_wrong(&asking("api-version=7.1"), "`kind` is missing");
    check_wrong(&asking("kind=tiny&api-version=7.1"), "`kind` cannot be `tiny`");
    check_wrong(
        &asking("kind=small&$top=few&api-version=7.1"),
        "`$top` cannot be `few`",
    );
    check_wrong(
        &asking("kind=small&sort=up&api-version=7.1"),
        "`sort` is not declared",
    );
    check_wrong(&asking("kind=small"), "api-version is `missing`");
    check_wrong(&asking("kind=small&api-version=7.2"), "api-version is `7.2`");
    check_wrong(
        &creation(json!({ "name": "a", "colour": "red" })),
        "request.colour is unknown",
    );
    check_wrong(&creation(json!({ "name": 1 })), "request.name is no string");
    check_wrong(&creation(json!({ "open": true })), "request.name is missing");
    check_wrong(
        &creation(json!({ "name": "a", "number": 1 })),
        "request.number is only for reading",
    );
    let object = json!({ "identityType": "Kind", "identifier": "me" });
    check_wrong(
        &creation(json!({ "name": "a", "owner": object })),
        "owner is sent as an object",
    );
    let empty = Exchange {
        request_body: None,
        ..creation(json!({}))
    };
    check_wrong(&empty, "no body was sent");
    let talkative = Exchange {
        request_body: Some(json!({})),
        ..listing(&json!([]))
    };
    check_wrong(&talkative, "a body was sent");
    let removal = |path: &str| Exchange {
        method: "DELETE".to_owned(),
        path: path.to_owned(),
        query: "api-version=7.1-preview.1".to_owned(),
        response_body: None,
        ..listing(&json!([]))
    };
    check_good(&removal(&format!("/contoso/_apis/packaging/rooms/{ID}")), &[]);
    check_wrong(
        &removal("/contoso/_apis/packaging/rooms/kitchen"),
        "cannot be the `roomId`",
    );
    let mut answered = removal(&format!("/contoso/_apis/packaging/rooms/{ID}"));
    answered.response_body = Some(json!({}));
    check_wrong(&answered, "has a body, and none is described");
    for path in ["/contoso/_apis/packaging/halls", "/contoso/_apis/packaging", "/"] {
        check_wrong(&removal(path), "no file describes this path");
    }
    let mut elsewhere = listing(&json!([]));
    elsewhere.host = "pkgs.dev.azure.com".to_owned();
    check_wrong(&elsewhere, "no file describes this path");
}

#[test]
fn what_no_file_describes() {
    let check = |method: &str, path: &str, body: Value, expected: Option<Undescribed>| {
        let exchange = Exchange {
            host: "127.0.0.1:1".to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            response_body: Some(body),
            ..listing(&json!([]))
        };
        let known = match contract().check(&exchange) {
            Verdict::Undescribed(known) => Some(known),
            _ => None,
        };
        assert_eq!(known, expected, "{exchange}");
    };
    let (list, nothing) = (json!({ "count": 0, "value": [] }), json!({}));
    check(
        "OPTIONS",
        "/local/_apis",
        list.clone(),
        Some(Undescribed::ResourceLocations),
    );
    check("OPTIONS", "/local/_apis", json!([]), None);
    check(
        "GET",
        "/local/_apis/ResourceAreas",
        list,
        Some(Undescribed::ResourceAreas),
    );
    check("POST", "/local/_apis/ResourceAreas", nothing.clone(), None);
    let user = json!({ "authenticatedUser": { "id": ID } });
    check(
        "GET",
        "/tfs/local/_apis/connectionData",
        user,
        Some(Undescribed::ConnectionData),
    );
    check("GET", "/local/_apis/connectionData", nothing.clone(), None);
    let registry = Some(Undescribed::CargoRegistry);
    check(
        "GET",
        "/a/b/_packaging/f/Cargo/index/config.json",
        nothing.clone(),
        registry,
    );
    check(
        "PUT",
        "/a/_packaging/f/cargo/api/v1/crates/new",
        nothing.clone(),
        registry,
    );
    check("GET", "/a/_packaging/f/npm/registry", nothing, None);
}

#[test]
fn every_deviation_has_its_reason() {
    let mut reasons = Deviation::ALL.map(Deviation::reason).to_vec();
    reasons.sort_unstable();
    reasons.dedup();
    assert_eq!(reasons.len(), Deviation::ALL.len());
}
