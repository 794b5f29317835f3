//! Batches: what resolvers that run side by side ask for is fetched by one of them for all.
//!
//! There is no timer. A resolver says what it needs and steps back once; by the time it is its
//! turn again its siblings have said what they need, too, and the first to come back takes it all.
//! A batch lives as long as its request: the answers hold what this caller may see, until the
//! request changes something.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::pace::Pace;
use crate::error::{Error, Result};

type Answer<V> = Result<V, Arc<Error>>;

/// What one kind of look-up has gathered and found so far.
pub struct Batch<K, V> {
    state: Mutex<State<K, V>>,
    pace: Arc<Pace>,
}

struct State<K, V> {
    found: HashMap<K, Answer<V>>,
    waiting: Vec<(K, oneshot::Sender<Answer<V>>)>,
}

impl<K, V> Batch<K, V> {
    /// Nothing yet, for an operation of this pace.
    pub fn new(pace: &Arc<Pace>) -> Self {
        let state = Mutex::new(State { found: HashMap::new(), waiting: Vec::new() });
        Self { state, pace: Arc::clone(pace) }
    }
}

impl<K: Clone + Eq + Hash, V: Clone + Default> Batch<K, V> {
    /// What belongs to `key`, the default where there is nothing; `fetch` gets all keys that are
    /// waited for, each once.
    pub async fn load<F>(&self, key: K, fetch: impl Fn(Vec<K>) -> F) -> Answer<V>
    where
        F: Future<Output = Result<HashMap<K, V>>>,
    {
        loop {
            let answer = {
                let mut state = self.state();
                if let Some(answer) = state.found.get(&key) {
                    return answer.clone();
                }
                let (tell, answer) = oneshot::channel();
                state.waiting.push((key.clone(), tell));
                answer
            };
            tokio::task::yield_now().await;
            while self.pace.is_waiting() {
                tokio::task::yield_now().await;
            }
            let waiting = std::mem::take(&mut self.state().waiting);
            if !waiting.is_empty() {
                self.answer(waiting, &fetch).await;
            }
            // The one who fetched may have been dropped: then it is asked again.
            if let Ok(answer) = answer.await {
                return answer;
            }
        }
    }

    /// Takes what is known already.
    pub fn learn(&self, known: impl IntoIterator<Item = (K, V)>) {
        self.state().found.extend(known.into_iter().map(|(key, value)| (key, Ok(value))));
    }

    /// Fetches what will be asked for, before it is.
    pub async fn ahead<F>(&self, keys: Vec<K>, fetch: impl Fn(Vec<K>) -> F)
    where
        F: Future<Output = Result<HashMap<K, V>>>,
    {
        if !keys.is_empty() {
            let fetched = fetch(keys.clone()).await.map_err(Arc::new);
            let answers = keys.into_iter().map(|key| (answer_to(&key, &fetched), key));
            self.state().found.extend(answers.map(|(answer, key)| (key, answer)));
        }
    }

    /// Forgets what was found: it may not hold any more.
    pub fn forget(&self) {
        self.state().found.clear();
    }

    async fn answer<F>(
        &self,
        waiting: Vec<(K, oneshot::Sender<Answer<V>>)>,
        fetch: &impl Fn(Vec<K>) -> F,
    ) where
        F: Future<Output = Result<HashMap<K, V>>>,
    {
        let keys: HashSet<K> = waiting.iter().map(|(key, _)| key.clone()).collect();
        let fetched = fetch(keys.into_iter().collect()).await.map_err(Arc::new);
        let mut state = self.state();
        for (key, tell) in waiting {
            let answer = answer_to(&key, &fetched);
            state.found.insert(key, answer.clone());
            // A resolver that was dropped does not wait any more.
            let _ = tell.send(answer);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer_to<K: Eq + Hash, V: Clone + Default>(
    key: &K,
    fetched: &Result<HashMap<K, V>, Arc<Error>>,
) -> Answer<V> {
    match fetched {
        Ok(values) => Ok(values.get(key).cloned().unwrap_or_default()),
        Err(error) => Err(Arc::clone(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch<u32, u32> {
        Batch::new(&Arc::new(Pace::new(usize::MAX)))
    }

    #[tokio::test]
    async fn siblings_share_one_fetch_and_ask_for_each_key_once() {
        let (batch, fetches) = (batch(), Mutex::new(Vec::new()));
        let load = |key: u32| {
            let (batch, fetches) = (&batch, &fetches);
            async move {
                let fetch = |keys: Vec<u32>| async move {
                    fetches.lock().expect("the fetches").push(keys.len());
                    Ok(keys.into_iter().map(|key| (key, key + 1)).collect())
                };
                batch.load(key, fetch).await.expect("an answer")
            }
        };
        let answers = futures_util::future::join_all((0..50).map(|it| load(it % 25))).await;
        assert_eq!(answers, (0..50).map(|it| it % 25 + 1).collect::<Vec<_>>());
        assert_eq!(load(3).await, 4);
        assert_eq!(*fetches.lock().expect("the fetches"), [25], "one fetch, each key once");
        batch.forget();
        assert_eq!(load(3).await, 4);
        assert_eq!(*fetches.lock().expect("the fetches"), [25, 1]);
    }

    #[tokio::test]
    async fn a_fetch_that_is_given_up_does_not_leave_others_waiting() {
        let batch = batch();
        let never = batch.load(1, |_| std::future::pending());
        let other = async {
            tokio::task::yield_now().await;
            batch.load(1, |_| async { Ok(HashMap::from([(1, 7)])) }).await
        };
        let given_up = async {
            tokio::select! {
                _ = never => unreachable!("it never answers"),
                () = async { for _ in 0..5 { tokio::task::yield_now().await } } => {}
            }
        };
        let ((), answer) = tokio::join!(given_up, other);
        assert_eq!(answer.ok(), Some(7));
    }
}
