use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};

/// A web server with every vice, each of which passes, but for those of the last pictures.
pub(super) struct Origin {
    address: String,
    server: JoinHandle<()>,
}

/// So many of the last pictures are none, and as many are not there.
pub(super) const HOPELESS: u32 = 5;

pub(super) const WIDTH: u32 = 128;
pub(super) const HEIGHT: u32 = 96;

/// What happens to a picture when it is asked for first.
#[derive(Clone, Copy)]
enum Vice {
    BreaksOff,
    IsBusy,
    ChangesAByte,
    FallsSilent,
}

impl Vice {
    fn of(number: u32) -> Option<Self> {
        match number % 10 {
            1 => Some(Self::BreaksOff),
            2 => Some(Self::IsBusy),
            3 => Some(Self::ChangesAByte),
            4 => Some(Self::FallsSilent),
            _ => None,
        }
    }
}

impl Origin {
    /// Of pictures 0 to `pictures`.
    pub(super) async fn start(pictures: u32) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let server = tokio::spawn(async move {
            let asked = Arc::new(Mutex::new(HashSet::new()));
            while let Ok((guest, _)) = listener.accept().await {
                // Who asks may be killed meanwhile.
                tokio::spawn(answer(guest, Arc::clone(&asked), pictures));
            }
        });
        Ok(Self { address, server })
    }

    pub(super) fn url(&self, number: u32) -> String {
        format!("http://{}/{number}.bmp", self.address)
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    mut guest: TcpStream,
    asked: Arc<Mutex<HashSet<u32>>>,
    pictures: u32,
) -> std::io::Result<()> {
    let (mut question, mut byte) = (Vec::new(), [0]);
    while !question.ends_with(b"\r\n\r\n") && guest.read(&mut byte).await? == 1 {
        question.push(byte[0]);
    }
    let question = String::from_utf8_lossy(&question);
    let name = question.split_once('/').and_then(|(_, rest)| rest.split_once(".bmp"));
    let number = name.and_then(|(number, _)| number.parse().ok()).unwrap_or(u32::MAX);
    let is_first = asked.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
    let vice = Vice::of(number).filter(|_| is_first);
    if number >= pictures - HOPELESS {
        return guest.write_all(b"HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n").await;
    }
    if matches!(vice, Some(Vice::IsBusy)) {
        return guest.write_all(b"HTTP/1.1 503 Busy\r\nconnection: close\r\n\r\n").await;
    }
    let mut bytes = match number >= pictures - 2 * HOPELESS {
        true => b"no picture".to_vec(),
        false => picture(number),
    };
    let sum = BASE64_STANDARD.encode(Sha256::digest(&bytes));
    let head = format!(
        "HTTP/1.1 200 OK\r\nrepr-digest: sha-256=:{sum}:\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        bytes.len()
    );
    guest.write_all(head.as_bytes()).await?;
    let middle = bytes.len() / 2;
    match vice {
        Some(Vice::BreaksOff) => bytes.truncate(middle),
        Some(Vice::ChangesAByte) => bytes[middle] ^= 1,
        Some(Vice::FallsSilent) => {
            let rest = bytes.split_off(middle);
            guest.write_all(&bytes).await?;
            sleep(Duration::from_secs(1)).await;
            bytes = rest;
        }
        Some(Vice::IsBusy) | None => (),
    }
    guest.write_all(&bytes).await?;
    guest.shutdown().await
}

/// An uncompressed BMP that no other number has: its colour is the number.
pub(super) fn picture(number: u32) -> Vec<u8> {
    const HEAD: u32 = 54;
    let pixels = WIDTH * HEIGHT * 3;
    let mut bytes = b"BM".to_vec();
    for word in [HEAD + pixels, 0, HEAD, 40, WIDTH, HEIGHT] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    for word in [0, pixels, 2835, 2835, 0, 0] {
        bytes.extend(u32::to_le_bytes(word));
    }
    let [red, green, blue] = colour(number);
    bytes.extend([blue, green, red].repeat((WIDTH * HEIGHT) as usize));
    bytes
}

/// Red, green, blue: far enough from each other's for JPEG to keep them so.
pub(super) fn colour(number: u32) -> [u8; 3] {
    [0, 1, 2].map(|place| (number / 10_u32.pow(place) % 10 * 25) as u8)
}
