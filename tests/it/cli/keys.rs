//! `postern keys`.

use crate::cli::{KEY, Shell};

const OTHER: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const LIST: &[&str] = &["keys", "list"];
const ROTATE: &[&str] = &["keys", "rotate"];
const WOULD: &[&str] = &["keys", "rotate", "--dry-run"];

/// The lines of `keys list`, by words.
fn listed(shell: &Shell) -> Vec<Vec<String>> {
    let lines = shell.succeeds_with(LIST, &[]);
    lines.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn keys_rotate_creates_the_next_key_and_shows_a_plan_first() {
    let shell = Shell::new().await;
    shell.fails(LIST, &[], "postern migrate up");
    shell.succeeds_with(&["migrate", "up"], &[]);
    assert!(listed(&shell).is_empty());
    let (es256, eddsa) =
        ([("MASTER_KEY", KEY)], [("MASTER_KEY", KEY), ("SIGNING_ALGORITHM", "EdDSA")]);
    assert!(shell.succeeds_with(WOULD, &es256).starts_with("would create a key (ES256): "));
    assert!(listed(&shell).is_empty());
    assert!(shell.succeeds_with(ROTATE, &es256).starts_with("created k"));
    let first = listed(&shell);
    assert_eq!((first.len(), &first[0][1..3]), (1, &["ES256".into(), "current".into()][..]));

    // What algorithm there is to be, only the servers know.
    let would = shell.succeeds_with(WOULD, &eddsa);
    assert!(would.starts_with("would create a key (ES256): ") && would.lines().count() == 1);
    assert_eq!(listed(&shell), first, "nothing was done");
    let made = shell.succeeds_with(ROTATE, &eddsa);
    let both = listed(&shell);
    assert_eq!((both.len(), &both[1]), (2, &first[0]));
    assert_eq!(both[0][1..3], ["ES256".to_owned(), "next".to_owned()]);
    let (id, instants) = (&both[0][0], &both[0][3..]);
    assert!(made.contains(&format!("created {id} (ES256): ")) && made.contains(&instants[1]));
    let [made, from] =
        [0, 1].map(|nth| chrono::DateTime::parse_from_rfc3339(&instants[nth]).expect("an instant"));
    assert!(
        ((from - made).num_milliseconds() - 605_000).abs() < 1_000,
        "twice the max-age, and 5 s"
    );

    for again in [WOULD, ROTATE] {
        let told = shell.succeeds_with(again, &es256);
        assert!(told.starts_with(&format!("nothing to do: {id} (ES256) is already published")));
    }
    assert_eq!(listed(&shell), both);
}

#[tokio::test]
async fn keys_rotate_creates_no_key_that_other_replicas_could_not_decrypt() {
    let shell = Shell::new().await;
    shell.succeeds_with(&["migrate", "up"], &[]);
    for command in [WOULD, ROTATE, &["keys", "reencrypt"]] {
        shell.fails(command, &[], "no master key is set");
    }
    shell.succeeds_with(ROTATE, &[("MASTER_KEY", KEY)]);
    let there = listed(&shell);
    for command in [WOULD, ROTATE, &["keys", "reencrypt"], &["serve"]] {
        let other = [("MASTER_KEY", OTHER), ("SIGNING_ALGORITHM", "EdDSA")];
        shell.fails(command, &other, "another master key");
    }
    assert_eq!(listed(&shell), there);
}

#[tokio::test]
async fn keys_revoke_reports_its_consequences() {
    let shell = Shell::new().await;
    shell.succeeds_with(&["migrate", "up"], &[]);
    let (key, other) = ([("MASTER_KEY", KEY)], [("MASTER_KEY", OTHER)]);
    shell.succeeds_with(ROTATE, &key);
    let [id, algorithm, _, _, from] = &listed(&shell)[0][..] else { panic!("five columns") };
    let revoke = ["keys", "revoke", id];
    shell.fails(&revoke, &[], "no master key is set");
    shell.fails(&revoke, &other, "another master key");
    assert_eq!(&listed(&shell)[0][0], id, "it is still there");

    let told = shell.succeeds_with(&revoke, &key);
    let successor = listed(&shell)[0][0].clone();
    assert_ne!(&successor, id);
    let expected = [
        format!("revoked {id} ({algorithm})"),
        format!("{successor} signs from now on"),
        format!("tokens that it has signed since {from} are rejected by all servers within 2 s"),
        "APIs that verify tokens locally accept tokens of this key until they fetch the keys again: within 600 s".to_owned(),
        "until then, APIs that do not fetch the keys for an unknown kid reject new tokens".to_owned(),
    ];
    assert_eq!(told.lines().count(), expected.len(), "{told}");
    for (line, expected) in told.lines().zip(&expected) {
        assert!(line.starts_with(expected), "{line}");
    }

    shell.succeeds_with(ROTATE, &key);
    let next = listed(&shell)[0][0].clone();
    let told = shell.succeeds_with(&["keys", "revoke", &next], &key);
    assert!(told.contains("it has not signed yet: no access token is affected\nAPIs "), "{told}");
    shell.fails(&revoke, &key, "no such signing key");
    assert_eq!(shell.run(&["keys", "revoke", "nonsense"], &key).status.code(), Some(2));
}
