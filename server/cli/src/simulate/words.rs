//! What the simulator says.

use crate::words::words;

words! {
    ENROL "注册" "enrol";
    RECORD "记录" "record";
    UPLOAD "上传" "upload";
    DOWNLOAD "下载" "download";
    IDLE "空闲同步" "idle sync";
    COL_WHAT "项目" "what";
    COL_VALUE "数值" "value";
    PHONES "手机" "phones";
    CHANGES "改动" "changes";
    ACKNOWLEDGED "已确认收到" "acknowledged";
    LOST "丢失" "lost";
    UPLOAD_SECONDS "上传用时（秒）" "upload, seconds";
    CHANGES_PER_SECOND "每秒收到的改动" "changes a second";
    DOWNLOAD_SECONDS "下载用时（秒）" "download, seconds";
    REQUESTS "请求" "requests";
    BYTES_UP "上行字节（含报头）" "bytes up, heads included";
    BYTES_DOWN "下行字节（含报头）" "bytes down, heads included";
    IDLE_BYTES "每次空闲同步的字节" "bytes of an idle sync";
    FAULTS "故意丢失的请求和应答" "requests and replies lost on purpose";
    SERVER_CPU "服务器 CPU（秒）" "server CPU, seconds";
    SERVER_RSS "服务器内存峰值（MB）" "server memory, peak MB";
}
