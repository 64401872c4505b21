//! A use case happens wholly or not at all.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use agnes_store::Error;

use crate::{Fixture, group, user};

#[tokio::test]
async fn a_committed_change_is_seen_before_the_answer() {
    let fixture = Fixture::new();
    for n in 0..20 {
        let row = user(&format!("u{n}"), &format!("u{n}@example.com"));
        fixture.store.write(move |tx| tx.users().insert(&row)).await.unwrap();
        assert!(fixture.store.directory().user(&format!("u{n}")).is_some());
    }
}

#[tokio::test]
async fn a_failing_use_case_leaves_nothing() {
    #[derive(Debug)]
    enum Refusal {
        Store,
        Mine,
    }
    impl From<Error> for Refusal {
        fn from(_: Error) -> Self {
            Self::Store
        }
    }
    let fixture = Fixture::new();
    let before = fixture.store.directory().access_generation();
    let outcome = fixture
        .store
        .write(|tx| {
            tx.groups().insert(&group("g", "Sales"))?;
            tx.users().insert(&user("u", "u@example.com"))?;
            assert!(tx.users().find("u")?.is_some());
            Err::<(), _>(Refusal::Mine)
        })
        .await;
    assert!(matches!(outcome, Err(Refusal::Mine)));
    let directory = fixture.store.directory();
    assert!(directory.user("u").is_none() && directory.group("g").is_none());
    assert_eq!(directory.access_generation(), before);
    let there = fixture.store.write(|tx| tx.users().count()).await.unwrap();
    assert_eq!(there, 0);
}

#[tokio::test]
async fn a_panicking_use_case_leaves_nothing_and_the_writer_goes_on() {
    let fixture = Fixture::new();
    let outcome: Result<(), Error> = fixture
        .store
        .write(|tx| {
            tx.users().insert(&user("u", "u@example.com"))?;
            panic!("on purpose");
        })
        .await;
    assert!(matches!(outcome, Err(Error::Panicked)), "{outcome:?}");
    assert_eq!(fixture.store.write(|tx| tx.users().count()).await.unwrap(), 0);
    fixture.store.write(|tx| tx.users().insert(&user("v", "v@example.com"))).await.unwrap();
    assert_eq!(fixture.store.directory().users().len(), 1);
}

#[tokio::test]
async fn a_statement_that_fails_takes_the_use_case_with_it() {
    let fixture = Fixture::new();
    let outcome = fixture
        .store
        .write(|tx| {
            tx.users().insert(&user("u", "same@example.com"))?;
            tx.users().insert(&user("v", "same@example.com"))
        })
        .await;
    assert!(matches!(outcome, Err(Error::Duplicate { what: "user" })));
    assert!(fixture.store.directory().users().is_empty());
}

#[tokio::test]
async fn a_use_case_nobody_waits_for_still_happens_wholly() {
    let fixture = Fixture::new();
    let ran = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&ran);
    {
        let write = fixture.store.write(move |tx| {
            tx.users().insert(&user("u", "u@example.com"))?;
            seen.store(true, Ordering::SeqCst);
            Ok::<_, Error>(())
        });
        // Polled once, so that it is in the queue, then dropped.
        let mut write = Box::pin(write);
        let _ = std::future::poll_fn(|context| std::task::Poll::Ready(write.as_mut().poll(context).is_ready())).await;
    }
    fixture.store.write(|tx| tx.users().count()).await.unwrap();
    assert!(ran.load(Ordering::SeqCst));
    assert!(fixture.store.directory().user("u").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_all_happen_once() {
    let fixture = Fixture::new();
    let writes = (0..64).map(|n| {
        let store = fixture.store.clone();
        tokio::spawn(async move {
            let row = user(&format!("u{n}"), &format!("u{n}@example.com"));
            store.write(move |tx| tx.users().insert(&row)).await
        })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    assert_eq!(fixture.store.directory().users().len(), 64);
}

#[tokio::test]
async fn after_closing_everything_answers_that_it_is_closed() {
    let fixture = Fixture::new();
    fixture.store.close().await.unwrap();
    let write = fixture.store.write(|tx| tx.users().count()).await;
    assert!(matches!(write, Err(Error::Closed)));
    let read = fixture.store.read(|reader| reader.schema_version()).await;
    assert!(matches!(read, Err(Error::Closed)));
    assert!(matches!(fixture.store.close().await, Err(Error::Closed)));
    // What was in memory is still there to answer with.
    assert!(fixture.store.directory().admin_group_id().is_some());
}

#[tokio::test]
async fn a_panicking_read_costs_no_reader() {
    let fixture = Fixture::new();
    for _ in 0..5 {
        let outcome: Result<(), Error> = fixture.store.read(|_| panic!("on purpose")).await;
        assert!(matches!(outcome, Err(Error::Panicked)));
    }
    assert_eq!(fixture.store.read(|reader| reader.schema_version()).await.unwrap(), 14);
}
