//! The stable codes: one table of code, HTTP status and words. A code never changes its meaning; apps branch on the
//! code, never on the words. Documented in docs/errors.md.

/// Makes the enum and its look-ups from one row per code: variant, code, HTTP status, English, Chinese.
macro_rules! codes {
    ($($variant:ident $code:literal $status:literal $en:literal $zh:literal;)+) => {
        /// A stable code. The HTTP status is what a server answers with; codes that only a phone or a command line
        /// gives have one all the same.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $en] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the code as it stands on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Returns the HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// Returns what happened and what to do, in English.
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }

            /// Returns what happened and what to do, in Chinese.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }

            /// Reads a code from the wire; `None` for one that a newer server knows.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

codes! {
    // Enrolment and login
    EnrolCodeUnknown "enrol_code_unknown" 403 "This enrolment code is not known; check it or ask for a new one" "没有这个注册码，请核对或重新索取";
    EnrolCodeUsed "enrol_code_used" 403 "This enrolment code was already used; ask for a new one" "这个注册码已经用过，请重新索取";
    EnrolCodeExpired "enrol_code_expired" 403 "This enrolment code has expired; ask for a new one" "这个注册码已经过期，请重新索取";
    DeviceKeyBad "device_key_bad" 400 "The device key is not a P-256 public key" "设备密钥不是有效的 P-256 公钥";
    DeviceKeyUsed "device_key_used" 409 "This device key was enrolled before; make a new one" "这个设备密钥已经注册过，请重新生成";
    DeviceUnknown "device_unknown" 401 "This device is not known here; enrol it again" "服务器没有这台设备，请重新注册";
    DpopBad "dpop_bad" 401 "The proof of the device key does not hold" "设备密钥证明无效";
    DpopReplayed "dpop_replayed" 401 "This proof was used before; make a new one" "这个证明已经用过，请重新生成";
    UseDpopNonce "use_dpop_nonce" 401 "Make the proof with the nonce in this answer" "请用这次返回的随机数重新生成证明";
    TokenMissing "token_missing" 401 "Log in first: a bearer token is missing" "请先登录：缺少令牌";
    TokenUnknown "token_unknown" 401 "This token is not known; log in again" "没有这个令牌，请重新登录";
    TokenExpired "token_expired" 401 "This token has expired; log in again" "令牌已过期，请重新登录";
    TokenRevoked "token_revoked" 401 "This token was withdrawn" "令牌已被撤销";
    Revoked "revoked" 403 "This device was withdrawn; its work is handed in, nothing else" "这台设备已停用，只能上交已做的工作";
    Forbidden "forbidden" 403 "You may not do this" "没有权限";
    // Requests
    NotFound "not_found" 404 "There is nothing here" "没有找到";
    MethodNotAllowed "method_not_allowed" 405 "This address does not take that method" "此地址不支持该方法";
    BodyTooLarge "body_too_large" 413 "The request is too large" "请求过大";
    BodyTooDeep "body_too_deep" 400 "The request is nested too deeply" "请求嵌套过深";
    BodyNotJson "body_not_json" 400 "The request is not the JSON that is expected here" "请求不是所需的 JSON";
    BodyNotCbor "body_not_cbor" 400 "The request is not the CBOR that is expected here" "请求不是所需的 CBOR";
    BodyNotZstd "body_not_zstd" 400 "The request is not packed with zstd" "请求不是 zstd 压缩";
    BodyBomb "body_bomb" 413 "The request unpacks to too much" "请求解压后过大";
    BadValue "bad_value" 400 "A value of the request cannot be used" "请求中的某个值无效";
    ValuesDisagree "values_disagree" 422 "These values do not go together" "这些值彼此不符";
    IfMatchMissing "if_match_missing" 428 "Say in If-Match what the record was when you read it" "请在 If-Match 中说明读取时的记录版本";
    RecordChanged "record_changed" 412 "The record has changed since it was read; look again" "记录在读取之后已变化，请重新查看";
    IdempotencyKeyReused "idempotency_key_reused" 422 "This idempotency key was used for another request" "这个幂等键已用于另一个请求";
    RequestUnderWay "request_under_way" 409 "This request was begun before and has no answer yet; look at what it is about" "同一请求此前已开始，尚无结果，请先查看";
    ProtocolUnknown "protocol_unknown" 400 "This protocol version is not spoken here; update the app" "协议版本不支持，请更新应用";
    CursorForeign "cursor_foreign" 409 "This cursor comes from another server" "同步位置来自另一台服务器";
    Timeout "timeout" 503 "The request took too long; try again" "请求超时，请重试";
    TooManyRequests "too_many_requests" 429 "Too many requests; wait a little" "请求过多，请稍后";
    // Things that exist or do not
    UserUnknown "user_unknown" 404 "There is no such user" "没有这个用户";
    UserExists "user_exists" 409 "A user with this name exists" "用户名已存在";
    UserDisabled "user_disabled" 403 "This user was disabled" "用户已停用";
    RoleUnknown "role_unknown" 400 "There is no such role" "没有这个角色";
    GrantUnknown "grant_unknown" 404 "There is no such grant" "没有这项授权";
    // What only a phone can say
    ClockOff "clock_off" 400 "The clock of this device is far off; set it and try again" "设备时间相差太大，请校准后重试";
    Offline "offline" 503 "No answer from the server; it is tried again" "服务器没有应答，稍后会重试";
    CaptivePortal "captive_portal" 503 "Another than the server answered: log in to this network first" "应答的不是服务器，请先登录所在网络";
    Protocol "protocol" 502 "The answer of the server was not understood; update the app" "无法理解服务器的应答，请更新应用";
    // The server and its machine
    Internal "internal" 500 "Something went wrong on the server; it was recorded under the request id" "服务器出错，已按请求编号记录";
    ShuttingDown "shutting_down" 503 "The server is stopping; try again" "服务器正在停止，请稍后重试";
    NotReady "not_ready" 503 "The server is not ready" "服务器尚未就绪";
    DiskFull "disk_full" 507 "The disk is full; nothing was changed" "磁盘已满，没有任何改动";
    DbBusy "db_busy" 503 "The database is busy; try again" "数据库忙，请重试";
    DbLocked "db_locked" 503 "Another server has the database open" "另一个服务器正在使用此数据库";
    DbNewer "db_newer" 503 "The database was written by a newer version of this program" "数据库由更新的版本写入";
    DbOlder "db_older" 503 "The database is open in an older server" "数据库正被旧版本的服务器使用";
    DbDamaged "db_damaged" 503 "The database is damaged; it was left as it is" "数据库已损坏，已原样保留";
    DbUnusable "db_unusable" 503 "The database cannot be opened" "数据库无法打开";
    DbUnreachable "db_unreachable" 503 "The database does not answer; try again" "数据库没有应答，请重试";
    DbRefused "db_refused" 503 "The database lets nobody in: user, password, name or rights" "数据库拒绝访问：用户、密码、名称或权限";
    DbNotEmpty "db_not_empty" 409 "The database is not empty; nothing was changed" "数据库不为空，没有任何改动";
    DbEngine "db_engine" 422 "This is for the other kind of database" "此操作只用于另一种数据库";
    CopyDiffers "copy_differs" 503 "The copy is not what was read; the target was left empty" "副本与来源不一致，目标库保持为空";
    BackupRunning "backup_running" 503 "Another backup of this server is under way" "这个服务器正在进行另一次备份";
    BackupUnusable "backup_unusable" 503 "The folder or file of a backup cannot be used" "备份的目录或文件无法使用";
    BackupUnsound "backup_unsound" 503 "The copy did not pass its examination; no backup was made, no mark moved" "副本未通过检查，没有留下备份，备份标记未变";
    BackupDamaged "backup_damaged" 503 "The backup is not what was written; it was left as it is" "备份与写入时不符，已原样保留";
    BackupKeyMissing "backup_key_missing" 503 "The backup is encrypted; its key is needed" "备份已加密，需要密钥";
    BackupKeyWrong "backup_key_wrong" 503 "This key does not open the backup" "这个密钥打不开备份";
    ObjectsUnreachable "objects_unreachable" 503 "The store of objects does not answer; it is tried again" "对象存储没有应答，稍后会重试";
    ObjectsRefused "objects_refused" 503 "The store of objects refuses: bucket, key or rights" "对象存储拒绝访问：存储桶、密钥或权限";
    FolderNotEmpty "folder_not_empty" 409 "The folder is not empty; nothing was changed" "目录不为空，没有任何改动";
    NotConfirmed "not_confirmed" 409 "It cannot be undone, and was not confirmed; nothing was changed" "此操作无法撤销且未确认，没有任何改动";
    PortInUse "port_in_use" 503 "The port is in use by another program" "端口已被其他程序占用";
    ConfigBad "config_bad" 503 "A setting cannot be used" "配置无效";
    DataBroken "data_broken" 503 "A built-in data file has a broken row" "内置数据文件有错误的行";
    // A project as files
    ImportRefused "import_refused" 422 "The files have mistakes; nothing was imported" "文件有错误，没有导入任何内容";
    EditionRefused "edition_refused" 422 "The files of the edition have mistakes; nothing was changed" "版本文件有错误，没有任何改动";
    ProjectUnknown "project_unknown" 404 "There is no such project" "没有这个项目";
    ExportExists "export_exists" 409 "The folder for the export is not empty" "导出目录不是空的";
    ExportDamaged "export_damaged" 422 "The export is not as it was written" "导出的内容与写出时不一致";
    FileUnusable "file_unusable" 503 "A file or folder cannot be read or written" "文件或目录无法读写";
    // The phone
    NotEnrolled "not_enrolled" 401 "Nobody is enrolled on this phone; scan an enrolment code" "这台手机尚未注册，请扫描注册码";
    DocumentUnknown "document_unknown" 404 "This record is not on this phone" "本机没有这份记录";
    DocumentUnreadable "document_unreadable" 422 "What arrived of this record is not sound; it is fetched again" "收到的记录有误，将重新获取";
    SeenUnknown "seen_unknown" 409 "The record has changed since the screen was drawn; look again" "记录已变化，请重新查看";
    WriteRefused "write_refused" 422 "This cannot be written into this record" "无法写入这份记录";
    StoreLocked "store_locked" 503 "Another program has this phone's database open" "另一个程序正在使用本机数据库";
    StoreNewer "store_newer" 503 "The database was written by a newer version of the app; update it" "数据库由更新版本的应用写入，请更新应用";
    StoreDamaged "store_damaged" 503 "The database is damaged; it is set aside at the next start, nothing is deleted" "数据库已损坏，下次启动时另存，不会删除";
    StoreUnusable "store_unusable" 503 "The database cannot be used" "数据库无法使用";
    ClientUnusable "client_unusable" 500 "The app must be started again" "请重新启动应用";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_reads_back() {
        let all: BTreeSet<&str> = Code::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(all.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            assert!((400..600).contains(&code.status()), "{code}");
            assert!(
                code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{code}"
            );
            assert!(!code.zh().is_ascii(), "{code} lacks Chinese words");
        }
    }

    #[test]
    fn every_code_is_documented() {
        let page = include_str!("../../../docs/errors.md");
        for code in Code::ALL {
            let row = format!(
                "| `{}` | {} | {} | {} |",
                code.as_str(),
                code.status(),
                code.en(),
                code.zh()
            );
            assert!(page.contains(&row), "docs/errors.md lacks this row:\n{row}");
        }
        let rows = page.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(
            rows,
            Code::ALL.len(),
            "docs/errors.md has rows that no code stands behind"
        );
    }
}
