//! What phones last said of themselves: their version, and how much they still hold. Heard at every exchange, written
//! down seldom.

use keyturn_domain::DeviceId;
use keyturn_protocol::SyncRequest;
use std::sync::PoisonError;

use super::service::SyncService;
use crate::Error;
use crate::db::DbError;

/// So seldom, unless a phone now holds something and did not before, or the other way round.
const EVERY_MS: i64 = 10 * 60_000;

impl SyncService {
    /// Writes down what a phone says of itself.
    pub(super) async fn heard(&self, device: DeviceId, request: &SyncRequest) -> Result<(), Error> {
        let now = self.state.now();
        if request.app.is_empty() || !self.is_news(device, now, request.unsent > 0) {
            return Ok(());
        }
        let sql = "INSERT INTO device_contacts (device_id, app, protocol, unsent, synced_at) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (device_id) DO UPDATE SET app = excluded.app, \
                   protocol = excluded.protocol, unsent = excluded.unsent, synced_at = excluded.synced_at";
        let mut tx = self.state.db.begin_write().await?;
        sqlx::query(sql)
            .bind(device.as_bytes().to_vec())
            .bind(request.app.chars().take(64).collect::<String>())
            .bind(i64::from(request.version))
            .bind(i64::try_from(request.unsent).unwrap_or(i64::MAX))
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        tx.commit().await?;
        Ok(())
    }

    fn is_news(&self, device: DeviceId, now: i64, holds: bool) -> bool {
        let mut heard = self.shared().heard.lock().unwrap_or_else(PoisonError::into_inner);
        let known = heard.get(&device);
        let news = known.is_none_or(|(at, held)| now.saturating_sub(*at) >= EVERY_MS || *held != holds);
        if news {
            heard.insert(device, (now, holds));
        }
        news
    }
}
