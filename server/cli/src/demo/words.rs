//! What the demo says.

use crate::words::words;

words! {
    TITLE "交钥演示：两部手机，同一套住宅，没有信号（种子 {}）" "Keyturn demo: two phones, one flat, no signal (seed {})";
    STEP_SERVER "服务器" "The server";
    LOADED "  示例项目已载入：{} 套住宅，{} 栋楼，{} 处公共区域，{} 个验房组，{} 项检查" "  Demo project: {} homes, {} buildings, {} public places, {} teams, {} checks";
    STARTED "  独立进程 {}，地址 {}" "  a process of its own ({}) at {}";
    STEP_ENROL "两部手机注册" "Two phones enrol";
    ENROLLED "  手机 {}：{} {}，用一次性注册码 {} 注册（进程 {}）" "  Phone {}: {} {}, with the one-time code {} (process {})";
    FIRST_SYNC "          首次同步：{} 项任务，{} 栋楼，收到 {} 条" "          first sync: {} tasks, {} buildings, {} entries";
    STEP_OFFLINE "走进没有信号的楼" "Into a building without a signal";
    NO_SIGNAL "  两部手机同步都失败（{}），照常记录" "  Sync fails on both phones ({}); they go on recording";
    SAME_RECORD "  住宅 {}：两人同时开始同一项任务，同一份记录，{} 个问题" "  Home {}: both begin the same task, the same record, {} questions";
    DID "  手机 {}：逐项回答 {}，整间确认 {} 间，读数 {}，照片 {}，备注 {}，缺陷 {}" "  Phone {}: answers {}, rooms at once {}, readings {}, photos {}, remarks {}, defects {}";
    SAVED "          {} 处改动已存入手机，等待上传" "          {} changes saved on this phone, waiting to be sent";
    STEP_BACK "回到有信号的地方" "Back where there is a signal";
    SYNCED "  手机 {}：上传 {} 处改动，服务器收到 {}；下行 {} 条" "  Phone {}: {} changes sent, {} received by the server; {} entries came down";
    STEP_MERGED "合并后的记录（从 API 读回）" "The merged record, read back from the API";
    PROGRESS "  已答 {}/{}，有缺陷 {}，有分歧 {}：两种说法都在，→ 为暂时的结论" "  {} of {} answered, {} with defects, {} contested: both sides stay, → counts meanwhile";
    ALL_SEE "  两部手机看到同样的 {} 处分歧" "  Both phones show the same {} contested fields";
    STEP_SETTLE "{} 逐项裁定，然后同步" "{} settles them one by one, and syncs";
    SETTLED "  {} → {}" "  {} → {}";
    AGREED "  手机 A、手机 B 和服务器一致：分歧 {} / {} / {}" "  Phone A, phone B and the server agree: {} / {} / {} contested";
    STEP_SIGN "业主签字，之后又有人补了一条备注" "The owner signs; afterwards somebody adds a remark";
    SIGNED "  签字覆盖签字前的全部内容和 {} 个缺陷；不覆盖之后的 {} 处改动" "  The signature covers everything before it and {} defects, not the {} changes made later";
    STEP_MOVED_IN "一周后，业主已入住，楼里还是没有信号" "A week later: the owner has moved in, and there is still no signal";
    VISITED "  手机 {}：乔迁拜访，脚本 {} 段，调查 {} 题，一条承诺已念回" "  Phone {}: a move-in visit, {} parts of the script, {} questions, one promise read back";
    REPORTED "  手机 {}：代业主报修：{}" "  Phone {}: reports for the owner: {}";
    BOTH_HOLD "  同步后两部手机和服务器都有拜访与报修，缺 {} 处" "  After the sync both phones and the server hold visit and report; {} missing";
    STEP_RESULT "结果（从 API 和两部手机自己的数据库读回）" "The result, read back from the API and from each phone's own database";
    RESULT "  住宅 {}，手机 {}，记录 {}，分歧 {}，已裁定 {}，丢失 {}，用时 {} 秒" "  {} homes, {} phones, {} records, {} contested, {} settled, {} lost, {} seconds";
    RUNNING "服务器仍在运行。按 Ctrl-C 结束。" "The server goes on running. Ctrl-C ends it.";
    TRY "看合并后的记录，或直接读 API：" "Look at the merged record, or read the API:";
    KEPT "数据留在 {}（server、phone-a、phone-b）" "The data stay in {} (server, phone-a, phone-b)";
}
