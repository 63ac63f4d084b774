//! What phones last said of themselves: their version, and how much they still hold. Heard at every exchange, written
//! down seldom.

use keyturn_domain::{DeviceId, EpochId};
use keyturn_protocol::{SyncRequest, Wiping};
use std::sync::PoisonError;

use super::service::SyncService;
use crate::Error;
use crate::audit::{self, Entry};
use crate::db::DbError;
use crate::users::Actor;

/// So seldom, unless a phone now holds something and did not before, or the other way round, or follows another life of
/// the database.
const EVERY_MS: i64 = 10 * 60_000;

impl SyncService {
    /// Writes down what a phone says of itself.
    pub(super) async fn heard(&self, device: DeviceId, request: &SyncRequest) -> Result<(), Error> {
        let now = self.state.now();
        let place = self.place_of(request.cursor.as_ref()).ok();
        let epoch = place.map(|place| place.epoch).unwrap_or_default();
        if request.app.is_empty() || !self.is_news(device, now, (request.unsent > 0, epoch)) {
            return Ok(());
        }
        let epoch = Some(epoch).filter(|epoch| *epoch != EpochId::default());
        let sql = "INSERT INTO device_contacts (device_id, app, protocol, unsent, synced_at, epoch) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device_id) DO UPDATE SET app = excluded.app, \
                   protocol = excluded.protocol, unsent = excluded.unsent, synced_at = excluded.synced_at, \
                   epoch = COALESCE(excluded.epoch, device_contacts.epoch)";
        let mut tx = self.state.db.begin_write().await?;
        sqlx::query(sql)
            .bind(device.as_bytes().to_vec())
            .bind(request.app.chars().take(64).collect::<String>())
            .bind(i64::from(request.version))
            .bind(i64::try_from(request.unsent).unwrap_or(i64::MAX))
            .bind(now)
            .bind(epoch.map(|epoch| epoch.as_bytes().to_vec()))
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes down that a phone erases itself now, and what of its work nobody has then. A copy of it that comes later
    /// says so again.
    pub(super) async fn wiped(&self, device: DeviceId, told: Wiping) -> Result<(), Error> {
        let now = self.state.now();
        let mut tx = self.state.db.begin_write().await?;
        sqlx::query("UPDATE devices SET wiped_at = $1, wipe_lost = $2 WHERE id = $3")
            .bind(now)
            .bind(i64::try_from(told.lost).unwrap_or(i64::MAX))
            .bind(device.as_bytes().to_vec())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        let entry = Entry {
            actor: Actor::Server,
            action: "device.wiped",
            subject: device.to_string(),
            detail: &format!("handed in {}, lost {}", told.handed_in, told.lost),
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(())
    }

    fn is_news(&self, device: DeviceId, now: i64, said: (bool, EpochId)) -> bool {
        let mut heard = self.shared().heard.lock().unwrap_or_else(PoisonError::into_inner);
        let known = heard.get(&device);
        let news = known.is_none_or(|(at, before)| now.saturating_sub(*at) >= EVERY_MS || *before != said);
        if news {
            heard.insert(device, (now, said));
        }
        news
    }
}
