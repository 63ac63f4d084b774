//! What backup, restore, doctor and erasing say.

use crate::words::{Words, words};
use keyturn_server::sync::doctor::Stage;

words! {
    STAGE_COPY "复制数据库" "copying the database";
    STAGE_PAGES "检查文件" "reading pages";
    STAGE_LOG "核对日志" "reading logs";
    STAGE_ROWS "核对数据行" "reading rows";
    STAGE_DOCUMENTS "核对记录" "comparing records";
    STAGE_REPAIR "重建" "making again";
    // backup
    BACKUP_MADE "备份已完成，并已读回核对：" "The backup is made, and was read back and verified:";
    BACKUP_HOLDS "  {} 份记录，{} 项改动；文件 {}{}" "  Records {}, changes {}; a file of {}{}";
    BACKUP_ENCRYPTED "，已加密" ", encrypted";
    BACKUP_MARK "  项目 {}：日志第 {} 条及以前都“已备份”" "  Project {}: everything up to entry {} is \"in backup\"";
    BACKUP_SAME "注意：备份与数据库在同一个文件系统上。备份已保留，但手机上不会显示“已备份”；请另外备份到别的磁盘或机器。" "Note: the backup lies on the database's own file system. It is kept, but no phone will show \"in backup\": make another one on another disk or machine.";
    BACKUP_REMOVED "  已删除旧备份 {} 份" "  Older backups removed: {}";
    BACKUP_DIFFERS "注意：有可以重建的内容不一致（{}）。请运行 keyturn doctor --repair。" "Note: something that can be computed differs ({}). Run `keyturn doctor --repair`.";
    BACKUP_SENT "已发送到 {}，并已从那里读回核对：{}" "Sent to {}, and read back from there: {}";
    // restore
    RESTORED "已恢复到 {}，并已核对" "Restored into {}, and verified";
    RESTORED_FROM "  来自 {}（{}）" "  From {} ({})";
    RESTORED_HOLDS "  {} 份记录，{} 项改动，{} 个用户" "  Records {}, changes {}, users {}";
    RESTORED_EPOCH "  新的纪元 {}：手机会重新提交此备份所缺的内容" "  A new epoch {} began: phones offer again what this copy lacks";
    RESTORED_ERASED "  已删除人员名单上有 {} 个编号；再次销毁密钥 {} 把" "  People who were erased: {} on the list; keys ended once more: {}";
    RESTORED_NO_LIST "注意：没有找到已删除人员名单。如果备份之后删除过人员，请用 --erased 指定名单后重新恢复。" "Note: no list of people who were erased was found. If somebody was erased after this backup, restore again with --erased.";
    RESTORED_REPAIRED "  已重建由记录推算的内容" "  What follows from the records was computed anew";
    RESTORED_NEXT "接下来：启动 keyturn serve --data {}，再做一次备份。" "Next: start `keyturn serve --data {}`, then make a backup.";
    RESTORED_NEXT_DATABASE "接下来：启动 keyturn serve --data {} --database {}，再做一次备份。" "Next: start `keyturn serve --data {} --database {}`, then make a backup.";
    // copy
    COPIED "已搬到 {}，并已逐表核对" "Moved to {}, and every table was compared";
    COPIED_FROM "  来自 {}" "  From {}";
    COPIED_HOLDS "  {} 行；{} 份记录，{} 项改动，{} 个用户" "  Rows {}; records {}, changes {}, users {}";
    COPIED_PROJECT "  项目 {}：日志到第 {} 条，链 {}" "  Project {}: its log ends at entry {}, chain {}";
    COPIED_NEXT "接下来：用新的数据库启动 keyturn serve；旧的不要再启动，否则会有两台各自前进的服务器。" "Next: start `keyturn serve` on the new database, and never again on the old one: there would be two servers that go different ways.";
    // doctor
    DOCTOR_LOOKED "已检查 {}（{}）：{} 个项目，{} 份记录，{} 项改动，{} 条日志" "Looked at {} ({}): projects {}, records {}, changes {}, entries of the log {}";
    DOCTOR_FREE "  磁盘剩余 {}" "  Room on the disk: {}";
    DOCTOR_QUARANTINE "  隔离区有 {} 项改动（{}），等待人工处理，不算错误" "  In quarantine: {} changes ({}). They wait for a person and are no fault";
    DOCTOR_BACKUP "  项目 {}：还有 {} 条日志未备份" "  Project {}: {} entries are in no backup yet";
    DOCTOR_PLACE "  备份位置 {}：最新一份 {}（{}）" "  Backups at {}: the newest is {} ({})";
    DOCTOR_PLACE_FAILED "  备份位置 {}：上次失败（{}，{}）" "  Backups at {}: the last one failed ({}, {})";
    DOCTOR_CLEAN "一切正常。" "Nothing is wrong.";
    DOCTOR_FOUND "发现 {} 类问题：" "Kinds of findings: {}";
    DOCTOR_KIND "  {} ×{}：{}" "  {} ×{}: {}";
    DOCTOR_EXAMPLE "    例如 {}" "    such as {}";
    DOCTOR_REPAIRED "已重建：{} 份记录，{} 个索引，{} 处清除，{} 个计数，{} 把密钥{}" "Made again: records {}, indexes {}, purges {}, counters {}, ended keys {}{}";
    DOCTOR_SUMS "，以及全部校验和" ", and all closing sums";
    DOCTOR_DO_DAMAGE "怎么办：不要手工修改。保留这个目录，用 keyturn restore 把最近的备份恢复到另一个空目录；手机会重新提交备份所缺的内容。" "What to do: mend nothing by hand. Keep this folder, and restore the newest backup into another, empty one (`keyturn restore`); phones offer again what it lacks.";
    DOCTOR_DO_DERIVED "怎么办：运行 keyturn doctor --repair 重建；期间可以照常工作。" "What to do: `keyturn doctor --repair` makes it again, while people work.";
    DOCTOR_DO_DISK "怎么办：腾出磁盘空间，至少能再放下一份数据库；备份时需要。" "What to do: free room on the disk for one more copy of the database; a backup needs it.";
    DOCTOR_DO_CLOCK "怎么办：校准本机时间（例如启用 NTP）；期限和登录都以它为准。" "What to do: set this machine's clock (NTP); deadlines and logins go by it.";
    // person erase
    ERASE_PERSON "将永久删除此人（{}）的姓名、联系方式和为其加密的一切：服务器、所有手机，以及今后恢复的备份。" "The name of this person ({}), ways to reach them and everything sealed for them will be erased for good: here, on every phone, and from backups when they are restored.";
    ERASE_HOUSEHOLD "将永久删除此住户（{}）及其 {} 人的姓名、联系方式和为其加密的一切：服务器、所有手机，以及今后恢复的备份。" "The names of this household ({}) and of everybody in it (persons: {}), ways to reach them and everything sealed for them will be erased for good: here, on every phone, and from backups when they are restored.";
    ERASE_ASK "无法撤销。确认请输入“删除”：" "There is no way back. Type \"erase\" to confirm: ";
    ERASE_WORD "删除" "erase";
    ERASED "已删除：销毁 {} 把密钥" "Erased: {} keys ended";
    ERASED_BEFORE "此前已经删除过。" "It had been erased before.";
    ERASED_UNREACHED "注意：无法写入备份目录 {} 里的名单。在下一次备份到那里之前，从那里恢复时请加上 --erased {}" "Note: the list in the backup folder {} could not be written. Until the next backup there, restore from it with --erased {}";
}

/// What is being done.
pub const fn stage(stage: Stage) -> Words {
    match stage {
        Stage::Copy => STAGE_COPY,
        Stage::Pages => STAGE_PAGES,
        Stage::Log => STAGE_LOG,
        Stage::Rows => STAGE_ROWS,
        Stage::Documents => STAGE_DOCUMENTS,
        Stage::Repair => STAGE_REPAIR,
    }
}
