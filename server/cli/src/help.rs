//! The help texts in Chinese, by command and argument; the English ones stand where the arguments are declared.

use crate::columns;
use crate::lang::Lang;
use clap::builder::Resettable;
use clap::{Arg, Command};

/// `command.subcommand`, or `command.subcommand#argument`; an argument of several commands stands behind `*#`.
const ZH: &[(&str, &str)] = &[
    ("", "交钥：地下室、电梯里也能用，有分歧也不丢的交付验房记录"),
    ("*#lang", "输出语言；未指定时看 LANG，再没有则为中文"),
    ("*#json", "结果以 JSON 写到标准输出，错误以 JSON 写到标准错误"),
    ("*#config", "TOML 配置文件；环境变量和命令行参数优先"),
    ("*#help", "显示帮助"),
    ("*#version", "显示版本"),
    ("*#data", "服务器的数据目录；由 serve 创建"),
    (
        "*#database",
        "改用 PostgreSQL 数据库：postgres://user@host/name，可加 ?schema=",
    ),
    ("*#database_password_file", "存放数据库密码的文件"),
    ("copy", "在 SQLite 与 PostgreSQL 之间搬迁整个服务器；手机不会察觉"),
    ("copy#from", "来源：sqlite:文件 或 postgres://user@host/name"),
    ("copy#to", "目标：必须为空"),
    ("copy#from_password_file", "存放来源密码的文件"),
    ("copy#to_password_file", "存放目标密码的文件"),
    ("serve", "运行服务器，直到 Ctrl-C 或 SIGTERM；正在处理的请求会先完成"),
    ("config", "显示 serve 将使用的设置，以及每项来自哪里"),
    ("*#listen", "监听的地址和端口；端口 0 表示任选空闲端口"),
    (
        "*#public_url",
        "手机访问本服务器的地址（与监听地址不同时），如 https://keyturn.example",
    ),
    ("*#log", "标准错误上的日志格式：auto 在终端为文本，否则为 JSON"),
    (
        "*#tls_certificate",
        "TLS 证书（PEM，签发者证书接在后面）；更新后自动启用",
    ),
    ("*#tls_key", "证书的私钥（PEM）"),
    ("*#backup_to", "自动备份到此目录，应在另一个磁盘上"),
    ("*#backup_every", "每隔多久备份一次：24h、30m、7d"),
    ("*#backup_keep", "只保留这么多份备份"),
    ("*#backup_recipients", "用此文件里的公钥加密"),
    (
        "*#backup_second",
        "每份备份再发送到此目录或存储桶（s3://bucket/prefix）",
    ),
    ("*#backup_second_keep", "在那里只保留这么多份备份"),
    ("*#s3_endpoint", "存储桶服务的地址；未指定则为 AWS"),
    ("*#s3_region", "存储桶的区域（如果服务有区域）"),
    ("*#s3_access_key_file", "存放密钥名称（access key id）的文件"),
    ("*#s3_secret_key_file", "存放密钥的文件"),
    (
        "*#traces",
        "把跟踪数据发送到此 OpenTelemetry 收集器，如 http://127.0.0.1:4318",
    ),
    ("user", "人员：谁可以登录，担任什么角色"),
    ("user.add", "添加人员，可同时授予整个服务器上的角色"),
    ("user.add#name", "命令行里用的名字，如 wang.lei"),
    ("user.add#display", "别人看到的姓名，如 王磊"),
    (
        "user.add#role",
        "整个服务器上的角色：reviewer、manager 或 administrator",
    ),
    ("user.list", "列出所有人员及角色"),
    ("user.disable", "停用人员：只读令牌立即失效，手机只能上交已做的工作"),
    ("user.disable#name", "用户名"),
    ("user.grant", "授予角色"),
    ("user.grant#name", "用户名"),
    ("user.grant#role", "角色"),
    ("user.grant#project", "在此项目上；未指定则为整个服务器"),
    ("user.revoke", "撤销角色；已做的工作三十天内仍可上交"),
    ("user.revoke#name", "用户名"),
    ("user.revoke#role", "角色"),
    ("user.revoke#project", "在此项目上；未指定则为整个服务器"),
    ("user.token", "生成只读令牌，供其他程序以此人的名义读取 API；只显示一次"),
    ("user.token#name", "用户名"),
    ("user.token#days", "有效天数"),
    ("user.token#label", "用途说明，显示在列表里"),
    ("device", "手机：注册、列出、停用、清除"),
    (
        "device.enrol",
        "生成一次性注册码（文字和二维码），十五分钟内可注册一部手机",
    ),
    ("device.enrol#name", "用户名"),
    ("device.enrol#server", "手机访问服务器的地址，写入二维码"),
    ("device.list", "列出手机，全部或某个人的"),
    ("device.list#user", "只列出此人的"),
    ("device.revoke", "停用手机：从下一次请求起，它只能上交已做的工作"),
    ("device.revoke#id", "设备编号，见 device list"),
    (
        "device.wipe",
        "让手机在下次联系时上交能上交的，然后清除全部数据；无法撤销",
    ),
    ("device.wipe#id", "设备编号，见 device list"),
    ("device.wipe#yes", "不再询问"),
    ("*#demo", "先载入示例项目"),
    ("project", "项目：导入、导出、列出、载入示例项目"),
    ("project.import", "导入项目（CSV 或 JSON）：要么全部，要么不导入"),
    (
        "project.import#path",
        "CSV 文件夹，或一个 JSON 文件（见 docs/import.md）",
    ),
    ("project.import#dry_run", "只显示会改变什么，不写入"),
    ("project.export", "把项目写成可以再次导入的表"),
    ("project.export#code", "项目代码"),
    ("project.export#dir", "新目录或空目录"),
    (
        "project.export#people",
        "同时写出个人信息：住户、成员、员工电话（单独的文件）",
    ),
    (
        "project.export#full",
        "同时写出全部记录（JSON Lines）、原始变更和各类行",
    ),
    ("project.verify", "读回一份导出，核对哈希和文档"),
    ("project.verify#dir", "导出的目录"),
    ("project.list", "列出所有项目"),
    ("*#api_per_minute", "每个令牌每分钟的请求数上限；不计手机"),
    ("*#logins_per_minute", "每个地址每分钟的注册和取令牌次数上限"),
    (
        "*#trusted_proxies",
        "可信代理的地址或网段（如 10.0.0.0/8，逗号分隔），只采信它们转发的请求头",
    ),
    ("token", "令牌：让其他程序调用接口"),
    ("token.create", "生成令牌，让程序以某人的名义调用接口；只显示这一次"),
    ("token.create#name", "以谁的名义"),
    ("token.create#write", "也可以做此人能做的事；否则只读"),
    ("token.create#days", "有效天数"),
    ("token.create#label", "用途，显示在列表里"),
    ("token.list", "列出程序的令牌；手机的令牌由手机自行获取"),
    ("token.revoke", "撤销令牌：从下一次请求起拒绝"),
    ("token.revoke#id", "令牌编号，见 token list"),
    ("project.load", "把示例项目载入服务器的数据库；重复载入不会改变什么"),
    ("project.load#project", "哪个项目：demo"),
    ("project.load#homes", "只载入这么多套住宅"),
    ("edition", "版本：项目的检查表、目录和规则"),
    ("edition.import", "把文件夹里的文件作为下一版的草稿"),
    ("edition.import#dir", "数据文件的文件夹；缺少的文件用程序内置的"),
    ("edition.import#note", "为什么要有新版本"),
    ("edition.import#check", "只检查错误并显示会有什么不同"),
    ("edition.compare", "显示不同之处：逐行、逐字段"),
    ("edition.compare#edition", "哪一版：draft（草稿）或版本号"),
    (
        "edition.compare#with",
        "与哪一版比较；未指定时草稿与生效版本比较，其他与前一版比较",
    ),
    ("edition.publish", "发布草稿：从现在起新开始的都用它"),
    (
        "edition.publish#hash",
        "仅当草稿是这个哈希时才发布（见 import 和 list 的输出）",
    ),
    ("edition.list", "列出项目的各个版本"),
    ("edition.export", "把一个版本的文件写到文件夹，供修改"),
    ("edition.export#dir", "新目录或空目录"),
    (
        "edition.export#edition",
        "哪一版：draft（草稿）或版本号；未指定为生效版本",
    ),
    ("edition.discard", "丢弃草稿"),
    ("edition.import#project", "项目代码"),
    ("edition.compare#project", "项目代码"),
    ("edition.publish#project", "项目代码"),
    ("edition.list#project", "项目代码"),
    ("edition.export#project", "项目代码"),
    ("edition.discard#project", "项目代码"),
    ("person", "业主与同住人：删除个人信息"),
    (
        "person.erase",
        "永久删除某人或某住户的个人信息，以后恢复旧备份也不会回来",
    ),
    ("person.erase#id", "人员或住户编号"),
    ("person.erase#yes", "不再询问"),
    ("backup", "在不停止工作的情况下备份，并读回核对"),
    ("backup#target", "备份目录，应在另一个磁盘上"),
    ("backup#keep", "只保留本服务器的这么多份备份；新备份核对后才删除旧的"),
    ("backup#recipients", "用此文件里的公钥加密，每行一个 age1…"),
    (
        "backup#second",
        "再发送到另一个目录或存储桶（s3://bucket/prefix），并从那里读回核对",
    ),
    ("restore", "把备份恢复到空目录，核对，并开始新的纪元"),
    (
        "restore#backup",
        "一份备份，或某个服务器的备份所在处（目录或 s3://bucket/prefix，取最新一份）",
    ),
    ("restore#identity", "备份已加密时的私钥文件"),
    ("restore#erased", "另一份已删除人员名单（erased.jsonl），可多次指定"),
    ("doctor", "核对能核对的一切；没有问题时退出码为 0，有问题为 1"),
    (
        "doctor#repair",
        "重建推算得出的内容：存档、列表、校验和、索引；不触动记录本身",
    ),
    ("record", "记录：查看合并后的记录"),
    ("record.show", "查看合并后的记录：按房间，分歧的两种说法，谁、何时"),
    ("record.show#id", "记录编号"),
    ("record.show#server", "从这个服务器读取"),
    (
        "record.show#token",
        "只读令牌（见 user token）；最好用环境变量 KEYTURN_TOKEN",
    ),
    ("record.show#phone", "改为从手机的数据目录读取"),
    ("record.show#all", "列出所有问题，不只是需要注意的"),
    ("demo", "演示：两部手机离线检查同一套住宅，合并成一份记录"),
    ("demo#once", "结束后不保留服务器"),
    ("demo#keep", "把数据留在此目录：server、phone-a、phone-b"),
    ("demo#seed", "换一套住宅、答案和分歧"),
    (
        "simulate",
        "模拟：许多手机同时过工程师和客户大使的一天，通过 HTTP 同步并测量",
    ),
    ("simulate#phones", "手机数"),
    ("simulate#days", "每部手机过几天"),
    ("simulate#homes_a_day", "每部手机每天处理几套住宅（有多少做多少）"),
    ("simulate#homes", "项目里的住宅数"),
    (
        "simulate#faults",
        "网络故障：none 无，loss 丢失，slow 延迟，all 两者都有",
    ),
    ("simulate#seed", "换一组答案、请求和故障"),
    ("*#metrics", "Prometheus 指标的监听地址（路径 /metrics）；不设则没有"),
    ("manual", "输出手册页（roff 格式）"),
    ("manual#command", "某个命令的手册页，如 serve 或 project import"),
    ("completions", "输出命令行补全脚本"),
    ("completions#shell", "哪种 shell"),
    (
        "healthcheck",
        "询问运行中的服务器能否工作：能则退出码为 0，无应答或未就绪为 5",
    ),
    ("healthcheck#server", "服务器地址"),
];

/// What follows every help text of the program itself.
const EXIT_ZH: &str = "退出码：0 成功；1 出错；2 用法不对；3 对象不存在或没有权限；4 数据库或磁盘需要处理\
                       （被占用、版本更新、损坏、已满）；5 无应答或端口被占用；6 检查未通过。";
const EXIT_EN: &str = "Exit codes: 0 done; 1 failed; 2 wrong usage; 3 does not exist or is not allowed; \
                       4 the database or the disk needs a person (locked, newer, damaged, full); \
                       5 nobody answers or the port is taken; 6 a check did not pass.";

/// Returns the commands with their help in `lang`, in lines of at most 80 columns.
pub fn localised(mut command: Command, lang: Lang) -> Command {
    // Builds what clap adds by itself, so that it can be translated.
    command.build();
    let after = lang.pick(EXIT_ZH, EXIT_EN);
    put(command, "", lang).after_help(columns::wrap(after, columns::WIDTH).join("\n"))
}

fn put(command: Command, path: &str, lang: Lang) -> Command {
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let flags = shown.map(|arg| columns::width(&arg.to_string()) + if arg.is_positional() { 0 } else { 4 });
    let room = columns::WIDTH.saturating_sub(flags.max().unwrap_or(0) + 4);
    let named: Vec<String> = command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    let about = match lang {
        Lang::Zh => find(path, None).unwrap_or_default().to_owned(),
        Lang::En => command.get_about().map(ToString::to_string).unwrap_or_default(),
    };
    let mut command = command.about(about).long_about(Resettable::Reset);
    if lang == Lang::Zh {
        let template = "{about-with-newline}\n用法: {usage}\n\n{all-args}{after-help}";
        command = command.help_template(template).subcommand_help_heading("命令");
    }
    for id in named {
        command = command.mut_arg(&id, |arg| put_arg(arg, path, lang, room));
    }
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        let below = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        command = command.mut_subcommand(&name, |c| put(c, &below, lang));
    }
    command
}

fn put_arg(arg: Arg, path: &str, lang: Lang, room: usize) -> Arg {
    let mut help = match lang {
        Lang::Zh => find(path, Some(arg.get_id().as_str())).unwrap_or_default().to_owned(),
        Lang::En => arg.get_help().map(ToString::to_string).unwrap_or_default(),
    };
    let default = arg
        .get_default_values()
        .first()
        .map(|value| value.to_string_lossy().into_owned());
    if let Some(default) = default.filter(|_| arg.get_action().takes_values() && !arg.is_hide_default_value_set()) {
        help = format!(
            "{help} {}",
            lang.pick(&format!("[默认 {default}]"), &format!("[default: {default}]"))
        );
    }
    let heading = match (lang, arg.is_positional()) {
        (Lang::En, _) => None,
        (Lang::Zh, true) => Some("参数"),
        (Lang::Zh, false) => Some("选项"),
    };
    let arg = arg
        .help(columns::wrap(&help, room).join("\n"))
        .long_help(Resettable::Reset)
        .hide_default_value(true);
    if heading.is_some() {
        arg.help_heading(heading)
    } else {
        arg
    }
}

fn find(path: &str, arg: Option<&str>) -> Option<&'static str> {
    let (own, any) = match arg {
        Some(arg) => (format!("{path}#{arg}"), format!("*#{arg}")),
        None => (path.to_owned(), path.to_owned()),
    };
    let by = |key: &str| ZH.iter().find(|(at, _)| *at == key).map(|(_, text)| *text);
    by(&own).or_else(|| by(&any))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn walk(command: &Command, path: &str, missing: &mut Vec<String>) {
        if find(path, None).is_none() {
            missing.push(path.to_owned());
        }
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            if find(path, Some(arg.get_id().as_str())).is_none() {
                missing.push(format!("{path}#{}", arg.get_id()));
            }
        }
        for below in command.get_subcommands().filter(|c| !c.is_hide_set()) {
            let name = below.get_name();
            let path = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            walk(below, &path, missing);
        }
    }

    #[test]
    fn every_command_and_argument_has_chinese_help() {
        let mut command = crate::args::Cli::command();
        command.build();
        let mut missing = Vec::new();
        walk(&command, "", &mut missing);
        assert!(missing.is_empty(), "{}", missing.join("\n"));
        localised(crate::args::Cli::command(), Lang::Zh).debug_assert();
    }

    #[test]
    fn help_fits_eighty_columns() {
        fn walk(command: &mut Command, wrong: &mut Vec<String>) {
            let shown = command.render_help().to_string();
            wrong.extend(
                shown
                    .lines()
                    .filter(|l| crate::columns::width(l) > crate::columns::WIDTH)
                    .map(str::to_owned),
            );
            command.get_subcommands_mut().for_each(|c| walk(c, wrong));
        }
        for lang in [Lang::Zh, Lang::En] {
            let mut wrong = Vec::new();
            walk(&mut localised(crate::args::Cli::command(), lang), &mut wrong);
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    }

    #[test]
    fn no_chinese_help_is_left_over() {
        let mut command = crate::args::Cli::command();
        command.build();
        for (key, _) in ZH.iter().filter(|(key, _)| !key.starts_with('*')) {
            let (path, arg) = key.split_once('#').map_or((*key, None), |(p, a)| (p, Some(a)));
            let mut at = &command;
            for name in path.split('.').filter(|name| !name.is_empty()) {
                at = at.find_subcommand(name).unwrap_or_else(|| panic!("no command {key}"));
            }
            let known = arg.is_none_or(|arg| at.get_arguments().any(|a| a.get_id() == arg));
            assert!(known, "no argument {key}");
        }
    }
}
