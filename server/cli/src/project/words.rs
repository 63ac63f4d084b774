//! What the commands about projects say.

crate::words::words! {
    // Import
    READ "读取 {}：{} 张表，{} 行" "Read {}: {} tables, {} rows";
    PROJECT_NEW "项目 {}：新建" "The project {} is new";
    PROJECT_THERE "项目 {}：已存在" "The project {} exists";
    WOULD "试运行，没有写入任何内容。会有这些变化：" "A dry run; nothing was written. This would change:";
    DID "已导入。变化如下：" "Imported. This changed:";
    NOTHING "没有变化：服务器上已经是这样。" "Nothing changes: the server holds it already.";
    COL_TABLE "表" "table";
    COL_ADDED "新增" "new";
    COL_CHANGED "改变" "changed";
    COL_SAME "不变" "as before";
    COL_KEPT "仅在服务器上" "on the server only";
    KEPT "仅在服务器上的行保持不变：导入不删除任何内容。" "Rows that are on the server only stay: an import removes nothing.";
    ACCESS "登录名新增 {}；权限新增 {}，结束 {}" "New logins: {}; grants that begin: {}, that end: {}";
    ADDED "新增 {} 行，例如：" "New rows: {}, such as";
    CHANGED "改变（前 {} 行，共 {}）：" "Changed (the first {} of {}):";
    FIELD "    {}：{} → {}" "    {}: {} -> {}";
    FIELD_PERSONAL "    {}：不同（个人信息，不显示）" "    {}: differs (personal, not shown)";
    EMPTY "（空）" "(nothing)";
    NOTE "注意：{}" "Note: {}";
    NOTES_MORE "另有 {} 条注意事项（--json 列出全部）" "{} more notes (--json lists all)";
    // Mistakes
    WRONG_ROW "第 {} 行" "row {}";
    WRONG_COLUMN "{} 列" "column {}";
    WRONG_FOUND "现为“{}”，" "found \"{}\", ";
    WRONG_EMPTY "现为空，" "found nothing, ";
    WRONG_EXPECTED "应为：{}" "expected {}";
    WRONG_COLON "：" ": ";
    WRONG_COMMA "，" ", ";
    WRONG_COUNT "共 {} 处错误" "{} mistakes";
    WRONG_MORE "共 {} 处错误，此处列出前 {} 处" "{} mistakes, the first {} are listed";
    // Export
    EXPORTED "已导出项目 {} 到 {}：{} 个文件，{}" "Exported the project {} to {}: {} files, {}";
    EXPORTED_TABLES "表：{}" "Tables: {}";
    EXPORTED_FULL "记录 {}，变更 {}，行 {}" "Records: {}, changes: {}, rows: {}";
    EXPORTED_NO_PEOPLE "不含住户、成员和员工电话；加 --people 一并写出。" "Without households, persons and telephones of staff; --people writes them, too.";
    EXPORTED_PEOPLE "其中含个人信息（households、persons、staff_contacts）：请妥善保管。" "It holds personal data (households, persons, staff_contacts): keep it safe.";
    EXPORTED_FREE_TEXT "记录里的备注和描述是自由文字，可能提到人。" "Remarks and descriptions in records are free text and may mention people.";
    VERIFIED "导出完好：{} 个文件，{}，{} 份文档由变更重新得到" "The export is sound: {} files, {}; documents made again out of their changes: {}";
    // List
    LIST_NONE "还没有项目。用 keyturn project import 导入。" "There are no projects yet. `keyturn project import` imports one.";
    COL_CODE "代码" "code";
    COL_NAME "名称" "name";
    COL_SINCE "添加时间" "since";
}
