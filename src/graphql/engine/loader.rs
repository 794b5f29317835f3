//! Batched loading: concurrent resolvers share one fetch.
//!
//! There is no timer. A resolver queues its key and yields once; by the time it runs again, its
//! siblings have queued theirs, and the first one to run fetches all of them. A loader lives as long as
//! its request: its values depend on what the caller may read, and hold until the request changes
//! something.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::pacing::Pace;
use crate::error::{Error, Result};

type Loaded<V> = Result<V, Arc<Error>>;

/// A loader of values by key for one request.
pub struct Loader<K, V> {
    state: Mutex<State<K, V>>,
    pace: Arc<Pace>,
}

struct State<K, V> {
    loaded: HashMap<K, Loaded<V>>,
    queue: Vec<(K, oneshot::Sender<Loaded<V>>)>,
}

impl<K, V> Loader<K, V> {
    /// An empty loader for an operation with this pace.
    pub fn new(pace: &Arc<Pace>) -> Self {
        let state = Mutex::new(State { loaded: HashMap::new(), queue: Vec::new() });
        Self { state, pace: Arc::clone(pace) }
    }
}

impl<K: Clone + Eq + Hash, V: Clone + Default> Loader<K, V> {
    /// The value of `key`, or the default if it has none. `fetch` takes all queued keys, each once.
    pub async fn load<F>(&self, key: K, fetch: impl Fn(Vec<K>) -> F) -> Loaded<V>
    where
        F: Future<Output = Result<HashMap<K, V>>>,
    {
        loop {
            let receiver = {
                let mut state = self.state();
                if let Some(loaded) = state.loaded.get(&key) {
                    return loaded.clone();
                }
                let (sender, receiver) = oneshot::channel();
                state.queue.push((key.clone(), sender));
                receiver
            };
            tokio::task::yield_now().await;
            while self.pace.is_yielding() {
                tokio::task::yield_now().await;
            }
            let queue = std::mem::take(&mut self.state().queue);
            if !queue.is_empty() {
                self.fetch_queue(queue, &fetch).await;
            }
            // The resolver that fetched may have been dropped: then the key is queued again.
            if let Ok(loaded) = receiver.await {
                return loaded;
            }
        }
    }

    /// Adds values that were read elsewhere.
    pub fn prime(&self, known: impl IntoIterator<Item = (K, V)>) {
        self.state().loaded.extend(known.into_iter().map(|(key, value)| (key, Ok(value))));
    }

    /// Fetches the values of `keys` before resolvers load them.
    pub async fn preload<F>(&self, keys: Vec<K>, fetch: impl Fn(Vec<K>) -> F)
    where
        F: Future<Output = Result<HashMap<K, V>>>,
    {
        if !keys.is_empty() {
            let fetched = fetch(keys.clone()).await.map_err(Arc::new);
            let loaded = keys.into_iter().map(|key| (value_of(&key, &fetched), key));
            self.state().loaded.extend(loaded.map(|(value, key)| (key, value)));
        }
    }

    /// Removes all values: they may be outdated.
    pub fn clear(&self) {
        self.state().loaded.clear();
    }

    async fn fetch_queue<F>(
        &self,
        queue: Vec<(K, oneshot::Sender<Loaded<V>>)>,
        fetch: &impl Fn(Vec<K>) -> F,
    ) where
        F: Future<Output = Result<HashMap<K, V>>>,
    {
        let keys: HashSet<K> = queue.iter().map(|(key, _)| key.clone()).collect();
        let fetched = fetch(keys.into_iter().collect()).await.map_err(Arc::new);
        let mut state = self.state();
        for (key, sender) in queue {
            let loaded = value_of(&key, &fetched);
            state.loaded.insert(key, loaded.clone());
            // The receiver of a dropped resolver is closed.
            let _ = sender.send(loaded);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn value_of<K: Eq + Hash, V: Clone + Default>(
    key: &K,
    fetched: &Result<HashMap<K, V>, Arc<Error>>,
) -> Loaded<V> {
    match fetched {
        Ok(values) => Ok(values.get(key).cloned().unwrap_or_default()),
        Err(error) => Err(Arc::clone(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loader() -> Loader<u32, u32> {
        Loader::new(&Arc::new(Pace::new(usize::MAX)))
    }

    #[tokio::test]
    async fn concurrent_loads_share_one_fetch_with_each_key_once() {
        let (loader, fetches) = (loader(), Mutex::new(Vec::new()));
        let load = |key: u32| {
            let (loader, fetches) = (&loader, &fetches);
            async move {
                let fetch = |keys: Vec<u32>| async move {
                    fetches.lock().expect("the fetches").push(keys.len());
                    Ok(keys.into_iter().map(|key| (key, key + 1)).collect())
                };
                loader.load(key, fetch).await.expect("a value")
            }
        };
        let values = futures_util::future::join_all((0..50).map(|it| load(it % 25))).await;
        assert_eq!(values, (0..50).map(|it| it % 25 + 1).collect::<Vec<_>>());
        assert_eq!(load(3).await, 4);
        assert_eq!(*fetches.lock().expect("the fetches"), [25], "one fetch with each key once");
        loader.clear();
        assert_eq!(load(3).await, 4);
        assert_eq!(*fetches.lock().expect("the fetches"), [25, 1]);
    }

    #[tokio::test]
    async fn a_dropped_fetch_does_not_block_other_loads() {
        let loader = loader();
        let never = loader.load(1, |_| std::future::pending());
        let other = async {
            tokio::task::yield_now().await;
            loader.load(1, |_| async { Ok(HashMap::from([(1, 7)])) }).await
        };
        let dropped = async {
            tokio::select! {
                _ = never => unreachable!("it never resolves"),
                () = async { for _ in 0..5 { tokio::task::yield_now().await } } => {}
            }
        };
        let ((), value) = tokio::join!(dropped, other);
        assert_eq!(value.ok(), Some(7));
    }
}
