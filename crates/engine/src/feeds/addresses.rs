//! Every address of a feed that a person needs: pure, from the feed and its views.
//!
//! **Invariant**: asks nobody; what cannot be known from the feed is left out.

use credentials::AccountKind;
use url::Url;

use super::wire::index_of;
use super::{Feed, FeedAddress, FeedAddressKind, FeedAddresses, FeedReference, View, registry_name};
use crate::accounts::AccountPlace;

/// All of a feed's addresses.
pub(crate) fn addresses(
    place: &AccountPlace,
    reference: &FeedReference,
    feed: &Feed,
    views: &[View],
) -> FeedAddresses {
    let whole = FeedReference {
        view: None,
        feed: feed.name.clone(),
        project: feed.project.clone(),
        account: reference.account.clone(),
    };
    let mut addresses = vec![FeedAddress {
        kind: FeedAddressKind::Index,
        view: None,
        url: feed.index_url.clone(),
    }];
    if feed.is_public {
        addresses.push(FeedAddress {
            kind: FeedAddressKind::SignedInIndex,
            view: None,
            url: index_of(place, &whole, true).index_url(),
        });
    }
    addresses.extend(views.iter().map(|view| {
        let of_view = FeedReference {
            view: Some(view.name.clone()),
            ..whole.clone()
        };
        FeedAddress {
            kind: FeedAddressKind::Index,
            view: Some(view.name.clone()),
            url: index_of(place, &of_view, false).index_url(),
        }
    }));
    addresses.extend(page(place, &whole).map(|url| FeedAddress {
        kind: FeedAddressKind::Page,
        view: None,
        url: url.into(),
    }));
    let registry_name = registry_name(&feed.name);
    FeedAddresses {
        cargo_config: cargo_config(&registry_name, feed),
        pipeline: (place.kind != AccountKind::Local).then(pipeline),
        registry_name,
        addresses,
    }
}

/// The feed's page at Azure; none on this computer.
fn page(place: &AccountPlace, feed: &FeedReference) -> Option<Url> {
    if place.kind == AccountKind::Local {
        return None;
    }
    let mut url = place.core.clone();
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .push(&place.organization)
        .extend(&feed.project)
        .extend(["_artifacts", "feed", &feed.feed]);
    Some(url)
}

/// The page of a crate at Azure; none on this computer.
pub(crate) fn crate_page(
    place: &AccountPlace,
    feed: &FeedReference,
    name: &str,
    version: &str,
) -> Option<String> {
    let mut url = page(place, feed)?;
    url.path_segments_mut()
        .ok()?
        .extend(["Cargo", name, "overview", version]);
    Some(url.into())
}

fn cargo_config(registry: &str, feed: &Feed) -> String {
    let index = &feed.index_url;
    let mut lines = format!("[registries]\n{registry} = {{ index = \"{index}\" }}\n");
    if feed.includes_crates_io {
        lines.push_str(&format!("\n[source.crates-io]\nreplace-with = \"{registry}\"\n"));
    }
    lines
}

/// What signs cargo in within a pipeline: Microsoft's own task, which reads the project's config.
fn pipeline() -> String {
    "- task: CargoAuthenticate@0\n  inputs:\n    configFile: .cargo/config.toml\n".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_has_an_address_a_view_and_one_for_those_signed_in() {
        let account = credentials::Account::of_organization("contoso");
        let place = AccountPlace::of(&account, &credentials::Settings::default());
        let reference: FeedReference = "contoso/Fabrikam Fiber/internal".parse().unwrap();
        let json = serde_json::json!({"id": "1", "name": "internal",
            "project": {"name": "Fabrikam Fiber", "visibility": "public"}});
        let feed: super::super::wire::WireFeed = serde_json::from_value(json).unwrap();
        let view: super::super::wire::WireView =
            serde_json::from_value(serde_json::json!({"id": "v", "name": "Release"})).unwrap();
        let addresses = addresses(
            &place,
            &reference,
            &feed.into_feed(&place),
            &[view.into_view(None)],
        );
        let urls = addresses.addresses.iter().map(|address| address.url.as_str());
        insta::assert_snapshot!(urls.collect::<Vec<_>>().join("\n"), @r"
        sparse+https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/internal/Cargo/index/
        sparse+https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/internal~force-auth/Cargo/index/
        sparse+https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/internal@Release/Cargo/index/
        https://dev.azure.com/contoso/Fabrikam%20Fiber/_artifacts/feed/internal
        ");
        assert_eq!(
            crate_page(&place, &reference, "demo", "1.0.0").as_deref(),
            Some(
                "https://dev.azure.com/contoso/Fabrikam%20Fiber/_artifacts/feed/internal/Cargo/demo/overview/1.0.0"
            )
        );
    }
}
