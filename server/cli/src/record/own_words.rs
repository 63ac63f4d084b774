//! Words that the built-in data do not have: of entries, of events that no machine names, of marks.

/// Code, Chinese, English.
pub const OWN: &[(&str, &str, &str)] = &[
    ("settled", "裁定", "settled"),
    ("checked", "复看确认", "checked"),
    ("removed", "移出", "taken out of sight"),
    ("photo", "照片", "photo"),
    ("remark", "备注", "remark"),
    ("present", "在场", "present"),
    ("demonstration", "演示", "shown to the owner"),
    ("key", "钥匙", "keys"),
    ("meter", "表具", "meter"),
    ("defect", "缺陷", "defect"),
    ("promise", "承诺", "promise"),
    ("contact_try", "联系未果", "not reached"),
    ("option", "方案", "way out"),
    ("update", "进展告知", "told meanwhile"),
    ("linked", "关联", "linked"),
    ("request", "诉求", "asked for"),
    ("tag", "关注点", "cares about"),
    ("read_back", "念回承诺", "promises read back"),
    ("note", "记事", "note"),
    ("choose_option", "选定方案", "way out chosen"),
    ("waive", "免拍照片", "photo waived"),
    ("confirm_cluster", "确认为同类问题", "cluster confirmed"),
    ("reject_cluster", "不是同类问题", "no cluster"),
    ("read", "主管已阅", "read by a manager"),
    ("terms", "等级变更，时限重算", "severity changed, targets begin anew"),
    ("late", "迟交", "late"),
    ("role", "越权，暂不计", "role: does not count yet"),
    ("lifted", "越权，已放行", "role: lifted"),
    ("legal", "计入", "counts"),
    ("illegal", "不计", "does not count"),
    ("held_back", "暂不计", "held back"),
    ("unknown", "本版本不认识", "unknown to this version"),
    ("state", "当时的状态下不能这样做", "not possible in the state it was in"),
    ("done", "已说", "said"),
    ("skipped", "略过", "left out"),
];

#[cfg(test)]
mod tests {
    use super::OWN;
    use keyturn_server::domain::{Container, schema};

    #[test]
    fn whatever_stands_in_a_record_has_a_word() {
        let entries = schema::FIELDS
            .iter()
            .filter(|row| row.container == Container::Items && !row.field.contains(['.', '*']))
            .map(|row| row.field);
        let events = keyturn_server::domain::events::NEUTRAL.iter().copied();
        for code in entries.chain(events).chain(["read_back"]) {
            assert!(OWN.iter().any(|(own, ..)| *own == code), "{code} has no word");
        }
    }
}
