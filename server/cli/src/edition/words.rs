//! What the commands about editions say.

crate::words::words! {
    DRAFT "草稿" "draft";
    BUILT_IN "程序内置" "built in";
    IN_FORCE "生效中" "in force";
    REPLACED "已被替代" "replaced";
    IMPORTED "已导入为项目 {} 的草稿，尚未发布。" "Imported as the draft of {}; it is not published.";
    CHECKED "检查通过，没有写入任何内容（项目 {}）。" "It is sound; nothing was written (project {}).";
    UNCHANGED "没有变化：项目 {} 已经是这样。" "Nothing changes: {} has it already.";
    AGAINST "与生效的第 {} 版比较：" "Compared with edition {}, which is in force:";
    COMPARED "从 {} 到 {}：" "From {} to {}:";
    SAME "没有不同。" "Nothing differs.";
    PUBLISH_NEXT "确认无误后发布：keyturn edition publish --project {}" "When it is right: `keyturn edition publish --project {}`";
    PUBLISHED "已发布第 {} 版，项目 {}。" "Published edition {} of {}.";
    PUBLISHED_MEANS "从现在起新开始的任务和记录用它；已开始的保持原来的版本。手机下次同步时收到。" "What is begun from now on is begun with it; what was begun before keeps its own. Phones get it with their next sync.";
    EXPORTED "已写出 {} 个文件到 {}，其中 {} 个是项目自己的。" "Wrote {} files to {}; {} of them are the project's own.";
    DISCARDED "已丢弃项目 {} 的草稿。" "Threw away the draft of {}.";
    NO_DRAFT "项目 {} 没有草稿。" "{} has no draft.";
    ADDED "新增" "new";
    REMOVED "删除" "gone";
    CHANGED "改变" "changed";
    REORDERED "行的次序改变" "other order of rows";
    FIELD "    {}：{} → {}" "    {}: {} -> {}";
    EMPTY "（空）" "(nothing)";
    MORE "    还有 {} 处（--json 列出全部）" "    {} more (--json lists all)";
    MISTAKES "{} 处错误（最多列出 {} 处）" "{} mistakes (at most {} are listed)";
    LINE "第 {} 行" "line {}";
    FOUND "现为“{}”，" "found \"{}\", ";
    FOUND_NOTHING "现为空，" "found nothing, ";
    EXPECTED "应为：{}" "expected {}";
    COLON "：" ": ";
    COL_EDITION "版本" "edition";
    COL_STATE "状态" "state";
    COL_SINCE "时间" "since";
    COL_FILES "自有文件" "own files";
    COL_HASH "哈希" "hash";
    COL_NOTE "说明" "note";
}
