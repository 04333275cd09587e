use tokio::time::{Duration, timeout};

use super::*;
use crate::domain::{throttle::ClientNetwork, user::UserId};

/// A client of that number.
fn client(number: u8) -> HashClient {
    HashClient::Network(Some(ClientNetwork::widest_of([192, 0, 2, number].into())))
}

const A: u8 = 1;
const B: u8 = 2;
const C: u8 = 3;

/// A queue in which all turns are taken, by `holder`.
fn busy(turns: usize, holder: u8) -> (FairQueue, Vec<Turn>) {
    let queue = FairQueue::new(turns);
    let running = (0..turns).map(|_| granted(&mut queue.join(client(holder))).unwrap());
    let running = running.collect();
    (queue, running)
}

/// The turn of a request, if it has one by now.
fn granted(request: &mut Waiting<'_>) -> Option<Turn> {
    request.turn.try_recv().ok()
}

/// The numbers of the requests that have a turn by now, which ends with that.
fn served(requests: &mut [(u8, Waiting<'_>)]) -> Vec<u8> {
    let turns = Vec::from_iter(requests.iter_mut().map(|(number, request)| (*number, granted(request))));
    turns
        .into_iter()
        .filter_map(|(number, turn)| turn.map(|_| number))
        .collect()
}

/// In which order the requests of these clients are served, one after another.
fn order_of_service<const N: usize>(clients: [u8; N]) -> [u8; N] {
    let (queue, running) = busy(1, A);
    let mut requests = clients.map(|number| (number, queue.join(client(number))));
    drop(running);
    let mut order = Vec::new();
    while order.len() < N {
        let served = served(&mut requests);
        assert_eq!(served.len(), 1, "{order:?}");
        order.extend(served);
    }
    order.try_into().unwrap()
}

#[test]
fn clients_take_turns_however_many_requests_one_of_them_has() {
    assert_eq!(order_of_service([A, A, A, A, B, B, C]), [A, B, C, A, B, A, A]);
}

#[test]
fn requests_of_one_client_are_served_in_their_order() {
    let (queue, running) = busy(1, A);
    let mut first = queue.join(client(B));
    let mut second = queue.join(client(B));
    drop(running);
    let turn = granted(&mut first).unwrap();
    assert!(granted(&mut second).is_none());
    drop(turn);
    assert!(granted(&mut second).is_some());
}

#[test]
fn users_networks_unknown_addresses_and_the_operator_are_clients_of_their_own() {
    let user = |number| HashClient::User(UserId::new(chrono::DateTime::UNIX_EPOCH, [number; 10]));
    let others = [
        user(1),
        user(2),
        client(A),
        HashClient::Network(None),
        HashClient::Operator,
    ];
    let (queue, _running) = busy(1, A);
    for (number, &other) in others.iter().enumerate() {
        assert_eq!(queue.turns_ahead(other), Some(number));
        // Nobody leaves before the end.
        std::mem::forget(queue.join(other));
    }
}

#[test]
fn a_client_alone_has_all_turns_and_no_more_than_half_once_another_waits() {
    let (queue, mut running) = busy(4, A);
    let mut of_a = Vec::from_iter((0..8).map(|_| queue.join(client(A))));
    let mut of_b = Vec::from_iter((0..8).map(|_| queue.join(client(B))));
    let mut turns = [4, 0];
    for expected in [[3, 1], [2, 2], [2, 2], [2, 2]] {
        drop(running.pop());
        turns[0] -= 1;
        turns[0] += of_a
            .iter_mut()
            .filter_map(|request| granted(request).map(std::mem::forget))
            .count();
        turns[1] += of_b
            .iter_mut()
            .filter_map(|request| granted(request).map(std::mem::forget))
            .count();
        assert_eq!(turns, expected);
    }
}

#[test]
fn a_new_client_gets_the_first_turn_that_ends_while_another_one_has_more_than_half() {
    let (queue, mut running) = busy(2, A);
    let mut of_a = [queue.join(client(A)), queue.join(client(A))];
    let mut of_b = queue.join(client(B));
    drop(running.pop());
    assert!(of_a.iter_mut().all(|request| granted(request).is_none()));
    assert!(granted(&mut of_b).is_some());
}

#[test]
fn turns_ahead_are_those_of_every_round_until_ones_own() {
    let (queue, _running) = busy(1, C);
    assert_eq!(FairQueue::new(1).turns_ahead(client(A)), None);
    assert_eq!(queue.turns_ahead(client(A)), Some(0));

    let mut requests = Vec::from_iter((0..3).map(|_| queue.join(client(A))));
    // A fourth one of A, of which every other turn could be somebody else's; one of B, after one of A.
    assert_eq!(queue.turns_ahead(client(A)), Some(6));
    assert_eq!(queue.turns_ahead(client(B)), Some(1));

    requests.extend((0..5).map(|_| queue.join(client(B))));
    // The fourth of A comes after three of each. The sixth of B comes after eight, but would after ten if others came.
    assert_eq!(queue.turns_ahead(client(A)), Some(6));
    assert_eq!(queue.turns_ahead(client(B)), Some(10));
    assert_eq!(queue.turns_ahead(client(C)), Some(2));

    requests.push(queue.join(client(C)));
    assert_eq!(queue.turns_ahead(client(A)), Some(7));
}

#[test]
fn a_request_that_gives_up_leaves_the_queue() {
    let (queue, running) = busy(1, A);
    let mut of_a = Vec::from_iter((0..3).map(|_| queue.join(client(A))));
    let of_b = queue.join(client(B));
    assert_eq!((queue.running(), queue.waiting()), (1, 4));
    drop(of_a.remove(1));
    drop(of_b);
    assert_eq!((queue.running(), queue.waiting()), (1, 2));
    assert_eq!(queue.turns_ahead(client(B)), Some(1));
    drop(running);
    let turn = granted(&mut of_a[0]).unwrap();
    assert!(granted(&mut of_a[1]).is_none());
    drop(turn);
    drop(granted(&mut of_a[1]).unwrap());
    assert_eq!((queue.running(), queue.waiting()), (0, 0));
}

#[test]
fn a_turn_goes_to_the_next_if_its_request_gave_up_before_it_noticed() {
    let (queue, running) = busy(1, A);
    let unaware = queue.join(client(B));
    let mut next = queue.join(client(C));
    drop(running);
    assert!(granted(&mut next).is_none());
    drop(unaware);
    assert!(granted(&mut next).is_some());
}

#[tokio::test]
async fn waiting_ends_with_the_turn_and_may_be_given_up() {
    let queue = FairQueue::new(1);
    let turn = queue.turn(client(A)).await.unwrap();
    assert!(timeout(Duration::from_millis(1), queue.turn(client(B))).await.is_err());
    assert_eq!((queue.running(), queue.waiting()), (1, 0));
    drop(turn);
    assert!(timeout(Duration::from_secs(10), queue.turn(client(B))).await.is_ok());
    assert_eq!(queue.running(), 0);
}
