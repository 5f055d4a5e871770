//! Finding whom a permission can name.

use feed_server::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_server::{TestServer, somebody};

const IDENTITIES: &str = "/local/_apis/identities";
const QUERY: &str = "/local/_apis/graph/subjectquery?api-version=7.1-preview.1";

async fn server() -> TestServer {
    TestServer::start_with(None, |config| {
        config.people = vec![somebody("anju", 1, Some(Role::Reader)), somebody("olek", 2, None)];
    })
    .await
}

fn names<'v>(list: &'v Value, key: &str) -> Vec<&'v str> {
    let all = list["value"].as_array().unwrap().iter();
    all.map(|one| one[key].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_search_compares_whole_values() {
    let server = server().await;
    let found = async |query: &str| {
        let list = server.get(&format!("{IDENTITIES}?{query}")).await;
        names(&list, "providerDisplayName")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for value in ["anju%20example", "ANJU@example.test"] {
        let query = format!("searchFilter=General&filterValue={value}");
        assert_eq!(found(&query).await, ["Anju Example"]);
    }
    assert!(found("searchFilter=General&filterValue=Anju").await.is_empty());
    assert!(
        found("searchFilter=MailAddress&filterValue=Anju%20Example")
            .await
            .is_empty()
    );
    let service = "searchFilter=DisplayName&filterValue=main%20Build%20Service%20(local)";
    assert_eq!(found(service).await, ["main Build Service (local)"]);
    let group = "searchFilter=LocalGroupName&filterValue=Project%20Collection%20Valid%20Users";
    assert_eq!(found(group).await, ["Project Collection Valid Users"]);

    let one = server
        .get(&format!(
            "{IDENTITIES}?searchFilter=General&filterValue=olek@example.test"
        ))
        .await["value"][0]
        .clone();
    for (parameter, key) in [
        ("identityIds", "id"),
        ("descriptors", "descriptor"),
        ("subjectDescriptors", "subjectDescriptor"),
    ] {
        let wanted = one[key].as_str().unwrap().replace('\\', "%5C");
        assert_eq!(
            found(&format!("{parameter}=nobody,{wanted}")).await,
            ["Olek Example"]
        );
    }
    for wrong in ["", "?searchFilter=Shoe&filterValue=x"] {
        let (status, _) = server
            .json(Method::GET, &format!("{IDENTITIES}{wrong}"), None)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_query_finds_by_the_first_letters() {
    let server = server().await;
    let query = async |body: Value| server.said(Method::POST, QUERY, body).await;
    let found = query(json!({ "query": "AN", "subjectKind": ["User", "Group"] })).await;
    assert_eq!(names(&found, "displayName"), ["Anju Example"]);
    let found = query(json!({ "query": "project c" })).await;
    assert_eq!(
        names(&found, "displayName"),
        [
            "Project Collection Valid Users",
            "Project Collection Build Service (local)"
        ]
    );
    let found = query(json!({ "query": "project c", "subjectKind": ["Group"] })).await;
    assert_eq!(names(&found, "subjectKind"), ["group"]);
    assert_eq!(query(json!({ "query": "example" })).await["count"], 0);
    for wrong in [json!({}), json!({ "query": "a", "subjectKind": ["Shoe"] })] {
        let (status, answer) = server.json(Method::POST, QUERY, Some(wrong)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    }
}
