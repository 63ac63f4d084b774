//! TLS to the database: what is asked for is had, and whoever cannot prove to be it gets nothing.

use crate::cluster::sql;
use keyturn_tests::harness::address;
use keyturn_tests::real::{Office, Outcome, Serve, bare, home, open_phone, record, settle};
use std::path::PathBuf;

fn certificate(name: &str) -> String {
    let folder = PathBuf::from(std::env::var("KEYTURN_TEST_CERTIFICATES").expect("tests/run postgres says where"));
    folder.join(name).to_str().unwrap().to_owned()
}

fn list(data: &str, database: &str) -> Outcome {
    bare(&["user", "list", "--data", data, "--database", database])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_speaks_tls_to_its_database_and_to_no_other() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    let office = Office::found(&data, 1).await;
    let user = office.engineer("li.na", 1).await;
    let text = data.to_str().unwrap();
    let plain = address(&office.database()).unwrap();
    let at = |host: &str, more: &str| format!("{}&{more}", plain.replace("127.0.0.1", host));
    let (ca, other) = (certificate("ca.pem"), certificate("other.pem"));
    let full = format!("sslmode=verify-full&sslrootcert={ca}");

    // The database speaks no TLS yet: who asks for it is not given anything less.
    let refused = list(text, &at("localhost", "sslmode=require"));
    assert_eq!((refused.exit, refused.code()), (Some(4), "db_refused"), "{refused:?}");

    let (cert, key) = (certificate("server.pem"), certificate("server.key"));
    for (name, value) in [
        ("ssl_cert_file", cert.as_str()),
        ("ssl_key_file", key.as_str()),
        ("ssl", "on"),
    ] {
        sql(&format!("ALTER SYSTEM SET {name} = '{value}'"));
    }
    sql("SELECT pg_reload_conf()");
    let mut done = list(text, &at("localhost", "sslmode=require"));
    for _ in 0..50 {
        if done.exit == Some(0) {
            break;
        }
        // The cluster reads its settings again in its own time.
        std::thread::sleep(std::time::Duration::from_millis(100));
        done = list(text, &at("localhost", "sslmode=require"));
    }
    assert_eq!(done.exit, Some(0), "{done:?}");
    let done = list(text, &at("localhost", &full));
    assert_eq!(done.exit, Some(0), "{done:?}");
    let done = list(text, &at("127.0.0.1", &format!("sslmode=verify-ca&sslrootcert={ca}")));
    assert_eq!(done.exit, Some(0), "{done:?}");

    // Another authority; another name than that of the certificate; none of those that this machine trusts.
    for wrong in [
        at("localhost", &format!("sslmode=verify-full&sslrootcert={other}")),
        at("127.0.0.1", &full),
        at("localhost", "sslmode=verify-full"),
    ] {
        let refused = list(text, &wrong);
        assert_eq!(
            (refused.exit, refused.code()),
            (Some(4), "db_refused"),
            "{wrong} {refused:?}"
        );
    }
    let missing = list(text, &at("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem"));
    assert_eq!(missing.code(), "config_bad", "{missing:?}");

    // A server works through it, its line to the others included.
    let serve = Serve::start_with(&data, &["--database", &at("localhost", &full)]);
    let (phone, _) = open_phone(&folder.path().join("phone"), &serve.url).unwrap();
    phone.session().enrol(&office.code(user).await, "phone").await.unwrap();
    record(&phone, home(1), 0, "through TLS").unwrap();
    assert!(settle(&phone).await.unwrap());
    let ours = "FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name <> 'psql'";
    let encrypted = sql(&format!(
        "SELECT COUNT(*) {ours} AND s.ssl AND a.client_addr IS NOT NULL"
    ));
    assert!(encrypted.parse::<u32>().unwrap() >= 2, "{encrypted}");
    drop(serve);
    sql("ALTER SYSTEM SET ssl = 'off'");
    sql("SELECT pg_reload_conf()");
}
