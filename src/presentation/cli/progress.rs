use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on the terminal; without a terminal it shows nothing.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Creates an empty bar.
    ///
    /// # Errors
    /// If the bar cannot be drawn.
    pub fn new() -> anyhow::Result<Self> {
        let style = ProgressStyle::with_template("{msg:16} {wide_bar} {human_pos} of {human_len}")?;
        Ok(Self {
            bar: ProgressBar::new(0).with_style(style),
        })
    }

    /// Shows that `done` of `total` items called `name` are done.
    pub fn show(&self, name: &'static str, done: u64, total: u64) {
        self.bar.set_message(name);
        self.bar.set_length(total);
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
