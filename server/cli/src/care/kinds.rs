//! What each finding of the doctor means, in both languages.

use crate::words::Words;
use keyturn_server::sync::doctor::Kind;

/// Returns the words of a finding.
pub const fn kind(kind: Kind) -> Words {
    let (zh, en) = match kind {
        Kind::PagesDamaged => ("数据库文件的页已损坏", "Pages of the file contradict each other"),
        Kind::SchemaDiffers => (
            "缺少数据表，或与本程序的结构不同",
            "A table is missing, or is another than this program makes",
        ),
        Kind::IndexMissing => ("缺少索引，或索引不全", "An index is missing, or lacks rows"),
        Kind::ReferenceBroken => ("数据指向不存在的对象", "A row points to one that does not exist"),
        Kind::EpochBroken => ("纪元的来历不完整", "The descent of an epoch is not whole"),
        Kind::LogGap => ("项目日志缺少条目", "The log of a project lacks an entry"),
        Kind::ChainBroken => (
            "项目日志的链断开",
            "An entry of the log does not follow from the one before",
        ),
        Kind::CounterDiffers => (
            "项目计数与日志末尾不符",
            "The counter of a project is not at the end of its log",
        ),
        Kind::ChangeMissing => ("日志提到的改动不存在", "The log names a change that is not there"),
        Kind::ChangeUnseated => ("改动在日志里没有位置", "A change has no entry in the log"),
        Kind::ChangeDamaged => (
            "改动的内容与收到时不同",
            "The bytes of a change are not those that were received",
        ),
        Kind::DocumentIncomplete => ("记录的改动不完整", "The changes of a record do not make a whole"),
        Kind::DocumentMisplaced => ("记录与其地点的范围不符", "A record is not in the scope of its place"),
        Kind::SnapshotDiffers => (
            "记录的存档与其改动不符",
            "The saved form of a record is not what its changes make",
        ),
        Kind::ProjectionDiffers => (
            "列表显示与记录内容不符",
            "What lists show of a record is not what it says",
        ),
        Kind::PurgeIncomplete => (
            "已清除的记录还有残留",
            "A record was purged, and something of it is left",
        ),
        Kind::ActorOrphaned => ("多余的作者信息", "An actor belongs to no record"),
        Kind::SumDiffers => (
            "范围的校验和不符",
            "The closing sum of a scope is not that of its records",
        ),
        Kind::RowMissing => ("日志提到的数据行不存在", "The log names a row that is not there"),
        Kind::RowDamaged => ("数据行与日志不符", "A row is not what the log says of it"),
        Kind::GrantUnseated => ("授权在日志里没有位置", "A role on a project has no entry in the log"),
        Kind::AuditBroken => (
            "审计日志的链断开",
            "An entry of the audit log does not follow from the one before",
        ),
        Kind::ErasedAlive => ("已删除的人员又能读取", "Somebody who was erased can be read again"),
        Kind::DiskLow => ("磁盘空间不足", "There is little room left on the disk"),
        Kind::ClockBack => (
            "本机时间早于已有记录",
            "The clock of this machine is behind what was recorded",
        ),
    };
    Words { zh, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_words_and_stands_in_the_manual() {
        let manual = include_str!("../../../../docs/operations.md");
        for one in Kind::ALL {
            let words = kind(*one);
            assert!(!words.zh.is_ascii() && words.en.is_ascii(), "{}", one.code());
            let row = format!("| `{}` |", one.code());
            assert!(manual.contains(&row), "docs/operations.md lacks {}", one.code());
        }
    }
}
