//! A server of buckets on this machine, moto's, and what is in it as anybody sees it.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use super::super::program::until;

/// The id of a key.
pub const KEY_ID: &str = "AKIDNOBODYMAYSEE0001";
/// A key.
pub const KEY: &str = "hush/thisIsASecretKeyOfNobody+0123456789";

/// A running server; it goes when it is dropped.
pub struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Starts one with these in its environment; `None`, said, where it is not installed.
    pub fn start(settings: &[(&str, &str)]) -> Option<Self> {
        let tried = Command::new("moto_server").arg("--help").output();
        if !tried.is_ok_and(|tried| tried.status.success()) {
            eprintln!("SKIPPED: there is no `moto_server` (pip install 'moto[server]')");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self { process, port };
        until("moto", || TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(()));
        Some(moto)
    }

    /// Returns its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes a bucket.
    pub fn make(&self, bucket: &str) {
        self.ask("PUT", bucket, "");
    }

    /// Writes an object.
    pub fn put(&self, bucket: &str, path: &str, body: &str) {
        self.ask("PUT", &format!("{bucket}/{path}"), body);
    }

    /// Returns the objects of a prefix, by their paths behind it, with their bytes.
    pub fn objects(&self, bucket: &str, prefix: &str) -> BTreeMap<String, Vec<u8>> {
        let paths = self.listed(bucket, prefix).into_keys();
        let bytes = |path: &String| self.ask("GET", &format!("{bucket}/{path}"), "");
        paths.map(|path| (path[prefix.len()..].to_owned(), bytes(&path))).collect()
    }

    /// Returns the objects of a prefix, by their paths, with their `ETag` and when they were
    /// written.
    pub fn listed(&self, bucket: &str, prefix: &str) -> BTreeMap<String, (String, String)> {
        let list = self.ask("GET", &format!("{bucket}?list-type=2&prefix={prefix}"), "");
        let list = String::from_utf8(list).unwrap();
        assert!(list.contains("<IsTruncated>false"), "{list}");
        let objects = list.split("<Contents>").skip(1);
        let told = |of: &str, name: &str| {
            let (_, rest) = of.split_once(&format!("<{name}>")).unwrap();
            rest.split_once("</").unwrap().0.to_owned()
        };
        objects.map(|of| (told(of, "Key"), (told(of, "ETag"), told(of, "LastModified")))).collect()
    }

    /// Returns how many uploads are neither complete nor given up.
    pub fn uploads(&self, bucket: &str) -> usize {
        let list = String::from_utf8(self.ask("GET", &format!("{bucket}?uploads"), "")).unwrap();
        assert!(list.contains("ListMultipartUploadsResult"), "{list}");
        list.matches("<UploadId>").count()
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} /{path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=none/20261123/us-east-1/s3/aws4_request\r\n\
             content-length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let head = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        let status = String::from_utf8_lossy(&answer[..head]).into_owned();
        assert!(status.starts_with("HTTP/1.1 200"), "{method} {path}: {status}");
        answer.split_off(head + 4)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
