//! PNGs that are wrong in ways that only their decoder understands.

use std::io::Write;

use super::support::decode;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    let len = (data.len() as u32).to_be_bytes();
    [&len[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

fn packed(pixels: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(pixels).unwrap();
    encoder.finish().unwrap()
}

fn header(w: u32, h: u32, depth_and_colour: [u8; 2]) -> Vec<u8> {
    let [depth, colour] = depth_and_colour;
    let (w, h) = (w.to_be_bytes(), h.to_be_bytes());
    chunk(b"IHDR", &[&w[..], &h, &[depth, colour, 0, 0, 0]].concat())
}

#[test]
fn what_is_wrong_with_a_png_is_said_in_words() {
    let gray = || header(4, 4, [8, 0]);
    let mut wrong_sum = gray();
    wrong_sum[17] ^= 1;
    for (chunks, words) in [
        (vec![wrong_sum], "checksum"),
        (vec![gray(), chunk(b"IDAT", b"no deflate"), chunk(b"IEND", b"")], "unpacked"),
        (vec![gray(), chunk(b"IEND", b"")], "no pixels"),
        (
            vec![header(4, 4, [8, 3]), chunk(b"IDAT", &packed(&[0; 20])), chunk(b"IEND", b"")],
            "palette",
        ),
        (vec![header(0, 4, [8, 0])], "width and height"),
        (vec![header(4, 4, [5, 0])], "colours"),
        (vec![header(4, 4, [8, 9])], "colours"),
        (vec![header(4, 4, [16, 3])], "colours"),
        (vec![gray(), chunk(b"ABCD", b"")], "no standard has"),
        (vec![chunk(b"IDAT", b"")], "out of order"),
    ] {
        let file: Vec<u8> = SIGNATURE.iter().copied().chain(chunks.concat()).collect();
        let error = decode(&file).map(drop).unwrap_err().to_string();
        assert!(error.contains(words), "expected {words}: {error}");
        assert!(!error.contains("chunk") && !error.contains("0x"), "{error}");
    }
}
