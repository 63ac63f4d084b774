//! The store of objects on a bucket: the same as on a folder.

use super::line::{ALL, Line};
use keyturn_server::objects::{Keys, Objects, Place};
use keyturn_server::protocol::Code;

/// Opens a place by way of a line.
pub fn open(address: &str, endpoint: &str) -> Objects {
    let keys = Keys {
        endpoint: Some(endpoint.to_owned()),
        region: None,
        access: Some("keyturn".to_owned()),
        secret: Some("hush-hush".to_owned()),
    };
    Objects::open(&Place::parse(address).unwrap(), &keys).unwrap()
}

#[tokio::test]
async fn a_bucket_holds_what_was_written_in_pieces_too() {
    super::bucket("pieces").await;
    let line = Line::begin().await;
    let objects = open("s3://pieces/a/b", &line.url);
    for size in [0_usize, 5, (8 << 20) - 1, 8 << 20, 20 << 20] {
        let bytes: Vec<u8> = (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let name = format!("one-{size}/file");
        let written = objects.put_all(&name, &mut &bytes[..]).await.unwrap();
        let mut back = Vec::new();
        assert_eq!(
            objects.get_all(&name, &mut back).await.unwrap().as_ref(),
            Some(&written)
        );
        assert!(back == bytes && written.bytes == size as u64, "{size}");
    }
    assert_eq!(objects.folders().await.unwrap().len(), 5);
    assert_eq!(objects.names_in("one-5").await.unwrap(), ["one-5/file"]);
    // Nothing stands outside of the prefix, nor is it seen from another one.
    assert_eq!(open("s3://pieces", &line.url).folders().await.unwrap(), ["a"]);
    assert_eq!(
        open("s3://pieces/other", &line.url).folders().await.unwrap(),
        Vec::<String>::new()
    );
    objects.delete("one-5/file").await.unwrap();
    objects.delete("one-5/file").await.unwrap();
    assert_eq!(objects.get("one-5/file", 9).await.unwrap(), None);
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_stays_is_told() {
    super::bucket("weather").await;
    let line = Line::begin().await;
    let objects = open("s3://weather", &line.url);
    line.fail(2);
    objects.put("a", b"1".to_vec()).await.unwrap();
    assert_eq!(line.failed(), 2);
    line.fail(ALL);
    let error = open("s3://weather", &line.url).get("a", 9).await.unwrap_err();
    assert_eq!(error.code(), Code::ObjectsUnreachable, "{error}");
    let nobody = open("s3://weather", "http://127.0.0.1:1")
        .put("a", Vec::new())
        .await
        .unwrap_err();
    assert_eq!(nobody.code(), Code::ObjectsUnreachable, "{nobody}");
    line.fail(0);
    let missing = open("s3://no-such-bucket", &line.url)
        .put("a", Vec::new())
        .await
        .unwrap_err();
    assert_eq!(missing.code(), Code::ObjectsRefused, "{missing}");
    assert!(
        ![error, nobody, missing]
            .iter()
            .any(|e| format!("{e} {e:?}").contains("hush-hush"))
    );
}
