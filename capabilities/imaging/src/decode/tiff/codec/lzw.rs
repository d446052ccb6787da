//! LZW as TIFF 6.0 has it, and as the first writers had it: bits in the other order.

use std::io::BufRead;

use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

use super::super::super::problem::{damaged, truncated};
use super::{Packed, Unpack};
use crate::Error;

pub(super) struct Lzw {
    packed: Packed,
    decoder: Decoder,
}

impl Lzw {
    /// The first code clears the table: 100000000. Written from the lowest bit, the first byte is
    /// zero and the second odd, which the newer order never gives.
    pub(super) fn new(mut packed: Packed) -> Result<Self, Error> {
        let old = matches!(packed.fill_buf()?, [0, second, ..] if second & 1 == 1);
        let decoder = if old {
            Decoder::new(BitOrder::Lsb, 8)
        } else {
            Decoder::with_tiff_size_switch(BitOrder::Msb, 8)
        };
        Ok(Self { packed, decoder })
    }
}

impl Unpack for Lzw {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let mut at = 0;
        while at < out.len() {
            let input = self.packed.fill_buf()?;
            let ended = input.is_empty();
            let result = self.decoder.decode_bytes(input, &mut out[at..]);
            self.packed.consume(result.consumed_in);
            at += result.consumed_out;
            match result.status {
                Ok(LzwStatus::Ok) => {}
                Ok(LzwStatus::Done | LzwStatus::NoProgress) if at == out.len() => {}
                Ok(LzwStatus::NoProgress) if !ended => {}
                Ok(LzwStatus::Done | LzwStatus::NoProgress) => return Err(truncated()),
                Err(_) => return Err(damaged("a strip or tile of the TIFF can't be unpacked")),
            }
        }
        Ok(())
    }
}
