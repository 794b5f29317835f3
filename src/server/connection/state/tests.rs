use super::*;

const TIMEOUTS: Timeouts = Timeouts {
    header: Duration::from_secs(10),
    idle: Duration::from_secs(60),
    write: Duration::from_secs(30),
};

/// Seconds until the connection must close, and its timeout.
async fn timeout(state: &ConnectionState) -> (u64, Timeout) {
    let started = Instant::now();
    let mut timer = Box::pin(tokio::time::sleep(Duration::from_secs(1)));
    let timeout = std::future::poll_fn(|cx| state.poll_timeout(cx, timer.as_mut())).await;
    (started.elapsed().as_secs(), timeout)
}

async fn advance(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn the_header_of_a_request_has_a_time_limit_that_further_bytes_do_not_extend() {
    let state = ConnectionState::new(TIMEOUTS);
    assert_eq!(timeout(&state).await, (10, Timeout::Header), "first request, no bytes");
    let state = ConnectionState::new(TIMEOUTS);
    drop(state.begin_exchange(Version::HTTP_11));
    advance(50).await;
    state.record_received();
    advance(6).await;
    state.record_received();
    assert_eq!(timeout(&state).await, (4, Timeout::Header), "next request");
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_requests_is_closed_at_the_idle_timeout() {
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let state = ConnectionState::new(TIMEOUTS);
        state.record_received();
        let exchange = state.begin_exchange(version);
        advance(300).await;
        drop(exchange);
        if version == Version::HTTP_2 {
            advance(10).await;
            state.record_received();
            assert_eq!(timeout(&state).await, (50, Timeout::Idle), "frames are not requests");
        } else {
            assert_eq!(timeout(&state).await, (60, Timeout::Idle));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_peer_does_not_read_is_closed_at_the_write_timeout() {
    let state = ConnectionState::new(TIMEOUTS);
    let slow = state.begin_exchange(Version::HTTP_2);
    let _working = state.begin_exchange(Version::HTTP_2);
    slow.set_writing(true);
    advance(20).await;
    slow.set_writing(false);
    advance(20).await;
    slow.set_writing(true);
    assert_eq!(timeout(&state).await, (30, Timeout::Write));
}

#[tokio::test(start_paused = true)]
async fn a_closing_connection_completes_its_responses_before_it_closes() {
    let state = ConnectionState::new(TIMEOUTS);
    let exchange = state.begin_exchange(Version::HTTP_11);
    state.close_after(Duration::ZERO);
    advance(5).await;
    state.set_blocked(true);
    drop(exchange);
    assert!(state.deadline().is_none(), "the response is being written");
    state.set_blocked(false);
    assert_eq!(timeout(&state).await, (0, Timeout::Idle));
    let state = ConnectionState::new(TIMEOUTS);
    state.close_after(Duration::from_secs(1));
    assert_eq!(timeout(&state).await, (1, Timeout::Header));
}
