//! What the simulator says.

use crate::words::words;

words! {
    ENROL "注册" "enrol";
    DAY "一天的工作" "a day";
    LAST "最后同步" "last sync";
    DOWNLOAD "下载" "download";
    IDLE "空闲同步" "idle sync";
    COL_DONE "做了什么" "what was done";
    COL_ON_PHONES "手机上" "on phones";
    COL_THERE "服务器上" "on the server";
    COL_WHAT "项目" "what";
    COL_VALUE "数值" "value";
    KIND_INSPECTION "验房" "inspections";
    KIND_ANSWER "检查项答案" "answers";
    KIND_READING "实测读数" "readings";
    KIND_PHOTO "照片" "photos mentioned";
    KIND_DEFECT "缺陷" "defects";
    KIND_SIGNATURE "业主签字或拒签" "signatures and refusals";
    KIND_VISIT "拜访" "visits";
    KIND_SURVEY "问卷答案" "survey answers";
    KIND_TAG "标签" "tags";
    KIND_REQUEST "业主的请求" "requests";
    KIND_CASE "事项（报修、投诉、咨询等）" "cases (repairs, complaints, enquiries)";
    KIND_PROMISE "承诺" "promises";
    KIND_PERSON "新来电人" "callers nobody knew";
    KIND_CONTACT "联系记录" "contacts logged";
    KIND_APPOINTMENT "预约" "appointments";
    PHONES "手机" "phones";
    DAYS "天数" "days";
    CHANGES "改动" "changes";
    ACKNOWLEDGED "已确认收到" "acknowledged";
    REFUSED "服务器拒绝并在手机上显示的命令" "commands refused, and shown on phones";
    LOST "丢失" "lost";
    SECONDS "用时（秒）" "seconds";
    CHANGES_PER_SECOND "每秒收到的改动" "changes a second";
    EXCHANGES "同步次数" "exchanges";
    EXCHANGE_P50 "一次同步，中位数（毫秒）" "an exchange, p50, ms";
    EXCHANGE_P99 "一次同步，第 99 百分位（毫秒）" "an exchange, p99, ms";
    DOWNLOAD_SECONDS "新手机下载用时（秒）" "download on a new phone, seconds";
    REQUESTS "HTTP 请求" "HTTP requests";
    BYTES_UP "上行字节（含报头）" "bytes up, heads included";
    BYTES_DOWN "下行字节（含报头）" "bytes down, heads included";
    IDLE_BYTES "每次空闲同步的字节" "bytes of an idle sync";
    FAULTS "故意丢失的 HTTP 请求和应答" "HTTP requests and replies lost on purpose";
    SERVER_CPU "服务器 CPU（秒）" "server CPU, seconds";
    SERVER_RSS "服务器内存峰值（MB）" "server memory, peak MB";
}
