//! A phone whose clock is ten years off works like any other, and is told.

use super::Site;
use keyturn_client::StepBudget;
use keyturn_tests::real::{PhoneClock, genesis, home, phone_with, record, settle};

const TEN_YEARS: i64 = 3_652 * 86_400_000;

#[tokio::test]
async fn a_clock_ten_years_off_is_told_and_nothing_is_lost() {
    let site = Site::new().await;
    for (name, off) in [("late", -TEN_YEARS), ("early", TEN_YEARS)] {
        let (client, _) = phone_with(&site.dir(name), &site.serve.url, PhoneClock(off), 0).unwrap();
        let code = site.office.code(site.user).await;
        client.session().enrol(&code, name).await.unwrap();
        record(&client, home(1), 0, name).unwrap();
        assert!(settle(&client).await.unwrap(), "{name}");
        let status = client.sync().status().unwrap();
        assert!(status.clock_off, "{name}");
        assert!((status.clock_offset_ms - off).abs() < 600_000, "{name}: {status:?}");
        assert_eq!((status.queued, status.stuck), (0, 0));
        // The server's clock decides when it was received.
        let received = site.number("SELECT max(received_at) FROM changes");
        assert!((received - keyturn_domain::Clock::now_ms(&PhoneClock(0))).abs() < 600_000);
    }
    let right = site.phone("right").await;
    right.sync().run(StepBudget::default(), 9).await.unwrap();
    assert!(!right.sync().status().unwrap().clock_off);
    let document = genesis(home(1), 0).document;
    let remarks = right.records().read(document, |document, _| {
        document.entries(keyturn_domain::Container::Items).len()
    });
    assert_eq!(remarks.unwrap(), 2, "what both recorded");
}
