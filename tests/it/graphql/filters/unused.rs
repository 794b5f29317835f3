//! The filter of service accounts by their last usage, where few or many accounts are unused.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::holders::{MANY, hold};
use super::{ACCOUNTS, walk_filtered};
use crate::support::{Account, World};

/// Exactly `idle` and those of `accounts` that are named are unused since a time.
async fn are_unused(world: &World, since: DateTime<Utc>, accounts: &[&Account], idle: &[String]) {
    let filter = json!({ "unusedSince": postern::clock::to_rfc3339(since) });
    let order = json!({ "field": "CREATED_AT", "direction": "ASC" });
    let mut expected: Vec<&String> = idle.iter().collect();
    expected.extend(accounts.iter().map(|it| &it.id));
    expected.sort();
    let admin = world.admin().await;
    for (size, back) in [(100, false), (90, true)] {
        let found = walk_filtered(&admin, ACCOUNTS, (&filter, &order), size, back).await;
        let mut found: Vec<&String> = found.iter().collect();
        found.sort();
        assert_eq!(found, expected, "since {since}");
    }
}

#[tokio::test]
async fn unused_accounts_are_found_among_few_and_among_many() {
    for count in [3, MANY] {
        let world = World::new().await;
        let idle = hold(&world, None, count).await;
        let accounts = world.accounts(3).await;
        let [early, late, other] = accounts.as_slice() else { unreachable!("as many") };
        world.clock.advance(TimeDelta::days(1));
        world.sign_in(early).await;
        let second = TimeDelta::seconds(1);
        let middle = world.now() + second;
        world.clock.advance(TimeDelta::days(2));
        for account in [late, other] {
            world.sign_in(account).await;
        }
        let used = world.now();
        world.clock.advance(TimeDelta::days(3));

        are_unused(&world, middle - second, &[], &idle).await;
        are_unused(&world, middle, &[early], &idle).await;
        are_unused(&world, used, &[early], &idle).await;
        // On the same day.
        are_unused(&world, used + second, &[early, late, other], &idle).await;

        // Another credential, which is not used, does not hide the usage of one that is deleted.
        let admin = world.admin().await;
        let input = json!({ "serviceAccountId": other.id, "name": "unused" });
        admin.mutate("createCredential", input).await.data("");
        let input = json!({ "id": other.credential });
        admin.mutate_selecting("deleteCredential", input, "deletedId").await.data("");
        are_unused(&world, used, &[early], &idle).await;
        are_unused(&world, used + second, &[early, late, other], &idle).await;
        world.sign_in(early).await;
        are_unused(&world, used + second, &[late, other], &idle).await;
    }
}
