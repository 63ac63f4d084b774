//! The rights of a crew end by the clock when its jobs are over, and go on when it is named again. What a person gave
//! with a last day of its own, or took away, is not touched.

use std::collections::BTreeSet;

use keyturn_domain::{ProjectId, ScopeId, UserId};

use super::super::demo::Wanted;
use super::office::CREW;
use crate::auth::moved;
use crate::db::{DbError, WriteTx};

/// Ends the rights of those whose jobs are over: from now on, as the log tells them with their next sync.
pub(super) async fn end(
    tx: &mut WriteTx,
    project: ProjectId,
    done: &BTreeSet<(UserId, ScopeId)>,
    now: i64,
) -> Result<(), DbError> {
    let sql = "UPDATE grants SET expires_at = $1 WHERE project = $2 AND user_id = $3 AND scope = $4 AND role = $5 \
               AND until_seq IS NULL AND expires_at IS NULL";
    let mut ended = 0;
    for (user, scope) in done {
        let rows = sqlx::query(sql)
            .bind(now)
            .bind(project.as_bytes().to_vec())
            .bind(user.as_bytes().to_vec())
            .bind(scope.as_bytes().to_vec())
            .bind(CREW)
            .execute(&mut **tx)
            .await?;
        ended += rows.rows_affected();
    }
    if ended > 0 {
        moved(tx).await?;
    }
    Ok(())
}

/// Lets a right go on that ended by the clock and that nobody was told of yet.
pub(super) async fn go_on(
    tx: &mut WriteTx,
    project: ProjectId,
    named: &BTreeSet<Wanted>,
    now: i64,
) -> Result<(), DbError> {
    let sql = "UPDATE grants SET expires_at = NULL WHERE project = $1 AND user_id = $2 AND scope = $3 AND role = $4 \
               AND until_seq IS NULL AND expires_at <= $5";
    let mut again = 0;
    for (user, role, scope, _) in named.iter().filter(|(_, role, ..)| role.as_str() == CREW) {
        let rows = sqlx::query(sql)
            .bind(project.as_bytes().to_vec())
            .bind(user.as_bytes().to_vec())
            .bind(scope.as_bytes().to_vec())
            .bind(role.as_str())
            .bind(now)
            .execute(&mut **tx)
            .await?;
        again += rows.rows_affected();
    }
    if again > 0 {
        moved(tx).await?;
    }
    Ok(())
}
