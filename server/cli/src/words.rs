//! Every sentence that this program says, in both languages: one table. `{}` is filled in order.
//!
//! What has a stable code has its words in `keyturn_protocol::Code`; what to do next stands in [`next`].

use crate::lang::Lang;
use keyturn_server::protocol::Code;
use std::fmt::Display;

/// One sentence in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// Fills the sentence in.
    pub fn fill(&self, lang: Lang, parts: &[&dyn Display]) -> String {
        let mut text = String::new();
        let mut pieces = lang.pick(self.zh, self.en).split("{}");
        text.push_str(pieces.next().unwrap_or_default());
        let mut parts = parts.iter();
        for piece in pieces {
            if let Some(part) = parts.next() {
                text.push_str(&part.to_string());
            }
            text.push_str(piece);
        }
        text
    }
}

/// Makes the sentences of one table, and the list of them for its test.
macro_rules! words {
    ($($name:ident $zh:literal $en:literal;)+) => {
        $(#[doc = $en] pub const $name: $crate::words::Words = $crate::words::Words { zh: $zh, en: $en };)+
        /// Every sentence, for the test.
        #[cfg(test)]
        pub const ALL: &[(&str, $crate::words::Words)] = &[$((stringify!($name), $name)),+];
    };
}

pub(crate) use words;

words! {
    // Errors
    ERROR "错误：{}（{}）" "Error: {} ({})";
    ERROR_DETAIL "  说明：{}" "  Detail: {}";
    ERROR_NEXT "  怎么办：{}" "  What to do: {}";
    // serve
    LISTENING "服务器已启动：{}" "The server listens on {}";
    SERVE_DATA "数据保存在：{}" "Its data are in {}";
    SERVE_DATABASE "数据库：{}" "Its database is {}";
    SERVE_STOP "按 Ctrl-C 停止。已确认收到的记录都已写入磁盘。" "Ctrl-C stops it. What it acknowledged is on the disk.";
    SERVE_METRICS "运行指标：{}" "Metrics: {}";
    SERVE_LOADED "已载入示例项目：{} 套住宅，{} 栋楼，{} 处公共区域，{} 个验房组" "Loaded the demo project: {} homes, {} buildings, {} public places, {} teams";
    SERVE_STOPPED "服务器已停止。" "The server has stopped.";
    SERVE_OPEN_NET "注意：{} 可从其他机器访问，且没有 TLS。请放在反向代理之后，并设置 --public-url。" "Note: {} can be reached from other machines, without TLS. Put it behind a reverse proxy and set --public-url.";
    // config
    CONFIG_NAME "设置" "setting";
    CONFIG_VALUE "值" "value";
    CONFIG_FROM "来自" "from";
    CONFIG_BUILT_IN "内置" "built in";
    // healthcheck
    HEALTHY "服务器正常：{}" "The server is healthy: {}";
    // user
    USER_ADDED "已添加用户 {}（{}）" "Added the user {} ({})";
    USER_DISABLED "已停用 {}：立即生效，手机只能上交已做的工作" "Disabled {}: at once; phones may still hand in their work, nothing else";
    USER_GRANTED "已授予 {}：{}，范围 {}" "Granted to {}: {} on {}";
    USER_REVOKED "已撤销 {} 的 {} 项授权" "Revoked from {}: {} grants";
    USER_NONE "还没有用户。用 keyturn user add 添加。" "There are no users yet. `keyturn user add` adds one.";
    TOKEN_WRITER "可读写的令牌（只显示这一次，{} 前有效）：" "A writer's token (shown this once, valid until {}):";
    TOKEN_NONE "还没有令牌。用 keyturn token create 生成。" "There are no tokens yet. `keyturn token create` makes one.";
    TOKEN_REVOKED "已撤销令牌 {}" "Withdrew the token {}";
    COL_MAY "权限" "may";
    COL_UNTIL "有效期至" "until";
    COL_LABEL "用途" "for";
    MAY_READ "只读" "read";
    MAY_WRITE "读写" "read, write";
    USER_TOKEN "只读令牌（只显示这一次，{} 前有效）：" "A reader's token (shown this once, valid until {}):";
    COL_NAME "用户名" "name";
    COL_DISPLAY "姓名" "shown as";
    COL_ROLES "角色" "roles";
    COL_SINCE "添加时间" "since";
    COL_STATE "状态" "state";
    STATE_ACTIVE "正常" "active";
    STATE_DISABLED "已停用" "disabled";
    STATE_REVOKED "已停用" "revoked";
    SCOPE_SERVER "整个服务器" "the whole server";
    SCOPE_PROJECT "项目 {}" "the project {}";
    // device
    ENROL_TITLE "给 {} 的一次性注册码（{} 前有效，只能用一次）：" "One-time enrolment code for {} (valid until {}, serves once):";
    ENROL_HOW "在手机上扫描二维码，或输入注册码和服务器地址。" "Scan it with the phone, or type the code and the server's address.";
    DEVICE_NONE "还没有设备。用 keyturn device enrol 注册。" "There are no devices yet. `keyturn device enrol` enrols one.";
    DEVICE_REVOKED "已停用设备 {}：从下一次请求起，它只能上交已做的工作" "Revoked the device {}: from its next request on it may hand in its work, nothing else";
    DEVICE_WIPE "设备 {} 下次联系时会上交能上交的，然后清除全部数据；结果见 keyturn device list" "At its next contact the device {} hands in what it can, then erases itself; `keyturn device list` tells how it ended";
    DEVICE_WIPE_ASK "{} 上的全部数据将被清除，此操作无法撤销。" "Everything on {} will be gone. There is no way back.";
    DEVICE_WIPE_TYPE "输入“清除”继续：" "Type \"wipe\" to go on: ";
    DEVICE_WIPE_WORD "清除" "wipe";
    STATE_WIPING "待清除" "to be wiped";
    STATE_WIPED "已清除" "wiped";
    STATE_WIPED_LOST "已清除，丢失 {}" "wiped, lost {}";
    COL_APP "版本" "app";
    COL_UNSENT "未上交" "unsent";
    COL_DEVICE "设备" "device";
    COL_USER "用户" "user";
    COL_ID "编号" "id";
    COL_SEEN "最近联系" "last seen";
}

/// What to do about an error, where something can be said.
pub const fn next(code: Code) -> Option<Words> {
    Some(match code {
        Code::PortInUse => Words {
            zh: "停止占用端口的程序，或用 --listen 换一个端口（端口 0 表示任选空闲端口）",
            en: "Stop the program that has the port, or choose another with --listen (port 0 takes any free one)",
        },
        Code::DbLocked => Words {
            zh: "先停止那个服务器，或用 --data 指定另一个目录",
            en: "Stop that server first, or give this one another folder with --data",
        },
        Code::DbNewer => Words {
            zh: "请运行写入它的新版本程序；数据库没有改动",
            en: "Run the newer version that wrote it; the database was left as it was",
        },
        Code::DbOlder => Words {
            zh: "先用这个版本的程序重启那个服务器",
            en: "Restart that server with this version of the program first",
        },
        Code::DbDamaged => Words {
            zh: "请把文件移到一旁妥善保存，不要删除，然后恢复最近的备份",
            en: "Move the file aside, keep it, and restore the newest backup",
        },
        Code::DbUnusable => Words {
            zh: "检查目录是否存在、当前用户能否写入；首次使用请先运行 keyturn serve --data 目录",
            en: "Check that the folder exists and that you may write there; the first time, run `keyturn serve --data DIR`",
        },
        Code::DbUnreachable => Words {
            zh: "检查数据库服务是否在运行、地址和端口是否正确",
            en: "Check that the database server runs, and its address and port",
        },
        Code::DbRefused => Words {
            zh: "检查用户、密码（--database-password-file）、数据库名和权限",
            en: "Check the user, the password (--database-password-file), the name of the database and the rights",
        },
        Code::DbNotEmpty => Words {
            zh: "请指定一个空的数据库或新文件",
            en: "Name an empty database, or a file that is not there yet",
        },
        Code::DbEngine => Words {
            zh: "见 docs/operations.md 中关于 PostgreSQL 的部分",
            en: "See what docs/operations.md says of PostgreSQL",
        },
        Code::CopyDiffers => Words {
            zh: "用 keyturn doctor 检查来源，然后重试",
            en: "Look at the source with `keyturn doctor`, then try again",
        },
        Code::DiskFull => Words {
            zh: "腾出空间后重试",
            en: "Free some space and try again",
        },
        Code::BackupRunning => Words {
            zh: "等它完成后再试",
            en: "Wait until it is done, then try again",
        },
        Code::BackupUnusable => Words {
            zh: "检查路径是否存在、当前用户能否读写",
            en: "Check that the path exists and that you may read and write there",
        },
        Code::BackupUnsound => Words {
            zh: "运行 keyturn doctor 查看数据库；旧备份都还在",
            en: "Look at the database with `keyturn doctor`; older backups are still there",
        },
        Code::BackupDamaged => Words {
            zh: "换一份备份恢复；保留这一份以便查明原因",
            en: "Restore another backup; keep this one to find out why",
        },
        Code::BackupKeyMissing => Words {
            zh: "用 --identity 指定私钥文件（AGE-SECRET-KEY-1…）",
            en: "Name the file of the secret key (AGE-SECRET-KEY-1...) with --identity",
        },
        Code::BackupKeyWrong => Words {
            zh: "用备份时公钥对应的私钥文件再试",
            en: "Try the secret key of a recipient of that backup",
        },
        Code::ObjectsUnreachable => Words {
            zh: "检查地址（--s3-endpoint）和网络，以及该服务是否在运行",
            en: "Check the address (--s3-endpoint), the network, and that the service runs",
        },
        Code::ObjectsRefused => Words {
            zh: "检查存储桶是否存在、密钥文件和权限（读、写、列出、删除）",
            en: "Check that the bucket exists, the files of the key, and its rights (read, write, list, delete)",
        },
        Code::FolderNotEmpty => Words {
            zh: "用 --data 指定一个新的或空的目录；原目录请保留",
            en: "Name a new or empty folder with --data; keep what is in this one",
        },
        Code::NotConfirmed => Words {
            zh: "在终端里确认，或加上 --yes",
            en: "Confirm it at a terminal, or add --yes",
        },
        Code::ClockOff => Words {
            zh: "在手机设置里打开“自动设置时间”，再同步",
            en: "Turn on automatic time in the phone's settings, then sync again",
        },
        Code::EnrolCodeUnknown | Code::EnrolCodeUsed | Code::EnrolCodeExpired => Words {
            zh: "用 keyturn device enrol 用户名 生成新的注册码",
            en: "`keyturn device enrol NAME` makes a new code",
        },
        Code::UserUnknown => Words {
            zh: "keyturn user list 列出所有用户",
            en: "`keyturn user list` lists all users",
        },
        Code::DeviceUnknown => Words {
            zh: "keyturn device list 列出所有设备",
            en: "`keyturn device list` lists all devices",
        },
        Code::Offline => Words {
            zh: "检查地址，以及服务器是否在运行（keyturn serve）",
            en: "Check the address, and that the server runs (`keyturn serve`)",
        },
        Code::TokenMissing | Code::TokenUnknown | Code::TokenExpired | Code::TokenRevoked => Words {
            zh: "用 keyturn user token 用户名 生成只读令牌，通过 --token 或环境变量 KEYTURN_TOKEN 传入",
            en: "`keyturn user token NAME` makes a reader's token; pass it by --token or KEYTURN_TOKEN",
        },
        Code::CaptivePortal => Words {
            zh: "先登录所在网络，再重试",
            en: "Log in to this network, then try again",
        },
        Code::ImportRefused => Words {
            zh: "改正所列各处后重新导入；各列的写法见 docs/import.md",
            en: "Mend what is listed and import again; docs/import.md says how each column is written",
        },
        Code::ProjectUnknown => Words {
            zh: "核对项目代码；keyturn project list 列出所有项目",
            en: "Check the code; `keyturn project list` lists all projects",
        },
        Code::ExportExists => Words {
            zh: "换一个新目录或空目录",
            en: "Choose a folder that is new or empty",
        },
        Code::ExportDamaged => Words {
            zh: "不要使用这份导出，请重新导出",
            en: "Do not use this export; export again",
        },
        Code::DataBroken => Words {
            zh: "内置数据随程序编译；请用未改动的源码重新编译，或修正所指的行",
            en: "Built-in data are compiled in: rebuild from unchanged sources, or mend the row that is named",
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_take_the_same_parts() {
        #[cfg(feature = "demo")]
        let tables = [
            ALL,
            crate::project::ALL_WORDS,
            crate::edition::ALL_WORDS,
            crate::care::words::ALL,
            crate::demo::ALL_WORDS,
            crate::simulate::ALL_WORDS,
        ];
        #[cfg(not(feature = "demo"))]
        let tables = [
            ALL,
            crate::project::ALL_WORDS,
            crate::edition::ALL_WORDS,
            crate::care::words::ALL,
        ];
        for (name, words) in tables.into_iter().flatten() {
            assert_eq!(words.zh.matches("{}").count(), words.en.matches("{}").count(), "{name}");
            assert!(!words.zh.is_empty() && !words.en.is_empty(), "{name}");
        }
        for code in Code::ALL {
            if let Some(words) = next(*code) {
                assert!(!words.zh.is_ascii() && words.en.is_ascii(), "{code}");
            }
        }
    }

    #[test]
    fn parts_are_filled_in_order() {
        assert_eq!(USER_GRANTED.fill(Lang::En, &[&"a", &"b", &"c"]), "Granted to a: b on c");
    }
}
