/// A page as it looks, on white.
pub struct Sheet {
    pub w: u32,
    pub h: u32,
    /// Four bytes for each pixel, of which the last says nothing: red, green, blue.
    pub(crate) pixels: Vec<u8>,
}

impl Sheet {
    /// Its rows from the top, each three bytes for each pixel, and `row` is where they are put.
    pub fn each_row<E>(&self, mut take: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut row = Vec::with_capacity(self.w as usize * 3);
        for pixels in self.pixels.chunks_exact(self.w as usize * 4) {
            row.clear();
            row.extend(pixels.chunks_exact(4).flat_map(|pixel| &pixel[..3]));
            take(&row)?;
        }
        Ok(())
    }
}
